//! The pages, a file each.

pub(super) mod calculator;
pub(super) mod landing;
pub(super) mod regulation;
pub(super) mod regulations;
