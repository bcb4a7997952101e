//! Workbooks: sheets, numbers, dates, formulas, merged cells.

use rust_xlsxwriter::{ExcelDateTime, Format, Formula, Workbook};
use xueshi_exchange::{Limits, Which};

use crate::door::{check, check_with};
use crate::workbooks::{book, raw_book, raw_rows, records};

#[test]
fn numbers_have_the_digits_that_a_spreadsheet_shows() {
    let numbers = [
        (8.0, "8"),
        (7.5, "7.5"),
        (0.1 + 0.2, "0.3"),
        (1.1 * 3.0, "3.3"),
        (-0.05, "-0.05"),
        (0.0, "0"),
        (-0.0, "0"),
        (100.0, "100"),
        (1234567.891, "1234567.891"),
        (0.000001, "0.000001"),
        (123456789012345.0, "123456789012345"),
        (1e14, "100000000000000"),
        (1.0 / 3.0, "0.333333333333333"),
        (1e21, "1e21"),
        (2.5e-30, "2.5e-30"),
        (1.7e308, "1.7e308"),
    ];
    for (number, digits) in numbers {
        let bytes = records(|sheet| {
            sheet.write(1, 0, "P1")?.write(1, 2, number)?;
            Ok(())
        });
        let notice = if number >= 1e15 {
            format!(
                "notice long-number: Some numbers have more than 15 digits (such as {digits}); spreadsheets keep 15 and replace the rest by zeros. Identifiers must be typed again in cells formatted as Text.\n"
            )
        } else {
            String::new()
        };
        check("a.xlsx", bytes, &format!("sheet Sheet1\n{notice}1: person=P1 | quantity=#{digits}"));
    }
}

#[test]
fn long_numbers_are_not_relied_on() {
    let bytes = records(|sheet| {
        sheet.write(1, 0, 1e15)?;
        sheet.write(2, 0, 510_102_199_001_011_234_f64)?;
        sheet.write(3, 0, "510102199001011234")?;
        Ok(())
    });
    check(
        "a.xlsx",
        bytes,
        "sheet Sheet1
         notice long-number: Some numbers have more than 15 digits (such as 1000000000000000); spreadsheets keep 15 and replace the rest by zeros. Identifiers must be typed again in cells formatted as Text.
         1: person=#1000000000000000
         2: person=!long-number(510102199001011260)
         3: person=510102199001011234",
    );
}

#[test]
fn dates() {
    let date = Format::new().set_num_format("yyyy-mm-dd");
    let chinese = Format::new().set_num_format("yyyy\"年\"m\"月\"d\"日\"");
    let time = Format::new().set_num_format("yyyy-mm-dd hh:mm");
    let clock = Format::new().set_num_format("hh:mm");
    let length = Format::new().set_num_format("[h]:mm");
    let bytes = records(|sheet| {
        let day = ExcelDateTime::from_ymd(2019, 3, 1)?;
        sheet.write_with_format(1, 1, &day, &date)?;
        sheet.write_with_format(2, 1, &day, &chinese)?;
        sheet.write_with_format(3, 1, &day, &time)?;
        sheet.write_with_format(4, 1, &ExcelDateTime::from_ymd(2019, 3, 1)?.and_hms(8, 30, 0)?, &time)?;
        sheet.write_with_format(5, 1, 0.5, &clock)?;
        sheet.write_with_format(6, 1, 1.5, &length)?;
        sheet.write_with_format(7, 1, 60, &date)?;
        sheet.write_with_format(8, 1, -3, &date)?;
        sheet.write_with_format(9, 1, 99_999_999, &date)?;
        sheet.write(10, 1, "2019-03-01")?;
        sheet.write_with_format(11, 1, &ExcelDateTime::from_ymd(9999, 12, 31)?, &date)?;
        sheet.write_with_format(12, 1, 1, &date)?;
        Ok(())
    });
    check(
        "a.xlsx",
        bytes,
        "sheet Sheet1
         1: end=@2019-03-01
         2: end=@2019-03-01
         3: end=@2019-03-01
         4: end=!date-with-time(2019-03-01 08:30:00)
         5: end=!time(12:00:00)
         6: end=!time(1.5)
         7: end=!impossible-date(1900-02-29)
         8: end=!impossible-date(-3)
         9: end=!impossible-date(99999999)
         10: end=2019-03-01
         11: end=@9999-12-31
         12: end=@1900-01-01",
    );
}

#[test]
fn dates_stored_as_text_of_their_own_kind() {
    let rows = raw_rows(&[
        "<c r=\"B2\" t=\"d\"><v>2019-03-01</v></c>",
        "<c r=\"B3\" t=\"d\"><v>2019-03-01T00:00:00</v></c>",
        "<c r=\"B4\" t=\"d\"><v>2019-03-01T08:30:00Z</v></c>",
        "<c r=\"B5\" t=\"d\"><v>soon</v></c>",
    ]);
    check(
        "a.xlsx",
        raw_book(&rows, "", ""),
        "sheet S
         1: end=@2019-03-01
         2: end=@2019-03-01
         3: end=!date-with-time(2019-03-01T08:30:00Z)
         4: end=soon",
    );
}

#[test]
fn formulas_have_their_stored_values() {
    let bytes = records(|sheet| {
        sheet.write_formula(1, 2, Formula::new("=3*4").set_result("12"))?;
        sheet.write_formula(2, 3, Formula::new("=A1&\"x\"").set_result("personx"))?;
        sheet.write_formula(3, 2, Formula::new("=1/0").set_result("#DIV/0!"))?;
        Ok(())
    });
    check(
        "a.xlsx",
        bytes,
        "sheet Sheet1
         1: quantity=#12
         2: title=personx
         3: quantity=!formula-error(#DIV/0!)",
    );
}

#[test]
fn formulas_without_a_stored_value() {
    let rows = raw_rows(&[
        "<c r=\"A2\" t=\"str\"><v>P1</v></c><c r=\"C2\"><f>3*4</f></c>",
        "<c r=\"A3\" t=\"str\"><v>P2</v></c><c r=\"C3\"><f>3*4</f><v></v></c>",
        "<c r=\"A4\" t=\"str\"><v>P3</v></c><c r=\"D4\" t=\"str\"><f>\"\"</f><v></v></c>",
    ]);
    check(
        "a.xlsx",
        raw_book(&rows, "", ""),
        "sheet S
         1: person=P1 | quantity=!formula-without-value()
         2: person=P2 | quantity=!formula-without-value()
         3: person=P3",
    );
}

#[test]
fn values_that_are_no_values() {
    let rows = raw_rows(&["<c r=\"A2\" t=\"b\"><v>1</v></c><c r=\"B2\" t=\"e\"><v>#N/A</v></c><c r=\"C2\" t=\"e\"><v>#VALUE!</v></c>"]);
    check(
        "a.xlsx",
        raw_book(&rows, "", ""),
        "sheet S
         1: person=!boolean(TRUE) | end=!formula-error(#N/A) | quantity=!formula-error(#VALUE!)",
    );
}

#[test]
fn shared_texts_rich_texts_and_texts_of_blanks() {
    let shared = "<sst xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\" count=\"3\" uniqueCount=\"3\"><si><t>P1</t></si><si><r><t>粗</t></r><r><t>体</t></r></si><si><t xml:space=\"preserve\">  </t></si></sst>";
    let cell = |place: &str, text: u8| format!("<c r=\"{place}\" t=\"s\"><v>{text}</v></c>");
    let first = format!("{}{}{}", cell("A2", 0), cell("B2", 2), cell("D2", 1));
    let second = format!("{}{}", cell("A3", 0), cell("D3", 1));
    check(
        "a.xlsx",
        raw_book(&raw_rows(&[&first, &cell("A3", 2), &second.replace('3', "4")]), "", shared),
        "sheet S
         notice blank-rows: 1 blank rows were skipped (under the header: 2).
         1: person=P1 | title=粗体
         3: person=P1 | title=粗体",
    );
}

#[test]
fn merged_cells_below_the_header() {
    let bytes = records(|sheet| {
        let plain = Format::new();
        sheet.merge_range(1, 0, 3, 0, "P1", &plain)?;
        for row in 1..=4 {
            sheet.write(row, 2, row)?;
        }
        sheet.merge_range(4, 2, 4, 3, "both", &plain)?;
        sheet.write(4, 0, "P2")?;
        Ok(())
    });
    check(
        "a.xlsx",
        bytes,
        "sheet Sheet1
         notice merged-cells: The rows have 2 merged areas (the first is A2:A4); all of their cells but the top left are in error.
         1: person=P1 | quantity=#1
         2: person=!merged(A2:A4) | quantity=#2
         3: person=!merged(A2:A4) | quantity=#3
         4: person=P2 | quantity=both | title=!merged(C5:D5)",
    );
}

#[test]
fn merged_cells_in_the_header() {
    let expect = |place: &str| format!("error merged-header: The header (row 1) has merged cells: {place}. -> Unmerge them, so that each column has its own header in row 1.");
    let wide = records(|sheet| {
        sheet.merge_range(0, 4, 0, 5, "level", &Format::new())?;
        Ok(())
    });
    check("a.xlsx", wide, &expect("E1:F1"));
    let tall = book(|sheet| {
        sheet.merge_range(0, 0, 1, 0, "person", &Format::new())?;
        sheet.write(1, 1, "end")?;
        Ok(())
    });
    check("a.xlsx", tall, &expect("A1:A2"));
}

#[test]
fn a_title_above_the_header() {
    let bytes = book(|sheet| {
        sheet.merge_range(0, 0, 0, 3, "2019 年度培训记录", &Format::new())?;
        sheet.write_row(1, 0, ["人员编号", "结束日期", "数量"])?;
        Ok(())
    });
    check("a.xlsx", bytes, "error header-row: Row 1 is not the header; the header seems to be in row 2. -> Delete the rows above row 2, so that the header is row 1.");
}

#[test]
fn blank_rows_and_stray_cells() {
    let bytes = records(|sheet| {
        sheet.write(2, 0, "P1")?;
        sheet.write(5, 0, "P2")?;
        sheet.write(6, 9, "stray")?;
        sheet.write_blank(9, 0, &Format::new().set_bold())?;
        Ok(())
    });
    check(
        "a.xlsx",
        bytes,
        "sheet Sheet1
         notice headless-columns: Some cells are in columns without a header and were not read (the first is J7).
         notice blank-rows: 3 blank rows were skipped (under the header: 1, 3, 4).
         2: person=P1
         5: person=P2
         6:",
    );
}

/// A workbook of several sheets: name, hidden, the person in its one row.
fn sheets(of: &[(&str, bool, &str)]) -> Vec<u8> {
    let mut workbook = Workbook::new();
    for (name, hidden, person) in of {
        let sheet = workbook.add_worksheet();
        // The first sheet can be hidden only if another one is active.
        sheet.set_name(*name).unwrap().set_hidden(*hidden).set_active(*name == "记录");
        sheet.write_row(0, 0, ["person", "end", "quantity"]).unwrap();
        sheet.write(1, 0, *person).unwrap();
    }
    workbook.save_to_buffer().unwrap()
}

#[test]
fn which_sheet() {
    let bytes = sheets(&[("旧", true, "P0"), ("记录", false, "P1"), ("人员", false, "P2")]);
    check(
        "a.xlsx",
        &bytes,
        "sheet 记录
         notice other-sheets: Only the sheet \"记录\" was read, not \"人员\".
         notice hidden-sheet: Hidden sheets were not read: \"旧\".
         1: person=P1",
    );
    let named = |names, expect| check_with("a.xlsx", &bytes, Which::Named(names), &Limits::default(), expect);
    named(&["persons", " 人员"], "sheet 人员\n1: person=P2");
    named(&["旧"], "sheet 旧\nnotice hidden-sheet: The sheet \"旧\", which was read, is hidden.\n1: person=P0");
    named(&["nobody"], "no such sheet");
}

#[test]
fn empty_sheets() {
    check("a.xlsx", book(|_| Ok(())), "error empty: The file is empty: it has neither a header nor rows. -> Check that it is the right file, or export it again.");
    check("a.xlsx", records(|_| Ok(())), "sheet Sheet1\nnotice no-rows: There is only a header and no row of data.");
}

#[test]
fn a_text_too_long_for_a_cell() {
    let long = "a".repeat(32_768);
    let rows = raw_rows(&[&format!("<c r=\"A2\" t=\"str\"><v>{long}</v></c>")]);
    check("a.xlsx", raw_book(&rows, "", ""), &format!("sheet S\n1: person=!long-text({}…)", "a".repeat(60)));
}
