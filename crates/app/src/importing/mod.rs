//! Tables that officers send: which columns they may have, a workbook to fill in, and reading them apart from everything else.

mod child;
mod columns;
mod template;

pub(crate) use child::{FILE_BYTES_MAX, Parser, parse_table};
pub(crate) use columns::headers;
pub(crate) use template::template;

use xueshi_policy::Text;
use xueshi_registry::ImportRow;

/// What a file held.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Parsed {
    /// Its rows.
    pub(crate) rows: Vec<ImportRow>,
    /// What is to be said once: columns left out, an encoding recognised.
    pub(crate) notices: Vec<Text>,
}
