//! `assess`: the recognised hours of everyone in a table of learning records.

use super::Outcome;
use crate::args::{self, option, path, path_of, word};
use crate::assessing::{self, Assessing};
use crate::failure::Failure;
use crate::input::{Book, Cards, ColumnFiles, Columns, Defaults, Files, Layouts, RowError, Source, Tables, parquet_among, read_persons, unreadable};
use crate::lang::t;
use crate::output::{
    BLOCKS, BothCells, JsonDocument, JsonLines, JsonShape, LinesFile, PersonCells, PersonsFile, RecordCells, RecordsFile, Report, RowsKind, Shape, Sink, TableShape, TableSink, Target, Workbook,
    print_note,
};
use crate::population::{Lines, Population, Said, Shown, Spool, Step, Stop};
use crate::progress::Progress;
use crate::terminal::Paint;
use crate::work;
use clap::{Arg, ArgAction, ArgMatches, Command};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use xueshi_policy::{Asked, Engine, Lang, Text, text};

/// A table of so many rows is assessed by its columns.
const MANY_ROWS: usize = 1 << 16;
const FORMATS: [&str; 6] = ["table", "json", "jsonl", "csv", "xlsx", "parquet"];

/// The command's arguments.
pub(crate) fn command(lang: Lang) -> Command {
    let explain = Arg::new("explain").long("explain").action(ArgAction::SetTrue).help_heading(args::heading(lang));
    Command::new("assess")
        .about(t(lang, "认定学习记录的学时：每个人得多少、还差多少、依据哪一条", "assess learning records: what everyone has, what lacks, by which clause").to_owned())
        .override_usage("xueshi assess RECORDS --region CODE --year YEAR [--persons FILE] [--format table|json|jsonl|csv|xlsx|parquet] [--output FILE] [--explain]")
        .arg(args::records(lang))
        .arg(args::region(lang).required(true))
        .arg(args::year(lang).required(true))
        .arg(args::persons(lang))
        .args(args::circumstances(lang))
        .arg(option(lang, "person", "ID", "只认定这一个人", "assess this person only"))
        .arg(explain.help(t(lang, "逐条解释：规则、条款、取舍、上限，未认定的怎样才能认定", "explain every record: rule, clause, rounding, caps, and what would make it count").to_owned()))
        .arg(
            option(lang, "format", "FORMAT", "输出格式：table（默认）、json、jsonl、csv、xlsx、parquet", "table (the default), json, jsonl, csv, xlsx or parquet")
                .value_parser(FORMATS)
                .hide_possible_values(true),
        )
        .arg(
            option(lang, "rows", "WHAT", "csv、parquet 的每行：persons 人员（默认）或 records 记录", "what a row of csv or parquet is: persons (the default) or records")
                .value_parser(["persons", "records"])
                .hide_possible_values(true),
        )
        .arg(path(lang, "output", "FILE", "输出文件；扩展名 .csv、.xlsx、.parquet、.json、.jsonl 决定格式", "output file; its extension .csv, .xlsx, .parquet, .json or .jsonl implies the format"))
        .after_help(after_help(lang).to_owned())
}

fn after_help(lang: Lang) -> &'static str {
    t(
        lang,
        "\
例：
  xueshi assess 记录.csv --region 510100 --year 2019
  xueshi assess 记录.xlsx --region 510100 --year 2019 --output 结果.xlsx
  xueshi assess 记录.csv --persons 人员.csv --region 500000 --year 2023 --format json
  xueshi assess 记录.csv --region 510100 --year 2019 --person P001 --explain

记录的列：人员编号、学习形式、科目类别、结束日期、数量、计量单位等，中文表头或英文名均可；
xueshi template 给出带说明与下拉列表的工作簿。人员表中的地区、行业、单位性质先于命令行。
有错的行列在标准错误输出，其余的行照常认定，退出码为 1。",
        "\
Examples:
  xueshi assess records.csv --region 510100 --year 2019
  xueshi assess records.xlsx --region 510100 --year 2019 --output results.xlsx
  xueshi assess records.csv --persons persons.csv --region 500000 --year 2023 --format json
  xueshi assess records.csv --region 510100 --year 2019 --person P001 --explain

Columns of records: person, activity, subject, end, quantity, unit and more, under English names or
Chinese headers; xueshi template writes a workbook that explains them. Region, industry and kind of
employer of the persons table come before those of the command line. Rows in error are listed on
standard error, all others are assessed, and the exit code is 1.",
    )
}

/// Assesses and writes the results.
///
/// # Errors
/// If it could not start.
pub(crate) fn run(lang: Lang, matches: &ArgMatches) -> Result<Outcome, Failure> {
    let year = args::year_of(matches)?;
    let defaults = args::defaults(matches)?;
    let engine = args::engine(matches)?;
    let mut file_notes = args::check_defaults(&engine, &defaults, year)?;
    let records = args::records_of(matches);
    let files = Files { records: &records, persons: path_of(matches, "persons") };
    let format = Format::of(matches)?;
    let progress = Progress::new();
    let many = Many { engine: &engine, files, year, format, lang, progress: &progress };
    let lines = word(matches, "person").is_none() && !matches.get_flag("explain");
    if lines && let Some(outcome) = many.assess(matches, &defaults, &file_notes)? {
        return Ok(outcome);
    }
    let columns = args::columns(&engine, year);
    let tables = Tables::read(files, &columns, &defaults, &progress)?;
    if lines && let Some(outcome) = many.table(matches, &columns, &defaults, &tables, &file_notes)? {
        return Ok(outcome);
    }
    let mut book = Book::of(tables, columns, defaults);
    file_notes.append(&mut book.notes);
    let mut report = Report::new(std::mem::take(&mut book.errors), file_notes);
    let explain = matches.get_flag("explain");
    let asked = Asked { explain, evidence: book.has("evidence"), ..Asked::year(year) };
    let assessing = Assessing { engine: &engine, book: &book, asked };
    assessing.prepare(path_of(matches, "policies").is_some())?;
    let people = match word(matches, "person") {
        Some(id) => vec![book.find(id).ok_or_else(|| Failure::Message(text!("文件中没有人员“{id}”。", "There is no person “{id}” in the files.")))?],
        None => (0..book.len()).collect(),
    };
    let inputs: Vec<&Path> = files.records.iter().copied().chain(files.persons).collect();
    let target = Target::open(path_of(matches, "output"), &inputs)?;
    if !asked.evidence {
        report.note(&super::proof_not_checked());
    }
    let run = Run { assessing, people: &people, progress: &progress, lang };
    let paint = if target.is_terminal() { Paint::of_stdout() } else { Paint::plain() };
    match format {
        Format::Table => {
            let shape = TableShape { library: engine.library(), lang, paint, blocks: explain || people.len() <= BLOCKS, explain };
            run.drive(&mut report, &shape, TableSink::new(target, shape)?)?;
        }
        Format::Json => run.drive(&mut report, &JsonShape { lang, explain }, JsonDocument::new(target, lang)?)?,
        Format::JsonLines => run.drive(&mut report, &JsonShape { lang, explain }, JsonLines::new(target)?)?,
        Format::Persons(kind) => run.drive(&mut report, &PersonCells, PersonsFile::new(target, kind))?,
        Format::Records(kind) => run.drive(&mut report, &RecordCells(lang), RecordsFile::new(target, kind)?)?,
        Format::Workbook => run.drive(&mut report, &BothCells(lang), Workbook::new(target, lang)?)?,
    }
    let said_there = matches!(format, Format::Table | Format::Json);
    for note in report.notes.iter().filter(|_| !said_there) {
        print_note(note, lang);
    }
    report.print_errors(lang);
    Ok(if report.errors.is_empty() { Outcome::Fine } else { Outcome::Errors })
}

#[derive(Clone, Copy, Debug)]
enum Format {
    Table,
    Json,
    JsonLines,
    Persons(RowsKind),
    Records(RowsKind),
    Workbook,
}

impl Format {
    /// The format of `--format`, else of the output's extension, else the table.
    ///
    /// # Errors
    /// If rows are asked for in a format that has no choice of them.
    fn of(matches: &ArgMatches) -> Result<Self, Failure> {
        let extension = path_of(matches, "output").and_then(Path::extension).map(|extension| extension.to_string_lossy().to_ascii_lowercase());
        let rows = word(matches, "rows");
        let rows_of = |kind| if rows == Some("records") { Self::Records(kind) } else { Self::Persons(kind) };
        let format = match word(matches, "format").or(extension.as_deref()) {
            Some("csv") => rows_of(RowsKind::Csv),
            Some("parquet") => rows_of(RowsKind::Parquet),
            Some("json") => Self::Json,
            Some("jsonl" | "ndjson") => Self::JsonLines,
            Some("xlsx") => Self::Workbook,
            _ => Self::Table,
        };
        if rows.is_some() && !matches!(format, Self::Persons(_) | Self::Records(_)) {
            return Err(Failure::new("--rows 只用于 csv 与 parquet：请加上 --format csv。", "--rows is for csv and parquet only: add --format csv."));
        }
        Ok(format)
    }
}

/// Files of many persons, one line each to be written.
struct Many<'a> {
    engine: &'a Engine,
    files: Files<'a>,
    year: i16,
    format: Format,
    lang: Lang,
    progress: &'a Progress,
}

impl Many<'_> {
    /// Assesses columns task by task; nothing where what is asked wants the other way.
    fn assess(&self, matches: &ArgMatches, defaults: &Defaults, file_notes: &[Text]) -> Result<Option<Outcome>, Failure> {
        let Format::Persons(kind) = self.format else { return Ok(None) };
        let Some(paths) = parquet_among(self.files.records)? else { return Ok(None) };
        let columns = args::columns(self.engine, self.year);
        let files = ColumnFiles::open(&paths, &columns.records)?;
        let evidence = columns.records.find("evidence").is_some_and(|header| files.wanted.iter().any(|(at, _)| *at == header));
        let asked = Asked { evidence, ..Asked::year(self.year) };
        let mut notes = files.notes.clone();
        let persons = self.files.persons.map(|path| read_persons(path, &columns, self.progress, &mut notes)).transpose()?.flatten();
        let cards = persons.map(|persons| Arc::new(Cards::new(persons, &columns, defaults)));
        let Some(population) = Population::new(self.engine, &files, &columns, defaults, asked, cards.clone())? else { return Ok(None) };
        let inputs = paths.iter().map(PathBuf::as_path).chain(self.files.persons).collect::<Vec<_>>();
        let open = || Target::open(path_of(matches, "output"), &inputs);
        let numbers = files.whole_numbers(Columns::PERSON)?.iter().all(|whole| *whole) && cards.iter().flat_map(|cards| cards.ids()).all(is_number);
        let file = |target, shown| LinesFile::new(target, kind, numbers, self.year, population.lines(), &shown);
        let mut said = match self.lines(&population, files.rows(), open, file) {
            Ok(said) => said,
            Err(Stop::Failure(failure)) => return Err(failure),
            Err(Stop::Unsorted | Stop::Columns) => return Ok(None),
        };
        Ok(Some(self.say(&mut said, evidence, file_notes.iter().chain(&notes))))
    }

    /// Assesses a table of many rows by its columns; nothing where it has few, or what is asked wants the other way.
    fn table(&self, matches: &ArgMatches, columns: &Columns, defaults: &Defaults, tables: &Tables, file_notes: &[Text]) -> Result<Option<Outcome>, Failure> {
        let (Format::Persons(kind), Source::File(_, table)) = (self.format, &tables.records) else { return Ok(None) };
        if table.len() < MANY_ROWS {
            return Ok(None);
        }
        let Some((files, batch)) = ColumnFiles::of_table(&tables.records, &columns.records) else { return Ok(None) };
        let evidence = columns.records.find("evidence").is_some_and(|header| table.has(header));
        let asked = Asked { evidence, ..Asked::year(self.year) };
        let places = tables.cards.as_ref().map_or(std::slice::from_ref(&defaults.place), |cards| &cards.places);
        assessing::prepare(self.engine, places, self.year, path_of(matches, "policies").is_some())?;
        let Some(population) = Population::new(self.engine, &files, columns, defaults, asked, tables.cards.clone())? else { return Ok(None) };
        let inputs: Vec<&Path> = self.files.records.iter().copied().chain(self.files.persons).collect();
        let target = Target::open(path_of(matches, "output"), &inputs)?;
        let (step, all) = (t(self.lang, "认定", "assessing"), files.rows());
        let places = (0..table.len()).map(|row| u64::from(table.row_number(row)).saturating_sub(1)).collect();
        let (spool, mut said) = match population.tabled(places, batch, &target.folder(), |done| self.progress.tell(step, done, all)) {
            Ok(done) => done,
            Err(Stop::Failure(failure)) => return Err(failure),
            Err(Stop::Unsorted | Stop::Columns) => return Ok(None),
        };
        let mut out = LinesFile::new(target, kind, false, self.year, population.lines(), &spool.shown())?;
        self.write(&spool, &mut out)?;
        out.close()?;
        said.errors.extend(unreadable(&tables.records));
        Ok(Some(self.say(&mut said, evidence, file_notes.iter().chain(&tables.notes))))
    }

    /// Says what is to be said of everyone, and what is wrong with rows.
    fn say<'t>(&self, said: &mut Said, evidence: bool, notes: impl Iterator<Item = &'t Text>) -> Outcome {
        let mut report = Report::new(std::mem::take(&mut said.errors), Vec::new());
        if !evidence {
            report.note(&super::proof_not_checked());
        }
        said.notes().into_iter().for_each(|note| report.note(note));
        report.sort();
        notes.for_each(|note| print_note(note, self.lang));
        said.of_cards().iter().chain(&report.notes).for_each(|note| print_note(note, self.lang));
        report.print_errors(self.lang);
        if report.errors.is_empty() { Outcome::Fine } else { Outcome::Errors }
    }

    fn write(&self, spool: &Spool, out: &mut LinesFile) -> Result<(), Failure> {
        spool.each(|lines, done, all| {
            self.progress.tell(t(self.lang, "写结果", "writing"), done, all);
            out.put(lines)
        })?;
        self.progress.clear();
        Ok(())
    }

    /// Writes the lines of everyone: as they come where they can be begun anew if the rows turn out not to be sorted, else when all are known.
    fn lines(&self, population: &Population<'_>, rows: u64, open: impl Fn() -> Result<Target, Failure>, file: impl Fn(Target, Shown) -> Result<LinesFile, Failure>) -> Result<Said, Stop> {
        let tell = |step: Step, done: u64| {
            let step = match step {
                Step::Grouping => t(self.lang, "按人归并", "sorting by person"),
                Step::Assessing => t(self.lang, "认定", "assessing"),
            };
            self.progress.tell(step, done, rows);
        };
        let mut target = open()?;
        let streams = target.starts_anew() && population.streams();
        if streams {
            let mut out = file(target, Shown::all(population.lines()))?;
            let take = |lines: &Lines, done| {
                tell(Step::Assessing, done);
                out.put(lines)
            };
            match population.run(take) {
                Ok(said) => {
                    self.progress.clear();
                    out.close()?;
                    return Ok(said);
                }
                Err(Stop::Unsorted) => {}
                Err(why) => return Err(why),
            }
            drop(out);
            target = open()?;
        }
        let (spool, said) = population.spooled(&target.folder(), !streams, tell)?;
        let mut out = file(target, spool.shown())?;
        self.write(&spool, &mut out)?;
        out.close()?;
        Ok(said)
    }
}

/// Whether an id is a whole number, written as numbers are.
fn is_number(id: &str) -> bool {
    id.parse::<i64>().is_ok_and(|number| number.to_string() == id)
}

/// One run over the persons.
struct Run<'a> {
    assessing: Assessing<'a>,
    people: &'a [usize],
    progress: &'a Progress,
    lang: Lang,
}

/// What came of some persons.
struct Chunk<Piece> {
    pieces: Vec<Piece>,
    errors: Vec<RowError>,
    notes: Vec<Text>,
}

impl Run<'_> {
    /// Assesses the persons and writes them in order.
    fn drive<S: Shape, K: Sink<S::Piece>>(&self, report: &mut Report, shape: &S, mut sink: K) -> Result<(), Failure> {
        for note in &report.file_notes {
            print_note(note, self.lang);
        }
        let step = t(self.lang, "认定", "assessing");
        // Threads share what is read, but not the bar.
        let (assessing, people) = (self.assessing, self.people);
        let make = |range: std::ops::Range<usize>| {
            let layouts = Layouts::default();
            let mut chunk = Chunk { pieces: Vec::with_capacity(range.len()), errors: Vec::new(), notes: Vec::new() };
            for person in &people[range] {
                let done = assessing.person(*person, &layouts)?;
                for note in done.assessments.iter().flat_map(|assessment| &assessment.notes) {
                    if !chunk.notes.contains(note) {
                        chunk.notes.push((**note).clone());
                    }
                }
                chunk.pieces.push(shape.piece(&done));
                chunk.errors.extend(done.errors);
            }
            Ok(chunk)
        };
        work::in_order(people.len(), make, |chunk, done| {
            self.progress.tell(step, done as u64, people.len() as u64);
            report.errors.extend(chunk.errors);
            chunk.notes.iter().for_each(|note| report.note(note));
            chunk.pieces.into_iter().try_for_each(|piece| sink.put(piece))
        })?;
        self.progress.clear();
        report.sort();
        sink.close(report)
    }
}
