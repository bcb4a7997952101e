//! The guide sheet: every column of every sheet, explained.

use rust_xlsxwriter::{Format, FormatAlign, FormatBorder, Workbook, Worksheet, XlsxError};

use super::{TemplateColumn, TemplateGuide, TemplateSheet};
use crate::out::ColumnKind;
use crate::xlsx::GUIDE_NAME;

/// Titles of the guide's own table in Chinese and English, and their widths.
const TITLES: [(&str, &str, u16); 7] = [
    ("工作表", "Sheet", 12),
    ("列名", "Chinese header", 16),
    ("英文列名", "English header", 18),
    ("是否必填", "Required", 10),
    ("说明", "What to fill in", 50),
    ("可填内容", "Accepted values", 50),
    ("示例", "Example", 24),
];

/// Writes the guide and marks it as one, so that reading the workbook does not report it.
pub(crate) fn write(workbook: &mut Workbook, sheets: &[TemplateSheet], guide: &TemplateGuide, zh: bool) -> Result<(), XlsxError> {
    let quoted = guide.name.replace('\'', "''");
    workbook.define_name(GUIDE_NAME, &format!("='{quoted}'!$A$1"))?;
    let sheet = workbook.add_worksheet();
    sheet.set_name(&guide.name)?;
    let mut row = write_intro(sheet, guide, zh)?;
    let header = Format::new().set_bold().set_background_color("DDE6F0").set_border(FormatBorder::Thin);
    for ((title_zh, title_en, width), at) in TITLES.into_iter().zip(0..) {
        sheet.set_column_width(at, f64::from(width))?;
        sheet.write_string_with_format(row, at, if zh { title_zh } else { title_en }, &header)?;
    }
    let cell = Format::new().set_text_wrap().set_align(FormatAlign::Top).set_border(FormatBorder::Thin);
    for template in sheets {
        for column in &template.columns {
            row += 1;
            let texts = explained(template, column, zh);
            for (text, at) in texts.iter().zip(0..) {
                sheet.write_string_with_format(row, at, text, &cell)?;
            }
        }
    }
    Ok(())
}

/// Writes the lines before the table; returns the row of its header.
fn write_intro(sheet: &mut Worksheet, guide: &TemplateGuide, zh: bool) -> Result<u32, XlsxError> {
    let colour = if zh {
        "表头为橙色的列必须填写；灰色斜体的一行是示例，填写前请删除或改写。"
    } else {
        "Columns with an orange header are required; the row in grey italics is an example, to be deleted or replaced."
    };
    let mut row = 0;
    for line in guide.intro.iter().map(String::as_str).chain([colour]) {
        sheet.write_string(row, 0, line)?;
        row += 1;
    }
    Ok(row + 1)
}

fn explained(template: &TemplateSheet, column: &TemplateColumn, zh: bool) -> [String; 7] {
    let required = match (column.required, zh) {
        (true, true) => "必填",
        (true, false) => "yes",
        (false, true) => "选填",
        (false, false) => "no",
    };
    [template.name.clone(), column.header.zh.clone(), column.header.en.clone(), required.to_owned(), column.help.pick(zh).to_owned(), accepted(column, zh), column.example.clone()]
}

fn accepted(column: &TemplateColumn, zh: bool) -> String {
    if !column.choices.is_empty() {
        return column.choices.join(if zh { "、" } else { ", " });
    }
    let (text_zh, text_en) = match column.kind {
        ColumnKind::Text | ColumnKind::Choice => ("文字", "text"),
        ColumnKind::Number => ("不小于 0 的数", "a number that is not negative"),
        ColumnKind::Date => ("日期，如 2019-03-01", "a date, such as 2019-03-01"),
    };
    if zh { text_zh } else { text_en }.to_owned()
}
