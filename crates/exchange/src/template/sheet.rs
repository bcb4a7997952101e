//! A sheet to be filled in.

use rust_xlsxwriter::{DataValidation, DataValidationRule, ExcelDateTime, Format, FormatAlign, FormatBorder, Worksheet, XlsxError};

use super::lists::Lists;
use super::{TemplateColumn, TemplateSheet};
use crate::limits::SHEET_ROWS;
use crate::out::ColumnKind;
use crate::xlsx::{column_width, excel_date};

/// The background of headers of required columns: the guide names the colour.
const REQUIRED: &str = "F8CBAD";
const OPTIONAL: &str = "E7E6E6";
const GREY: &str = "808080";

/// Writes the sheet's headers and rules, and a row of examples if asked for.
pub(crate) fn write(sheet: &mut Worksheet, template: &TemplateSheet, lists: &mut Lists, with_example: bool, zh: bool) -> Result<(), XlsxError> {
    sheet.set_name(&template.name)?.set_freeze_panes(1, 0)?.set_row_height(0, 24)?;
    for (column, at) in template.columns.iter().zip(0..) {
        let title = column.header.pick(zh);
        sheet.set_column_width(at, column_width(title, column.width))?;
        sheet.set_column_format(at, &cell_format(column.kind))?;
        sheet.write_string_with_format(0, at, title, &header_format(column.required))?;
        let rule = rule(column, lists, zh)?;
        sheet.add_data_validation(1, at, SHEET_ROWS - 1, at, &rule)?;
        if with_example {
            write_example(sheet, at, column)?;
        }
    }
    Ok(())
}

fn header_format(required: bool) -> Format {
    Format::new().set_bold().set_align(FormatAlign::VerticalCenter).set_border_bottom(FormatBorder::Thin).set_background_color(if required { REQUIRED } else { OPTIONAL })
}

/// Text columns are formatted as text, so that a long number typed into one keeps its digits.
fn cell_format(kind: ColumnKind) -> Format {
    match kind {
        ColumnKind::Text | ColumnKind::Choice => Format::new().set_num_format("@"),
        ColumnKind::Number => Format::new(),
        ColumnKind::Date => Format::new().set_num_format("yyyy-mm-dd"),
    }
}

/// What may be typed into a cell, with the column's help shown beside it.
fn rule(column: &TemplateColumn, lists: &mut Lists, zh: bool) -> Result<DataValidation, XlsxError> {
    let (rule, error) = match column.kind {
        ColumnKind::Choice if !column.choices.is_empty() => (lists.rule(&column.choices)?, ("请从列表中选择。", "Choose a value of the list.")),
        ColumnKind::Choice | ColumnKind::Text => (DataValidation::new().allow_any_value(), ("", "")),
        ColumnKind::Number => (DataValidation::new().allow_decimal_number(DataValidationRule::GreaterThanOrEqualTo(0.0)), ("请填写不小于 0 的数。", "Type a number that is not negative.")),
        ColumnKind::Date => {
            let (first, last) = (ExcelDateTime::from_ymd(1950, 1, 1)?, ExcelDateTime::from_ymd(2199, 12, 31)?);
            (DataValidation::new().allow_date(DataValidationRule::Between(first, last)), ("请填写日期，例如 2019-03-01。", "Type a date, such as 2019-03-01."))
        }
    };
    let rule = rule.set_input_title(short(column.header.pick(zh), 32))?.set_input_message(short(column.help.pick(zh), 255))?;
    let error = if zh { error.0 } else { error.1 };
    if error.is_empty() { Ok(rule) } else { rule.set_error_message(error) }
}

fn write_example(sheet: &mut Worksheet, at: u16, column: &TemplateColumn) -> Result<(), XlsxError> {
    let format = cell_format(column.kind).set_font_color(GREY).set_italic();
    let number = column.example.parse::<f64>().ok().filter(|_| column.kind == ColumnKind::Number);
    let date = column.example.parse().ok().and_then(excel_date).filter(|_| column.kind == ColumnKind::Date);
    if let Some(number) = number {
        sheet.write_number_with_format(1, at, number, &format)?;
    } else if let Some(date) = date {
        sheet.write_datetime_with_format(1, at, &date, &format)?;
    } else {
        sheet.write_string_with_format(1, at, &column.example, &format)?;
    }
    Ok(())
}

/// A text cut to the room that a rule has for it, in UTF-16 units.
fn short(text: &str, units_max: usize) -> String {
    if text.encode_utf16().count() <= units_max {
        return text.to_owned();
    }
    let mut units = 0;
    let fits = |c: &char| {
        units += c.len_utf16();
        units < units_max
    };
    text.chars().take_while(fits).chain(['…']).collect()
}
