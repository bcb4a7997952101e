//! One file a page.

pub(super) mod calculator;
pub(super) mod landing;
pub(super) mod person;
pub(super) mod regulation;
pub(super) mod regulations;
pub(super) mod sign_in;
