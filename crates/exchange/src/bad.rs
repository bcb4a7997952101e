//! Cells that hold something which is no text, number or date.

use crate::text::Text;

/// A cell that cannot be read: an error of its row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadCell {
    /// One of the codes listed in [`BadCell::CODES`].
    pub code: &'static str,
    /// What stands in the cell, shortened where it is long.
    pub value: String,
    /// Why it cannot be read.
    pub cause: Text,
    /// What the user can do about it.
    pub remedy: Text,
}

impl BadCell {
    /// Every code a [`BadCell`] can carry.
    pub const CODES: &'static [&'static str] = &["boolean", "date-with-time", "formula-without-value", "formula-error", "impossible-date", "long-number", "long-text", "merged", "time"];
}

/// Why a cell is bad; one byte in the table's storage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reason {
    Boolean,
    DateWithTime,
    FormulaError,
    FormulaWithoutValue,
    ImpossibleDate,
    LongNumber,
    LongText,
    Merged,
    Time,
}

/// What is said of a reason: cause and remedy in Chinese and English.
struct Words {
    reason: Reason,
    code: &'static str,
    cause: (&'static str, &'static str),
    remedy: (&'static str, &'static str),
}

impl Reason {
    /// The reason stored as this byte; a byte that was never stored cannot occur.
    pub(crate) fn from_byte(byte: u8) -> Reason {
        WORDS.get(usize::from(byte)).map_or(Reason::FormulaError, |words| words.reason)
    }

    pub(crate) fn cell(self, value: &str) -> BadCell {
        let Words { code, cause, remedy, .. } = &WORDS[self as usize];
        BadCell { code, value: value.to_owned(), cause: Text::new(cause.0, cause.1), remedy: Text::new(remedy.0, remedy.1) }
    }
}

/// What is said of each reason, in the order of the reasons.
const WORDS: [Words; 9] = [
    Words {
        reason: Reason::Boolean,
        code: "boolean",
        cause: ("单元格是逻辑值（TRUE 或 FALSE）。", "The cell holds a logical value (TRUE or FALSE)."),
        remedy: ("请改填该列可接受的值。", "Type a value that the column accepts."),
    },
    Words {
        reason: Reason::DateWithTime,
        code: "date-with-time",
        cause: ("日期后面带有钟点。", "The date has a time of day."),
        remedy: ("请只保留日期，例如 2019-03-01。", "Keep the date alone, such as 2019-03-01."),
    },
    Words {
        reason: Reason::FormulaError,
        code: "formula-error",
        cause: ("单元格是公式错误值。", "The cell holds the error of a formula."),
        remedy: ("请改正公式，或直接填写数值。", "Correct the formula, or type the value itself."),
    },
    Words {
        reason: Reason::FormulaWithoutValue,
        code: "formula-without-value",
        cause: ("单元格有公式，但文件中没有保存计算结果。", "The cell has a formula, but the file does not hold its result."),
        remedy: ("请用 Excel 或 WPS 打开文件并重新保存，或直接填写数值。", "Open the file in a spreadsheet program and save it again, or type the value itself."),
    },
    Words {
        reason: Reason::ImpossibleDate,
        code: "impossible-date",
        cause: ("单元格设为日期格式，但其中的数不是日期。", "The cell is formatted as a date, but its number is no date."),
        remedy: ("请重新填写日期，例如 2019-03-01；如果应当是数，请把单元格格式改为常规。", "Type the date again, such as 2019-03-01; if a number is meant, set the cell's format to General."),
    },
    Words {
        reason: Reason::LongNumber,
        code: "long-number",
        cause: ("数超过 15 位，电子表格无法准确保存，末几位可能已经改变。", "The number has more than 15 digits, which spreadsheets cannot keep: its last digits may have changed."),
        remedy: ("请先把单元格格式设为文本，再重新填写。", "Set the cell's format to Text first, then type the number again."),
    },
    Words {
        reason: Reason::LongText,
        code: "long-text",
        cause: ("文字超过 32767 个字符。", "The text is longer than 32,767 characters."),
        remedy: ("请缩短文字；如果文件是 CSV，请检查引号是否成对。", "Shorten the text; in a CSV file, check that the quotation marks are in pairs."),
    },
    Words {
        reason: Reason::Merged,
        code: "merged",
        cause: ("单元格在合并区域内，只有区域左上角的单元格有内容。", "The cell is inside of a merged area, of which only the top left cell has a value."),
        remedy: ("请取消合并，并逐格填写。", "Unmerge the cells and fill in each of them."),
    },
    Words {
        reason: Reason::Time,
        code: "time",
        cause: ("单元格是钟点或时长，不是日期，也不是数。", "The cell holds a time of day or a duration, neither a date nor a number."),
        remedy: ("请把单元格格式改为常规，再填写日期或数。", "Set the cell's format to General, then type the date or the number."),
    },
];
