//! What only reading the cells of a workbook costs, with the library that the product reads with.

use calamine::{Reader as _, Xlsx, open_workbook};
use std::path::Path;
use std::time::{Duration, Instant};

/// Reads every cell of the first sheet, and does nothing with it: how many there are, and how long it took.
pub(crate) fn read(file: &Path) -> Result<(usize, Duration), String> {
    let begun = Instant::now();
    let say = |why: calamine::XlsxError| format!("{}: {why}", file.display());
    let mut book: Xlsx<_> = open_workbook(file).map_err(say)?;
    let sheet = book.sheet_names().first().cloned().unwrap_or_default();
    let mut cells = book.worksheet_cells_reader(&sheet).map_err(say)?;
    let mut count = 0_usize;
    while cells.next_cell().map_err(say)?.is_some() {
        count += 1;
    }
    Ok((count, begun.elapsed()))
}
