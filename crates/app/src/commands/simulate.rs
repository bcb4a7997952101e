//! `simulate`: what a draft or another reading would do to the persons of a table, before it is issued.

use super::Outcome;
use crate::args::{self, option, path, path_of, word};
use crate::assessing;
use crate::failure::Failure;
use crate::input::{Book, Cards, ColumnFiles, Columns, Defaults, Files, Place, RowError, Tables, parquet_among, read_persons, unreadable};
use crate::lang::t;
use crate::output::{Report, Target, print_note};
use crate::population::{Said, Step, Stream};
use crate::progress::Progress;
use crate::simulation::{self, Both, Comparison, Facts, Pair, SHOWN, Simulated, Tally, Trial, Wanted};
use crate::terminal::Paint;
use clap::{ArgAction, ArgMatches, Command};
use std::io::Write as _;
use std::path::Path;
use std::sync::Arc;
use xueshi_exchange::Batch;
use xueshi_policy::{Asked, Engine, Lang, Text};

/// A table of so many rows is compared by its columns.
const MANY_ROWS: usize = 1 << 16;
const FORMATS: [&str; 5] = ["table", "json", "csv", "xlsx", "svg"];

/// The command's arguments.
pub(crate) fn command(lang: Lang) -> Command {
    let against = path(lang, "against", "FILE", "草案：一份政策文件（.toml）；标识相同的取代现行的，否则新增", "a draft: one policy file (.toml); it replaces the policy of its id, or is added");
    let reading = option(
        lang,
        "reading",
        "ID=ALT",
        "解读改用另一种：解读标识（或 政策/解读）=序号或其中的文字；可重复",
        "another alternative of a reading: its id (or policy/id) = number, or words of its text; repeatable",
    );
    Command::new("simulate")
        .about(t(lang, "政策模拟：草案或另一种解读会使谁的结果改变、为什么", "what if: whom a draft or another reading would change, and why").to_owned())
        .override_usage("xueshi simulate RECORDS --against FILE --region CODE --year YEAR [--persons FILE] [--format table|json|csv|xlsx|svg] [--output FILE]\n  xueshi simulate RECORDS --reading ID=ALTERNATIVE … --region CODE --year YEAR")
        .arg(args::records(lang))
        .arg(against)
        .arg(reading.action(ArgAction::Append))
        .arg(args::region(lang).required(true))
        .arg(args::year(lang).required(true))
        .arg(args::persons(lang))
        .args(args::circumstances(lang))
        .arg(
            option(lang, "format", "FORMAT", "输出格式：table（默认）、json、csv、xlsx、svg（图）", "table (the default), json, csv, xlsx or svg (a chart)")
                .value_parser(FORMATS)
                .hide_possible_values(true),
        )
        .arg(path(lang, "output", "FILE", "输出文件；扩展名 .json、.csv、.xlsx、.svg 决定格式", "output file; its extension .json, .csv, .xlsx or .svg implies the format"))
        .after_help(after_help(lang).to_owned())
}

fn after_help(lang: Lang) -> &'static str {
    t(
        lang,
        "\
例：
  xueshi simulate 记录.xlsx --against 草案.toml --region 510100 --year 2019
  xueshi simulate 记录.xlsx --against 草案.toml --region 510100 --year 2019 --output 影响.svg
  xueshi simulate 记录.csv --persons 人员.csv --reading not-state-organs=1 --region 510100 --year 2019

同一批人员在现行政策与拟改之下各认定一次：状态的变化、按职称级别与单位性质等的人数、
各项要求的差额、变动的人员及原因、政策中变化的条目。草案有错的不运行（先用 xueshi policy check）。
csv 每行一个有变动的人员。解读及其另一种见 xueshi policy show。",
        "\
Examples:
  xueshi simulate records.xlsx --against draft.toml --region 510100 --year 2019
  xueshi simulate records.xlsx --against draft.toml --region 510100 --year 2019 --output effect.svg
  xueshi simulate records.csv --reading not-state-organs=1 --region 510100 --year 2019

The same persons are assessed under the policies in force and as proposed: statuses before and
after, also by title level, kind of employer and the like; what lacks of each requirement; who
changes and why; the items of the policies that change. A draft with errors is refused (xueshi
policy check shows them too). csv has one row for each person that changes. xueshi policy show
reads out the readings and their alternatives.",
    )
}

/// Assesses everyone twice and shows what differs.
///
/// # Errors
/// If it could not start.
pub(crate) fn run(lang: Lang, matches: &ArgMatches) -> Result<Outcome, Failure> {
    let (year, defaults, format) = (args::year_of(matches)?, args::defaults(matches)?, Format::of(matches));
    let wanted = Wanted { against: path_of(matches, "against"), readings: matches.get_many::<String>("reading").into_iter().flatten().map(String::as_str).collect() };
    if wanted.against.is_none() && wanted.readings.is_empty() {
        return Err(Failure::new("没有要模拟的：请给出 --against 草案.toml 或 --reading 解读=序号。", "There is nothing to try: give --against DRAFT.toml or --reading ID=ALTERNATIVE."));
    }
    let before = args::engine(matches)?;
    let mut trial = Trial::new(&before, &wanted, &defaults.place, year)?;
    let after = Engine::new(trial.library.clone());
    let engines = Pair { before: &before, after: &after };
    let mut file_notes = args::check_defaults(&after, &defaults, year)?;
    let records = args::records_of(matches);
    let files = Files { records: &records, persons: path_of(matches, "persons") };
    let progress = Progress::new();
    let region = defaults.place.region.clone();
    let columns = args::columns(&before, year).and(&after, year);
    let read = Read::new(files, columns, defaults, &progress, &mut file_notes)?;
    let mut report = Report::new(Vec::new(), file_notes);
    let asked = Asked { evidence: read.has("evidence"), ..Asked::year(year) };
    let places = read.places();
    prepare(engines, places, year, path_of(matches, "policies").is_some())?;
    trial.say_idle(engines, places, year)?;
    let inputs: Vec<&Path> = files.records.iter().copied().chain(files.persons).chain(wanted.against).collect();
    let target = Target::open(path_of(matches, "output"), &inputs)?;
    if !asked.evidence {
        report.note(&super::proof_not_checked());
    }
    trial.notes.iter().for_each(|note| report.note(note));
    report.file_notes.iter().for_each(|note| print_note(note, lang));
    let facts = Facts::of(engines, places, year)?;
    let both = Both { engines, asked, facts: &facts, keep: format.kept(), lang };
    let (tally, said) = read.compare(both, &target.folder(), &progress)?;
    progress.clear();
    if let Some(note) = said.of_cards() {
        print_note(&note, lang);
        report.file_notes.push(note);
    }
    said.notes().into_iter().for_each(|note| report.note(note));
    report.errors = said.errors;
    report.sort();
    let simulated = Simulated { year, region: &region, trial: &trial, tally: &tally, libraries: engines.map(|engine| engine.library()), lang };
    write(format, &simulated, &report, target)?;
    if !matches!(format, Format::Table | Format::Json) {
        report.notes.iter().for_each(|note| print_note(note, lang));
    }
    report.print_errors(lang);
    Ok(if report.errors.is_empty() { Outcome::Fine } else { Outcome::Errors })
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Format {
    Table,
    Json,
    Csv,
    Workbook,
    Chart,
}

impl Format {
    /// The format of `--format`, else of the output's extension, else the table.
    fn of(matches: &ArgMatches) -> Self {
        let extension = path_of(matches, "output").and_then(Path::extension).map(|extension| extension.to_string_lossy().to_ascii_lowercase());
        match word(matches, "format").or(extension.as_deref()) {
            Some("json") => Self::Json,
            Some("csv") => Self::Csv,
            Some("xlsx") => Self::Workbook,
            Some("svg") => Self::Chart,
            _ => Self::Table,
        }
    }

    /// How many of the changes are listed.
    fn kept(self) -> usize {
        match self {
            Self::Table => SHOWN,
            Self::Chart => 0,
            Self::Json | Self::Csv | Self::Workbook => usize::MAX,
        }
    }
}

/// Compiles what either side needs. A place for which only one side has a policy is what a first or last regulation is about.
fn prepare(engines: Pair<&Engine>, places: &[Place], year: i16, earlier_too: bool) -> Result<(), Failure> {
    match (assessing::prepare(engines.before, places, year, earlier_too), assessing::prepare(engines.after, places, year, true)) {
        (Err(Failure::Message(_)), Ok(())) | (Ok(()), Err(Failure::Message(_))) => Ok(()),
        (before, after) => before.and(after),
    }
}

/// The persons and their records, as they are compared.
enum Read {
    /// Row by row.
    Rows(Box<Book>),
    /// By columns.
    Columns(Box<ByColumns>),
}

/// Records as columns: of files, or of a table in memory with the places of its rows.
struct ByColumns {
    files: ColumnFiles,
    table: Option<(Vec<u64>, Batch)>,
    unreadable: Vec<RowError>,
    cards: Option<Arc<Cards>>,
    columns: Columns,
    defaults: Defaults,
}

impl Read {
    /// Opens files of columns; reads any other table, and lays it out as columns where it has many rows. What is to be said of the
    /// files is added to the notes.
    fn new(files: Files<'_>, columns: Columns, defaults: Defaults, progress: &Progress, notes: &mut Vec<Text>) -> Result<Self, Failure> {
        if let Some(paths) = parquet_among(files.records)? {
            let found = ColumnFiles::open(&paths, &columns.records)?;
            notes.extend(found.notes.iter().cloned());
            let persons = files.persons.map(|path| read_persons(path, &columns, progress, notes)).transpose()?.flatten();
            let cards = persons.map(|persons| Arc::new(Cards::new(persons, &columns, &defaults)));
            return Ok(Self::Columns(Box::new(ByColumns { files: found, table: None, unreadable: Vec::new(), cards, columns, defaults })));
        }
        let tables = Tables::read(files, &columns, &defaults, progress)?;
        let many = tables.records.len() >= MANY_ROWS;
        if let Some((files, batch)) = many.then(|| ColumnFiles::of_table(&tables.records, &columns.records)).flatten() {
            let places = (0..tables.records.len()).map(|row| u64::from(tables.records.number(row)).saturating_sub(1)).collect();
            notes.extend(tables.notes);
            return Ok(Self::Columns(Box::new(ByColumns { files, table: Some((places, batch)), unreadable: unreadable(&tables.records), cards: tables.cards, columns, defaults })));
        }
        let mut book = Book::of(tables, columns, defaults);
        notes.append(&mut book.notes);
        Ok(Self::Rows(Box::new(book)))
    }

    /// Whether the records have a column for a fact.
    fn has(&self, column: &str) -> bool {
        match self {
            Self::Rows(book) => book.has(column),
            Self::Columns(of) => of.columns.records.find(column).is_some_and(|header| of.files.wanted.iter().any(|(at, _)| *at == header)),
        }
    }

    /// Every place that some person stands in, the command line's first.
    fn places(&self) -> &[Place] {
        match self {
            Self::Rows(book) => book.places(),
            Self::Columns(of) => of.cards.as_ref().map_or(std::slice::from_ref(&of.defaults.place), |cards| &cards.places),
        }
    }

    /// Compares everyone. `folder`: where rows are put aside.
    fn compare(self, both: Both<'_>, folder: &Path, progress: &Progress) -> Result<(Tally, Said), Failure> {
        let simulating = t(both.lang, "模拟", "simulating");
        match self {
            Self::Rows(mut book) => {
                let (mut errors, all) = (std::mem::take(&mut book.errors), book.len() as u64);
                let (tally, mut said) = both.rows(&book, |done| progress.tell(simulating, done, all))?;
                errors.append(&mut said.errors);
                said.errors = errors;
                Ok((tally, said))
            }
            Self::Columns(of) => {
                let ByColumns { files, table, mut unreadable, cards, columns, defaults } = *of;
                let all = files.rows();
                let comparison = Comparison::new(both, Stream::new(&files, &columns), &columns, &defaults, cards)?;
                let (tally, mut said) = match table {
                    Some((places, batch)) => comparison.table(places, batch, |done| progress.tell(simulating, done, all))?,
                    None => comparison.files(folder, |step, done| progress.tell(if step == Step::Grouping { t(both.lang, "按人归并", "sorting by person") } else { simulating }, done, all))?,
                };
                said.errors.append(&mut unreadable);
                Ok((tally, said))
            }
        }
    }
}

fn write(format: Format, simulated: &Simulated<'_>, report: &Report, target: Target) -> Result<(), Failure> {
    let text = match format {
        Format::Table => {
            let paint = if target.is_terminal() { Paint::of_stdout() } else { Paint::plain() };
            simulation::page(simulated, report, paint)
        }
        Format::Json => simulation::document(simulated, report) + "\n",
        Format::Chart => simulation::draw(simulated)?,
        Format::Csv => return simulation::csv(simulated, target),
        Format::Workbook => return simulation::workbook(simulated, target),
    };
    let mut out = target.writer()?;
    out.write_all(text.as_bytes())?;
    out.flush()?;
    drop(out);
    target.complete()
}
