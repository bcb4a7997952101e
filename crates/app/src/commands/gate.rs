//! `gate`: what a person's years mean for a title review, an appointment, an appraisal or a licence.

use super::Outcome;
use crate::args::{self, option, path_of, word};
use crate::failure::Failure;
use crate::input::{Book, Files, Layouts, PersonRows, Place};
use crate::lang::t;
use crate::output::{Json, Report, gate_json, gate_words, print_note};
use crate::progress::Progress;
use crate::terminal::Paint;
use clap::{ArgMatches, Command};
use jiff::civil::Date;
use std::io::Write as _;
use xueshi_policy::{Asked, Engine, GateAnswer, Lang, QUESTIONS, overall, question_title, text};

/// The command's arguments.
pub(crate) fn command(lang: Lang) -> Command {
    Command::new("gate")
        .about(
            t(lang, "某人某日：继续教育情况对评审、聘任、考核、注册意味着什么", "a person on a day: what the years of study mean for a review, an appointment, an appraisal or a licence").to_owned(),
        )
        .override_usage("xueshi gate QUESTION RECORDS --person ID --on DATE --region CODE [--persons FILE]\n  xueshi gate")
        .arg(
            clap::Arg::new("question")
                .value_name("QUESTION")
                .help_heading(t(lang, "参数", "Arguments"))
                .help(t(lang, "问题；不填则列出全部问题", "the question; left out: all questions are listed").to_owned()),
        )
        .arg(args::records(lang).required(false))
        .arg(option(lang, "person", "ID", "人员编号", "the person's id"))
        .arg(option(lang, "on", "DATE", "所问之日，如 2023-03-01", "the day of the question, such as 2023-03-01"))
        .arg(args::region(lang))
        .arg(args::persons(lang))
        .args(args::circumstances(lang))
        .arg(option(lang, "format", "FORMAT", "输出格式：table（默认）或 json", "table (the default) or json").value_parser(["table", "json"]).hide_possible_values(true))
        .after_help(
            t(
                lang,
                "\
例：
  xueshi gate                                        列出可问的问题
  xueshi gate title-review 记录.csv --person P001 --on 2024-03-01 --region 650200
  xueshi gate appointment 记录.csv --persons 人员.csv --person P001 --on 2024-03-01 \\
      --region 650200 --format json

答案为 yes、no 或 unknown：文本作为重要条件或交由他法规定的，由决定机构判断。",
                "\
Examples:
  xueshi gate                                        the questions that can be asked
  xueshi gate title-review records.csv --person P001 --on 2024-03-01 --region 650200
  xueshi gate appointment records.csv --persons persons.csv --person P001 --on 2024-03-01 \\
      --region 650200 --format json

The answer is yes, no or unknown: what the texts make an important condition, or leave to another law,
is for the body that decides.",
            )
            .to_owned(),
        )
}

/// Asks the gates and says what they answer.
///
/// # Errors
/// If it could not start.
pub(crate) fn run(lang: Lang, matches: &ArgMatches) -> Result<Outcome, Failure> {
    let engine = args::engine(matches)?;
    let Some(question) = word(matches, "question") else { return list(&engine, lang) };
    if !questions(&engine).iter().any(|known| known == question) {
        let known = questions(&engine).join(", ");
        return Err(Failure::Message(text!("没有“{question}”这个问题；可问：{known}。", "There is no question “{question}”; there are {known}.")));
    }
    let needed = |id: &'static str, shown: &str| word(matches, id).map(str::to_owned).ok_or_else(|| Failure::Message(text!("缺少 {shown}。", "{shown} is missing.")));
    let records = args::records_of(matches);
    if records.is_empty() {
        return Err(Failure::new("缺少学习记录文件。", "The file of records is missing."));
    }
    let person = needed("person", "--person")?;
    let on = day(&needed("on", "--on")?)?;
    needed("region", "--region")?;
    let defaults = args::defaults(matches)?;
    let notes = args::check_defaults(&engine, &defaults, on.year())?;
    let files = Files { records: &records, persons: path_of(matches, "persons") };
    let progress = Progress::new();
    let mut book = Book::read(files, args::columns(&engine, on.year()), defaults, &progress)?;
    progress.clear();
    let at = book.find(&person).ok_or_else(|| Failure::Message(text!("文件中没有人员“{person}”。", "There is no person “{person}” in the files.")))?;
    let mut report = Report::new(std::mem::take(&mut book.errors), notes);
    report.file_notes.append(&mut book.notes);
    let answers = ask(&engine, &book, at, question, on, &mut report)?;
    let asked = gate_words::Asked { library: engine.library(), person: &person, name: book.name(at), question, title: question_title(question), on };
    let text = if word(matches, "format") == Some("json") {
        let mut json = Json::new();
        gate_json::write(&mut json, &asked, overall(&answers), &answers, &report, lang);
        format!("{}\n", json.into_text())
    } else {
        gate_words::page(&asked, overall(&answers), &answers, lang, Paint::of_stdout())
    };
    let mut screen = std::io::stdout().lock();
    screen.write_all(text.as_bytes())?;
    screen.flush()?;
    drop(screen);
    report.file_notes.iter().chain(&report.notes).for_each(|note| print_note(note, lang));
    report.print_errors(lang);
    Ok(if report.errors.is_empty() { Outcome::Fine } else { Outcome::Errors })
}

/// Asks the gates of a question, and collects what is wrong with the person's rows.
fn ask(engine: &Engine, book: &Book, at: usize, question: &str, on: Date, report: &mut Report) -> Result<Vec<GateAnswer>, Failure> {
    let evidence = book.has("evidence");
    if !evidence {
        report.note(&super::proof_not_checked());
    }
    let Some(Place { region, industry }) = book.place(at) else { return Ok(Vec::new()) };
    let stacks = engine.stacks(region, industry.as_deref(), on.year())?;
    let layouts = Layouts::default();
    let rows = PersonRows::new(book, at, &layouts, &stacks);
    let asked = Asked { on: Some(on), evidence, ..Asked::year(on.year()) };
    let answers = engine.gate(question, region, industry.as_deref(), &rows, asked)?;
    report.errors.extend(rows.into_errors().into_list());
    report.sort();
    Ok(answers)
}

fn list(engine: &Engine, lang: Lang) -> Result<Outcome, Failure> {
    let mut screen = std::io::stdout().lock();
    for question in questions(engine) {
        let title = question_title(&question);
        writeln!(screen, "{question:<22} {}", title.get(lang))?;
    }
    screen.flush()?;
    Ok(Outcome::Fine)
}

/// The questions of the contract and those of the policies.
pub(crate) fn questions(engine: &Engine) -> Vec<String> {
    let mut all: Vec<String> = QUESTIONS.iter().map(|(id, ..)| (*id).to_owned()).collect();
    all.extend(engine.questions().into_iter().filter(|id| QUESTIONS.iter().all(|(known, ..)| known != id)));
    all
}

fn day(word: &str) -> Result<Date, Failure> {
    let date = Some(word).filter(|word| word.len() == 10).and_then(|word| word.parse::<Date>().ok()).filter(|date| (1950..=2200).contains(&date.year()));
    date.ok_or_else(|| Failure::Message(text!("--on 不能是“{word}”：写成 年-月-日，如 2023-03-01。", "--on can not be “{word}”: write year-month-day, such as 2023-03-01.")))
}
