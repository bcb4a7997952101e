//! The pages, a file each.

pub(super) mod landing;
pub(super) mod regulations;
