//! What is said about a CSV file and its rows.

use super::split::Row;
use crate::text::{Problem, Remark, RowFault, Text};

/// The blank rows between filled ones, as something to be said.
pub(crate) fn blank_rows(blank: &[u32]) -> Option<Remark> {
    const ROWS_NAMED: usize = 5;
    if blank.is_empty() {
        return None;
    }
    let first: Vec<String> = blank.iter().take(ROWS_NAMED).map(u32::to_string).collect();
    let (rows, count) = (first.join(", "), blank.len());
    let more = if count > ROWS_NAMED { " …" } else { "" };
    let text = Text::new(format!("跳过了 {count} 个空行（表头以下第 {rows}{more} 行）。"), format!("{count} blank rows were skipped (under the header: {rows}{more})."));
    Some(("blank-rows", text))
}

pub(crate) fn empty() -> Problem {
    Problem::new(
        "empty",
        Text::new("文件是空的，没有表头，也没有数据。", "The file is empty: it has neither a header nor rows."),
        Text::new("请检查是否选对了文件，或重新导出。", "Check that it is the right file, or export it again."),
    )
}

pub(crate) fn too_many_rows(most: u32) -> Problem {
    Problem::new("too-many-rows", Text::new(format!("文件超过 {most} 行。"), format!("The file has more than {most} rows.")), Text::new("请分成几个文件。", "Split it into several files."))
}

pub(super) fn other_separator(separator: u8) -> Remark {
    let (zh, en) = if separator == b';' { ("分号", "semicolons") } else { ("制表符", "tabs") };
    let text = Text::new(format!("各列以{zh}分隔，已按此读取。"), format!("The columns are separated by {en} and were read as such."));
    ("separator", text)
}

pub(super) fn broken_header() -> Problem {
    Problem::new(
        "header-row",
        Text::new("表头（第 1 行）中的引号不成对。", "The quotation marks of the header (row 1) are not in pairs."),
        Text::new("请改正第 1 行的引号。", "Correct the quotation marks of row 1."),
    )
}

pub(super) fn damaged_header() -> Problem {
    Problem::new(
        "encoding",
        Text::new("表头（第 1 行）中有损坏的字符。", "The header (row 1) has damaged characters."),
        Text::new("请改正第 1 行，或重新导出为 UTF-8 编码的 CSV。", "Correct row 1, or export the file again as CSV in UTF-8."),
    )
}

pub(super) fn broken_quotes(row: u32, broken: Row, value: String) -> RowFault {
    let cause = if broken == Row::Unclosed {
        Text::new("该行有引号没有配对的另一半。", "The row has a quotation mark that is never closed.")
    } else {
        Text::new("右引号与下一个分隔符之间还有文字。", "There is text between a closing quotation mark and the next separator.")
    };
    let remedy = Text::new("请使引号成对；内容中的引号须写两遍（\"\"）。", "Put quotation marks in pairs; one inside of a value is written twice (\"\").");
    RowFault { row, column: None, value, cause, remedy }
}

pub(super) fn broken_bytes(row: u32, value: String) -> RowFault {
    RowFault {
        row,
        column: None,
        value,
        cause: Text::new("该行有损坏的字符（不符合文件的编码）。", "The row has damaged characters, which are not of the file's encoding."),
        remedy: Text::new("请改正该行，或重新导出为 UTF-8 编码的 CSV。", "Correct the row, or export the file again as CSV in UTF-8."),
    }
}

pub(super) fn too_many_fields(row: u32, fields: usize, width: usize, value: String) -> RowFault {
    RowFault {
        row,
        column: None,
        value,
        cause: Text::new(format!("该行有 {fields} 列，而表头只有 {width} 列。"), format!("The row has {fields} columns, but the header has {width}.")),
        remedy: Text::new("请删除多余的列；内容中有逗号的，须用英文双引号括起来。", "Delete the surplus columns; put a value that has a comma in it between quotation marks."),
    }
}

pub(super) fn too_many_faults(last: &RowFault) -> Problem {
    let row = last.row;
    let (zh, en) = (&last.cause.zh, &last.cause.en);
    Problem::new(
        "too-many-faults",
        Text::new(format!("到第 {row} 行为止，已有 20 万行以上无法读取；该行的原因：{zh}"), format!("Up to row {row} more than 200,000 rows cannot be read; of that row: {en}")),
        last.remedy.clone(),
    )
}
