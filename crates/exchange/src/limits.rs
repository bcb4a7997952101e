//! How much of a file is accepted, so that no file, hostile or huge, takes the machine with it.

/// The most rows a sheet of a workbook can have, its header included.
pub(crate) const SHEET_ROWS: u32 = 1_048_576;
/// The most columns a table can have.
pub(crate) const COLUMNS: usize = 16_384;
/// The longest text of a cell, in UTF-16 units as spreadsheets count it.
pub(crate) const CELL_CHARS: usize = 32_767;

/// How much of a file is accepted; more is refused before it is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The size of a file that is read as a whole, in bytes; a Parquet file never is.
    pub file_bytes: u64,
    /// The sum of the sizes of a workbook's parts once unpacked, in bytes.
    pub unpacked_bytes: u64,
    /// Data rows of a CSV file. A sheet of a workbook ends at its format's 1,048,576 rows.
    pub csv_rows: u32,
    /// Rows of a Parquet file.
    pub parquet_rows: u64,
    /// What one reader of a Parquet file may hold in memory, in bytes: a page of each column, with
    /// its dictionary and the texts met so far.
    pub parquet_bytes: u64,
    /// The size of a page of a Parquet file once unpacked, in bytes.
    pub page_bytes: u64,
}

impl Default for Limits {
    /// 512 MiB as a file, 2 GiB unpacked, five million rows; of Parquet ten thousand million rows,
    /// 2 GiB in memory, 128 MiB a page.
    fn default() -> Limits {
        Limits { file_bytes: 512 << 20, unpacked_bytes: 2 << 30, csv_rows: 5_000_000, parquet_rows: 10_000_000_000, parquet_bytes: 2 << 30, page_bytes: 128 << 20 }
    }
}

/// Whether a text is longer than a spreadsheet cell can hold.
pub(crate) fn too_long(text: &str) -> bool {
    // A text has at most as many UTF-16 units as bytes, so that nearly every text is decided here.
    text.len() > CELL_CHARS && text.encode_utf16().count() > CELL_CHARS
}

/// A number of bytes for a message.
pub(crate) fn mebibytes(bytes: u64) -> String {
    if bytes < 1 << 20 { format!("{bytes} B") } else { format!("{} MiB", bytes >> 20) }
}
