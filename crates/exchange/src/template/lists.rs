//! Lists to choose from. A short one stands in the cell's rule itself; a longer one needs cells,
//! which are on a hidden sheet.

use rust_xlsxwriter::{DataValidation, Formula, Workbook, XlsxError};

use crate::xlsx::LISTS_SHEET;

/// The lists that stand on the hidden sheet, one a column.
#[derive(Default)]
pub(crate) struct Lists {
    columns: Vec<Vec<String>>,
}

impl Lists {
    /// The rule that a cell holds one of the choices.
    pub(crate) fn rule(&mut self, choices: &[String]) -> Result<DataValidation, XlsxError> {
        if fits_in_rule(choices) {
            return DataValidation::new().allow_list_strings(choices);
        }
        let column = self.columns.iter().position(|list| list == choices).unwrap_or_else(|| {
            self.columns.push(choices.to_vec());
            self.columns.len() - 1
        });
        let (letters, rows) = (crate::header::column_letters(column), choices.len());
        let range = format!("={LISTS_SHEET}!${letters}$1:${letters}${rows}");
        Ok(DataValidation::new().allow_list_formula(Formula::new(range)))
    }

    /// Writes the hidden sheet, if there is anything on it.
    pub(crate) fn write(self, workbook: &mut Workbook) -> Result<(), XlsxError> {
        if self.columns.is_empty() {
            return Ok(());
        }
        let sheet = workbook.add_worksheet();
        sheet.set_name(LISTS_SHEET)?.set_hidden(true);
        for (list, column) in self.columns.iter().zip(0..) {
            for (choice, row) in list.iter().zip(0..) {
                sheet.write_string(row, column, choice)?;
            }
        }
        Ok(())
    }
}

/// A rule holds 255 characters, and commas separate its choices.
fn fits_in_rule(choices: &[String]) -> bool {
    const CHARS_MAX: usize = 255;
    let chars: usize = choices.iter().map(|choice| choice.encode_utf16().count() + 1).sum();
    chars <= CHARS_MAX && !choices.iter().any(|choice| choice.contains([',', '"']))
}
