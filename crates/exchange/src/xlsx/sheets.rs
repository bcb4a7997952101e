//! Which sheet of a workbook is read, and what is said about the others.

use calamine::{Sheet, SheetType, SheetVisible};

use super::{GUIDE_NAME, LISTS_SHEET};
use crate::header::fold;
use crate::read::Which;
use crate::text::{Problem, Remark, Text, listed};

/// The sheet to be read.
#[derive(Debug)]
pub(crate) struct Chosen {
    pub(crate) name: String,
    /// Visible sheets that are not read.
    pub(crate) others: Vec<String>,
    pub(crate) remarks: Vec<Remark>,
}

/// Chooses the sheet; none if no sheet has one of the names asked for.
pub(crate) fn choose(sheets: &[Sheet], defined_names: &[(String, String)], which: Which<'_>) -> Result<Option<Chosen>, Problem> {
    let all: Vec<&Sheet> = sheets.iter().filter(|sheet| sheet.typ == SheetType::WorkSheet).collect();
    let chosen = match which {
        Which::Named(names) => {
            let wanted: Vec<String> = names.iter().map(|name| fold(name)).collect();
            all.iter().find(|sheet| wanted.contains(&fold(&sheet.name)))
        }
        Which::First => match all.iter().find(|sheet| is_visible(sheet)).or_else(|| all.first()) {
            Some(sheet) => Some(sheet),
            None => return Err(no_sheet()),
        },
    };
    let Some(chosen) = chosen else {
        return Ok(None);
    };
    let guide = defined_names.iter().find(|(name, _)| name == GUIDE_NAME).map(|(_, place)| place.as_str());
    let is_other = |sheet: &&&Sheet| sheet.name != chosen.name && !is_own(&sheet.name, guide);
    let names = |visible: bool| -> Vec<String> {
        let some = all.iter().filter(is_other).filter(|sheet| is_visible(sheet) == visible);
        some.map(|sheet| sheet.name.clone()).collect()
    };
    let mut remarks = Vec::new();
    let (others, hidden) = (names(true), names(false));
    // A sheet asked for by its name is one of several that are read.
    if matches!(which, Which::First) {
        remarks.extend(others_not_read(&chosen.name, &others));
        remarks.extend(hidden_not_read(&hidden));
    }
    if !is_visible(chosen) {
        remarks.push(hidden_but_read(&chosen.name));
    }
    Ok(Some(Chosen { name: chosen.name.clone(), others, remarks }))
}

fn is_visible(sheet: &Sheet) -> bool {
    sheet.visible == SheetVisible::Visible
}

/// Whether a sheet is one that this product's templates add and nobody fills in.
fn is_own(name: &str, guide: Option<&str>) -> bool {
    let quoted = || format!("'{}'!", name.replace('\'', "''"));
    name == LISTS_SHEET || guide.is_some_and(|place| place.starts_with(&format!("{name}!")) || place.starts_with(&quoted()))
}

fn others_not_read(chosen: &str, others: &[String]) -> Option<Remark> {
    if others.is_empty() {
        return None;
    }
    let names = listed(others);
    let text = Text::new(format!("只读取了工作表“{chosen}”，没有读取：{}。", names.zh), format!("Only the sheet \"{chosen}\" was read, not {}.", names.en));
    Some(("other-sheets", text))
}

fn hidden_not_read(hidden: &[String]) -> Option<Remark> {
    if hidden.is_empty() {
        return None;
    }
    let names = listed(hidden);
    let text = Text::new(format!("隐藏的工作表没有读取：{}。", names.zh), format!("Hidden sheets were not read: {}.", names.en));
    Some(("hidden-sheet", text))
}

fn hidden_but_read(name: &str) -> Remark {
    let text = Text::new(format!("读取的工作表“{name}”是隐藏的。"), format!("The sheet \"{name}\", which was read, is hidden."));
    ("hidden-sheet", text)
}

fn no_sheet() -> Problem {
    Problem::new(
        "no-sheet",
        Text::new("工作簿中没有工作表（可能只有图表）。", "The workbook has no sheet of cells (it may have charts only)."),
        Text::new("请把数据放入工作表。", "Put the data in a sheet of cells."),
    )
}
