//! Workbooks as input: sheets, dates, numbers, merged cells, formulas.

use crate::door::{assess_file, errors};
use rust_xlsxwriter::{Format, Formula, Workbook, Worksheet, XlsxError};
use serde_json::json;

const HEADER: [&str; 8] = ["人员编号", "记录编号", "学习形式", "科目类别", "结束日期", "数量", "计量单位", "证明材料"];

/// A workbook with a sheet of records, filled in.
fn book(fill: impl FnOnce(&mut Worksheet) -> Result<(), XlsxError>) -> Workbook {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet().set_name("记录").unwrap();
    sheet.write_row(0, 0, HEADER).unwrap();
    fill(sheet).unwrap();
    workbook
}

/// A row with a date, a number and texts.
fn row(sheet: &mut Worksheet, at: u32, person: &str, record: f64) -> Result<(), XlsxError> {
    let date = Format::new().set_num_format("yyyy-mm-dd");
    sheet.write(at, 0, person)?.write(at, 1, record)?.write(at, 2, "培训班")?.write(at, 3, "专业科目")?;
    sheet.write_with_format(at, 4, rust_xlsxwriter::ExcelDateTime::from_ymd(2022, 3, 2)?, &date)?;
    sheet.write(at, 5, 1.5)?.write(at, 6, "天")?.write(at, 7, "培训证")?;
    Ok(())
}

#[test]
fn dates_and_numbers_of_a_sheet() {
    let mut workbook = book(|sheet| row(sheet, 1, "P1", 1.0));
    let done = assess_file(("r.xlsx", &workbook.save_to_buffer().unwrap()), &[]);
    done.says(0, &[]);
    assert_eq!(done.json()["assessments"][0]["hours"]["total"], json!(12));
    assert_eq!(done.json()["assessments"][0]["records"][0]["record"], "1");
}

#[test]
fn a_date_that_is_a_bare_number() {
    let mut workbook = book(|sheet| {
        row(sheet, 1, "P1", 1.0)?;
        row(sheet, 2, "P1", 2.0)?;
        sheet.write_with_format(2, 4, 44622, &Format::new())?;
        Ok(())
    });
    let done = assess_file(("r.xlsx", &workbook.save_to_buffer().unwrap()), &[]);
    assert_eq!(errors(&done.json()), ["2 end 44622: looks like a spreadsheet's serial day (2022-03-02, if it is); format the column as a date, or write 2022-03-02"]);
    assert_eq!(done.code, 1);
}

#[test]
fn merged_cells_are_errors_of_their_rows() {
    let mut workbook = book(|sheet| {
        row(sheet, 1, "", 1.0)?;
        row(sheet, 2, "", 2.0)?;
        row(sheet, 3, "P2", 1.0)?;
        sheet.merge_range(1, 0, 2, 0, "P1", &Format::new())?;
        Ok(())
    });
    let done = assess_file(("r.xlsx", &workbook.save_to_buffer().unwrap()), &[]);
    let json = done.json();
    assert!(errors(&json)[0].starts_with("2 person A2:A3: The cell is inside of a merged area"), "{:?}", errors(&json));
    assert_eq!(json["assessments"].as_array().unwrap().len(), 2);
    done.says(1, &["merged area", "Unmerge"]);
}

#[test]
fn a_formula_gives_its_stored_value() {
    let mut workbook = book(|sheet| {
        row(sheet, 1, "P1", 1.0)?;
        sheet.write_formula(1, 5, Formula::new("=1+1").set_result("2"))?;
        Ok(())
    });
    let done = assess_file(("r.xlsx", &workbook.save_to_buffer().unwrap()), &[]);
    assert_eq!(done.json()["assessments"][0]["hours"]["total"], json!(16), "{}", done.err);
}

#[test]
fn the_sheet_of_persons_is_read_from_the_same_workbook() {
    for name in ["人员", "persons", "Persons"] {
        let mut workbook = book(|sheet| row(sheet, 1, "P1", 1.0));
        let persons = workbook.add_worksheet().set_name(name).unwrap();
        persons.write_row(0, 0, ["人员编号", "姓名", "免学年度"]).unwrap();
        persons.write_row(1, 0, ["P1", "张三", "2022"]).unwrap();
        let bytes = workbook.save_to_buffer().unwrap();
        let done = assess_file(("r.xlsx", &bytes), &[]);
        assert_eq!(done.json()["assessments"][0]["status"], "exempt", "{name}");
        assert!(!done.err.contains(name), "{}", done.err);
        assess_file(("r.xlsx", &bytes), &["--format", "table"]).says(0, &["P1 张三 · 2022 · exempt"]);
    }
}

#[test]
fn an_error_in_the_sheet_of_persons_names_the_sheet() {
    let mut workbook = book(|sheet| row(sheet, 1, "P1", 1.0));
    let persons = workbook.add_worksheet().set_name("人员").unwrap();
    persons.write_row(0, 0, ["人员编号", "在职"]).unwrap();
    persons.write_row(1, 0, ["P1", "也许"]).unwrap();
    let done = assess_file(("r.xlsx", &workbook.save_to_buffer().unwrap()), &[]);
    done.says(1, &["r.xlsx[人员]:1 in_service 也许: yes or no"]);
}

#[test]
fn other_sheets_are_named() {
    let mut workbook = book(|sheet| row(sheet, 1, "P1", 1.0));
    let persons = workbook.add_worksheet().set_name("人员").unwrap();
    persons.write_row(0, 0, ["人员编号"]).unwrap();
    workbook.add_worksheet().set_name("旧表").unwrap();
    let done = assess_file(("r.xlsx", &workbook.save_to_buffer().unwrap()), &[]);
    done.says(0, &["旧表"]);
    assert!(!done.err.contains("“人员”"), "{}", done.err);
}
