//! Merged areas: a merged cell shows one value over many cells, but only the first has it, and
//! nobody can tell whether the others were meant to have it, too.

use calamine::Dimensions;

use super::package::damaged_zip;
use crate::bad::Reason;
use crate::header::column_letters;
use crate::table::Rows;
use crate::text::{Problem, Remark, Text};

/// Refuses a merged area in the header row, which leaves columns without a title.
pub(crate) fn check_header(areas: &[Dimensions]) -> Result<(), Problem> {
    let Some(area) = areas.iter().find(|area| area.start.0 == 0 && area.start != area.end) else {
        return Ok(());
    };
    let place = reference(area);
    Err(Problem::new(
        "merged-header",
        Text::new(format!("表头（第 1 行）中有合并的单元格：{place}。"), format!("The header (row 1) has merged cells: {place}.")),
        Text::new("请取消合并，使第 1 行每一列都有自己的列名。", "Unmerge them, so that each column has its own header in row 1."),
    ))
}

/// Marks as bad the cells of merged areas below the header, but for each area's first. `width` is
/// how many columns of the sheet have a header.
pub(crate) fn mark(rows: &mut Rows, areas: &[Dimensions], width: usize) -> Result<Option<Remark>, Problem> {
    // Areas of a sound workbook do not overlap, so that all of them have no more cells than the table.
    let mut cells_left = rows.numbers().len() * rows.width();
    let below = areas.iter().filter(|area| area.end.0 > 0 && area.start != area.end);
    let mut first: Option<String> = None;
    let mut count = 0_usize;
    for area in below {
        count += 1;
        first.get_or_insert_with(|| reference(area));
        let slot = rows.bad(Reason::Merged, &reference(area))?;
        let from = rows.numbers().partition_point(|number| *number < area.start.0);
        let to = rows.numbers().partition_point(|number| *number <= area.end.0);
        let columns = area.start.1 as usize..(area.end.1 as usize + 1).min(width);
        for row in from..to {
            let is_first_row = rows.numbers().get(row) == Some(&area.start.0);
            for column in columns.clone() {
                let Some(place) = rows.place(column) else {
                    continue;
                };
                cells_left = cells_left.checked_sub(1).ok_or_else(damaged_zip)?;
                if !(is_first_row && column == area.start.1 as usize) {
                    rows.replace(row, place, slot);
                }
            }
        }
    }
    Ok(first.map(|place| remark(count, &place)))
}

fn remark(count: usize, first: &str) -> Remark {
    let text = Text::new(
        format!("数据中有 {count} 处合并单元格（第一处为 {first}）；除左上角外，其中的单元格都按错误处理。"),
        format!("The rows have {count} merged areas (the first is {first}); all of their cells but the top left are in error."),
    );
    ("merged-cells", text)
}

/// An area as spreadsheets write it, such as A2:A4.
fn reference(area: &Dimensions) -> String {
    let cell = |(row, column): (u32, u32)| format!("{}{}", column_letters(column as usize), u64::from(row) + 1);
    format!("{}:{}", cell(area.start), cell(area.end))
}
