//! A workbook to fill in, with the columns of the policies that govern an employer.

use super::columns::{OF_EMPLOYER, PEOPLE, RECORDS, enters};
use crate::commands::sheet_columns;
use crate::lang::t;
use xueshi_exchange::{self as exchange, ColumnKind, TemplateColumn, TemplateGuide, TemplateSheet, write_template};
use xueshi_policy::{Column, Engine, Lang, Of};
use xueshi_registry::ImportKind;

/// The bytes of a workbook for people or records of an employer in a place.
///
/// # Errors
/// Why it can not be written, for the log.
pub(crate) fn template(engine: &Engine, kind: ImportKind, place: (&str, Option<&str>), year: i16, lang: Lang) -> Result<Vec<u8>, String> {
    let (own, of, name) = match kind {
        ImportKind::People => (PEOPLE, Of::Person, t(lang, "人员", "people")),
        ImportKind::Records => (RECORDS, Of::Record, t(lang, "学习记录", "records")),
    };
    let mut columns: Vec<Column> = Vec::new();
    for stack in engine.stacks(place.0, place.1, year).iter().flat_map(|stacks| stacks.iter()) {
        let of_stack = stack.schema().columns.iter().filter(|column| column.of == of && !column.derived && enters(column) && !OF_EMPLOYER.contains(&column.id.as_str()));
        for column in of_stack {
            if columns.iter().all(|known| known.id != column.id) && own.iter().all(|(id, ..)| *id != column.id) {
                columns.push(column.clone());
            }
        }
    }
    let fixed = own.iter().map(|(id, names, required)| TemplateColumn {
        header: exchange::Text::new(names.first().copied().unwrap_or(id), *id),
        help: help(id),
        required: *required,
        choices: Vec::new(),
        kind: if *id == "from" { ColumnKind::Date } else { ColumnKind::Text },
        example: String::new(),
        width: if ["identity_number", "person"].contains(id) { 22 } else { 14 },
    });
    let sheet = TemplateSheet { name: name.to_owned(), columns: fixed.chain(sheet_columns(&columns, of, &[], lang)).collect() };
    let file = tempfile::Builder::new().suffix(".xlsx").tempfile().map_err(|error| error.to_string())?;
    write_template(file.path(), &[sheet], &guide(kind, lang), lang == Lang::Zh).map_err(|error| error.to_string())?;
    std::fs::read(file.path()).map_err(|error| error.to_string())
}

fn help(id: &str) -> exchange::Text {
    match id {
        "identity_number" => exchange::Text::new("必填；18 位或旧 15 位，单元格设为文本", "required; 18 characters, or the old 15 digits; format the cell as text"),
        "name" => exchange::Text::new("与证件一致", "as on the card"),
        "post" => exchange::Text::new("现任岗位；只用于新登记的人员", "the post held now; for people who are new"),
        "from" => exchange::Text::new("这些资料自何日起；空白即今天", "since when this holds; today where blank"),
        "person" => exchange::Text::new("必填；身份证号，或本系统的人员编号", "required; the identity number, or this system's number of the person"),
        "record" => exchange::Text::new("可不填", "may stay empty"),
        _ => exchange::Text::new("", ""),
    }
}

fn guide(kind: ImportKind, lang: Lang) -> TemplateGuide {
    let first = match kind {
        ImportKind::People => t(lang, "每行一人，只填本单位人员。", "One person of your organisation a row."),
        ImportKind::Records => {
            t(lang, "每行一条学习记录，只填本单位人员的。证明材料一列填单位已查验的证明。", "One learning record a row, of your own people. The proofs are those that your organisation has seen.")
        }
    };
    let intro = [
        first,
        t(lang, "上传后先逐行核对，给出每行的结果和原因，确认后才导入。", "After the upload every row is tried and told what would become of it; nothing is entered before you confirm."),
        t(lang, "日期写成 2019-05-08；数量不带单位；可填多项的列以分号隔开。", "Dates are written 2019-05-08, quantities without unit, several values with semicolons between them."),
    ];
    TemplateGuide { name: t(lang, "填写说明", "guide").to_owned(), intro: intro.map(str::to_owned).to_vec() }
}
