//! One file a page.

pub(super) mod account;
pub(super) mod calculator;
pub(super) mod deliveries;
pub(super) mod desk;
pub(super) mod docs;
pub(super) mod drafts;
pub(super) mod exports;
pub(super) mod find;
pub(super) mod gates;
pub(super) mod imports;
pub(super) mod jobs;
pub(super) mod landing;
pub(super) mod ledger;
pub(super) mod matters;
pub(super) mod people;
pub(super) mod person;
pub(super) mod registers;
pub(super) mod regulation;
pub(super) mod regulations;
pub(super) mod requests;
pub(super) mod sign_in;
pub(super) mod verification;
pub(super) mod verify;
pub(super) mod yearly;
