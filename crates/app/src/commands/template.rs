//! `template`: a workbook to fill in, with lists to choose from and every column explained.

use super::Outcome;
use crate::args::{self, path, path_of, word};
use crate::assessing::Assessing;
use crate::failure::Failure;
use crate::input::{Book, Columns, Defaults, Layouts, Place, help};
use crate::lang::t;
use crate::output::Target;
use clap::{ArgMatches, Command};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use xueshi_exchange::{self as exchange, ColumnKind, FileError, TemplateColumn, TemplateGuide, TemplateSheet, write_template};
use xueshi_policy::{Asked, Column, Engine, FactType, Hours, Lang, Of, Text, text};

/// The command's arguments.
pub(crate) fn command(lang: Lang) -> Command {
    Command::new("template")
        .about(t(lang, "生成可填写的工作簿：中文表头、下拉列表、逐列说明、一行示例", "write a workbook to fill in: headers, drop-down lists, every column explained, an example row").to_owned())
        .override_usage("xueshi template [--output FILE.xlsx] [--region CODE] [--year YEAR] [--industry CODE] [--policies DIR]")
        .arg(path(lang, "output", "FILE.xlsx", "输出文件；默认 学习记录.xlsx。已有的文件不覆盖", "output file; records.xlsx by default. A file that exists is not overwritten"))
        .arg(args::region(lang).help(t(lang, "加上该地区的规定所需的列", "adds the columns that the regulations of the region need").to_owned()))
        .arg(args::year(lang).help(t(lang, "年度；默认今年", "the year; this year by default").to_owned()))
        .args(args::circumstances(lang))
        .after_help(
            t(
                lang,
                "例：\n  xueshi template\n  xueshi template --output 成都2019.xlsx --region 510100 --year 2019\n  xueshi assess 成都2019.xlsx --region 510100 --year 2019",
                "Examples:\n  xueshi template\n  xueshi template --output chengdu.xlsx --region 510100 --year 2019\n  xueshi assess chengdu.xlsx --region 510100 --year 2019",
            )
            .to_owned(),
        )
}

/// Writes the workbook.
///
/// # Errors
/// If it can not be written, or the file exists.
pub(crate) fn run(lang: Lang, matches: &ArgMatches) -> Result<Outcome, Failure> {
    let year = if word(matches, "year").is_some() { args::year_of(matches)? } else { this_year() };
    let engine = args::engine(matches)?;
    let defaults = if word(matches, "region").is_some() { args::defaults(matches)? } else { anywhere() };
    let output = path_of(matches, "output").map_or_else(|| PathBuf::from(t(lang, "学习记录.xlsx", "records.xlsx")), Path::to_owned);
    let shown = output.display().to_string();
    if output.extension().is_none_or(|extension| !extension.eq_ignore_ascii_case("xlsx")) {
        return Err(Failure::Message(text!("{shown}：模板是工作簿，文件名须以 .xlsx 结尾。", "{shown}: the template is a workbook, its name ends with .xlsx.")));
    }
    if output.exists() {
        return Err(Failure::Message(text!("{shown} 已存在，不覆盖；请用 --output 另取名称。", "{shown} exists and is not overwritten; name another with --output.")));
    }
    let columns = schema_columns(&engine, &defaults.place, year)?;
    let example = example(&engine, &defaults, &columns, year, lang);
    let sheets = [sheet(lang, t(lang, "学习记录", "records"), Of::Record, &columns, &example), sheet(lang, t(lang, "人员", "persons"), Of::Person, &columns, &[])];
    let target = Target::open(Some(&output), &[])?;
    if let Some((part, path)) = target.part() {
        write_template(part, &sheets, &guide(lang), lang == Lang::Zh).map_err(|error| FileError { file: path.display().to_string(), ..error })?;
    }
    target.complete()?;
    let region = word(matches, "region").unwrap_or(t(lang, "行政区划代码", "CODE"));
    let said =
        text!("已写出 {shown}。填好后：xueshi assess {shown} --region {region} --year {year}", "{shown} is written. Once it is filled in: xueshi assess {shown} --region {region} --year {year}");
    writeln!(std::io::stdout().lock(), "{}", said.get(lang))?;
    Ok(Outcome::Fine)
}

/// The columns of the regulations of a place, of which at least those for the whole nation are there.
fn schema_columns(engine: &Engine, place: &Place, year: i16) -> Result<Vec<Column>, Failure> {
    let stacks = engine.stacks(&place.region, place.industry.as_deref(), year)?;
    if stacks.is_empty() {
        let region = &place.region;
        return Err(Failure::Message(text!("没有适用于 {region} 的 {year} 年度政策。", "No policy answers for {region} in {year}.")));
    }
    let mut columns: Vec<Column> = Vec::new();
    for column in stacks.iter().flat_map(|stack| &stack.schema().columns).filter(|column| !column.derived) {
        if columns.iter().all(|known| known.id != column.id || known.of != column.of) {
            columns.push(column.clone());
        }
    }
    // The quantity is read best after the dates.
    let (amount, mut rest): (Vec<Column>, Vec<Column>) = columns.into_iter().partition(|column| ["quantity", "unit"].contains(&column.id.as_str()));
    let after = rest.iter().position(|column| column.id == "end").map_or(rest.len(), |at| at + 1);
    rest.splice(after..after, amount);
    Ok(rest)
}

fn sheet(lang: Lang, name: &str, of: Of, columns: &[Column], example: &[(String, String)]) -> TemplateSheet {
    let built_in = Columns::built_in();
    let heads = if of == Of::Record { built_in.records } else { built_in.persons };
    let shown = |id: &str| example.iter().find(|(column, _)| column == id).map(|(_, value)| value.clone()).unwrap_or_default();
    let own = heads.list().iter().map(|head| TemplateColumn {
        header: exchange::Text::new(heads.title(&head.id), head.id.clone()),
        help: texts(&help(&head.id)),
        required: head.required,
        choices: Vec::new(),
        kind: ColumnKind::Text,
        example: shown(&head.id),
        width: 14,
    });
    TemplateSheet { name: name.to_owned(), columns: own.chain(sheet_columns(columns, of, example, lang)).collect() }
}

/// The columns of policies as a sheet has them.
pub(crate) fn sheet_columns(columns: &[Column], of: Of, example: &[(String, String)], lang: Lang) -> Vec<TemplateColumn> {
    let shown = |id: &str| example.iter().find(|(column, _)| column == id).map(|(_, value)| value.clone()).unwrap_or_default();
    let of_policies = columns.iter().filter(|column| column.of == of).map(|column| {
        let help = if column.help.is_empty() { help(&column.id) } else { column.help.clone() };
        let (kind, width) = kind(column);
        TemplateColumn {
            header: exchange::Text::new(column.title.get(Lang::Zh), column.id.clone()),
            help: texts(&help),
            required: column.required,
            choices: choices(column, lang),
            kind,
            example: shown(&column.id),
            width,
        }
    });
    of_policies.collect()
}

/// What a column holds. A list that is offered accepts nothing else: where other text may stand, it is in the guide only.
fn kind(column: &Column) -> (ColumnKind, u16) {
    match column.kind {
        FactType::Code if !column.open => (ColumnKind::Choice, 14),
        FactType::YesNo => (ColumnKind::Choice, 8),
        FactType::Number => (ColumnKind::Number, 10),
        FactType::Date => (ColumnKind::Date, 12),
        FactType::Code | FactType::Codes | FactType::Text | FactType::Texts | FactType::Years => (ColumnKind::Text, 16),
    }
}

fn choices(column: &Column, lang: Lang) -> Vec<String> {
    match column.kind {
        FactType::YesNo => [("是", "yes"), ("否", "no")].iter().map(|(zh, en)| t(lang, zh, en).to_owned()).collect(),
        _ => column.codes.iter().map(|code| spelled(&code.title, &code.id, lang)).collect(),
    }
}

/// A code as it is filled in.
fn spelled(title: &Text, id: &str, lang: Lang) -> String {
    if lang == Lang::Zh { title.get(Lang::Zh).to_owned() } else { id.to_owned() }
}

/// The example: an eight-hour class, or three days of one where the regulation counts days. The first that earns something.
fn example(engine: &Engine, defaults: &Defaults, columns: &[Column], year: i16, lang: Lang) -> Vec<(String, String)> {
    let candidates: Vec<Vec<(String, String)>> = [("8", "hours"), ("3", "days")].map(|(quantity, unit)| example_row(columns, quantity, unit, year, lang)).to_vec();
    let earns = |row: &&Vec<(String, String)>| {
        let all = args::columns(engine, year);
        let mut cells = vec![String::new(); all.records.list().len()];
        for (column, value) in row.iter() {
            if let Some(cell) = all.records.find(column).and_then(|at| cells.get_mut(at)) {
                cell.clone_from(value);
            }
        }
        let book = Book::typed(cells, Vec::new(), all, defaults.clone());
        let assessing = Assessing { engine, book: &book, asked: Asked::year(year) };
        assessing.person(0, &Layouts::default()).is_ok_and(|done| done.assessments.iter().any(|assessment| assessment.total > Hours::ZERO))
    };
    candidates.iter().find(earns).or(candidates.first()).cloned().unwrap_or_default()
}

fn example_row(columns: &[Column], quantity: &str, unit: &str, year: i16, lang: Lang) -> Vec<(String, String)> {
    let known = [
        ("activity", "class"),
        ("subject", "specialised"),
        ("title", t(lang, "临床用药新进展", "New medicines in clinical use")),
        ("start", &format!("{year}-05-06")),
        ("end", &format!("{year}-05-08")),
        ("quantity", quantity),
        ("unit", unit),
        ("provider", t(lang, "某大学", "a university")),
        ("provider_kind", "university"),
        ("result", "pass"),
        ("certificate", "001"),
        ("evidence", "training-certificate"),
    ];
    let mut row = vec![("person".to_owned(), "P001".to_owned()), ("record".to_owned(), "1".to_owned())];
    for column in columns.iter().filter(|column| column.of == Of::Record) {
        let word = known.iter().find(|(id, _)| *id == column.id).map(|(_, word)| *word);
        let code = column.codes.iter().find(|code| Some(code.id.as_str()) == word).or(column.codes.first());
        let value = match (column.kind, word) {
            (FactType::Code | FactType::Codes, Some(_)) => code.map(|code| spelled(&code.title, &code.id, lang)),
            (_, Some(word)) => Some(word.to_owned()),
            // What a regulation asks for beyond the common columns.
            (_, None) if !column.required => None,
            (FactType::Code | FactType::Codes, None) => code.map(|code| spelled(&code.title, &code.id, lang)),
            (FactType::Date, None) => Some(format!("{year}-05-08")),
            (FactType::Number, None) => Some("1".to_owned()),
            (FactType::YesNo, None) => Some(t(lang, "是", "yes").to_owned()),
            (FactType::Years, None) => Some(year.to_string()),
            (FactType::Text | FactType::Texts, None) => Some(t(lang, "示例", "an example").to_owned()),
        };
        row.extend(value.map(|value| (column.id.clone(), value)));
    }
    row
}

fn guide(lang: Lang) -> TemplateGuide {
    let intro = [
        t(
            lang,
            "每行一条学习记录；人员表可以不填，填了则按各人的地区、单位性质等认定。",
            "One learning record a row. The sheet of persons may stay empty; what it says of a person comes before the command line.",
        ),
        t(lang, "日期写成 2019-05-08；数量不带单位；证明材料可填多项，以分号隔开。", "Dates are written 2019-05-08, quantities without unit, several proofs with semicolons between them."),
        t(lang, "有错的行不会计入，认定时逐条列出原因；其余的行照常认定。", "A row in error is left out and listed with its reason; all others are assessed."),
    ];
    TemplateGuide { name: t(lang, "填写说明", "guide").to_owned(), intro: intro.map(str::to_owned).to_vec() }
}

fn texts(text: &Text) -> exchange::Text {
    exchange::Text::new(text.get(Lang::Zh), text.get(Lang::En))
}

/// A place that only the regulations of the whole nation answer for.
fn anywhere() -> Defaults {
    Defaults { place: Place { region: "000000".to_owned(), industry: None }, facts: Vec::new() }
}

/// The year of the clock.
fn this_year() -> i16 {
    const SECONDS_A_YEAR: u64 = 31_556_952;
    let seconds = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).map_or(0, |since| since.as_secs());
    i16::try_from(1970 + seconds / SECONDS_A_YEAR).unwrap_or(2200)
}
