//! Workbooks: the package is inspected before anything is unpacked, a sheet of it is chosen, its
//! cells are read one by one. Writing streams rows to a file, whatever their number.

mod cells;
mod locked;
mod merged;
mod numbers;
mod package;
mod read;
mod scan;
mod sheets;
mod stream;
mod write;

pub(crate) use locked::old_or_locked;
pub(crate) use package::inspect;
pub(crate) use read::read;
pub use write::{SheetColumn, XlsxWriter};
pub(crate) use write::{cannot_write, column_width, excel_date};

/// The hidden sheet of a template that holds the lists to choose from.
pub(crate) const LISTS_SHEET: &str = "_lists";
/// The defined name by which a template marks its guide, so that the guide is not reported as a
/// sheet that was left out.
pub(crate) const GUIDE_NAME: &str = "_xueshi_guide";
