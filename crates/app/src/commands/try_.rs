//! `try`: what one activity would earn, and which proof it needs.

use super::Outcome;
use crate::args::{self, option, path_of, word};
use crate::failure::Failure;
use crate::input::{Book, Columns, Defaults, RowError};
use crate::lang::t;
use crate::output::{problem_words, source, title};
use crate::terminal::{Colour, Paint, visible};
use crate::trial::{self, NoColumn, Trial};
use clap::{Arg, ArgAction, ArgMatches, Command};
use std::fmt::Write as _;
use std::io::Write as _;
use xueshi_policy::{Assessment, Engine, Lang, Library, ProblemResult, RecordResult, Text, text};

/// Columns of records that have an option of their own: option, column, and what to fill in.
const OPTIONS: [(&str, &str, &str, &str); 13] = [
    ("activity", "activity", "学习形式，如 class、培训班", "activity, such as class"),
    ("subject", "subject", "科目类别：general 公需、specialised 专业、elective 选修", "subject: general, specialised, elective"),
    ("quantity", "quantity", "数量", "quantity"),
    ("unit", "unit", "计量单位：hours、minutes、days、months 等", "unit: hours, minutes, days, months and more"),
    ("start", "start", "开始日期，如 2019-05-01", "first day, such as 2019-05-01"),
    ("end", "end", "结束日期；默认开始日期，否则当年 7 月 1 日", "last day; the first day if given, else 1 July of the year"),
    ("level", "level", "级别", "level"),
    ("platform", "platform", "学习平台", "platform"),
    ("topic", "topic", "学习主题", "topic"),
    ("provider", "provider", "施教机构", "provider"),
    ("provider-kind", "provider_kind", "施教机构类别", "kind of provider"),
    ("result", "result", "考核结果", "result"),
    ("evidence", "evidence", "证明材料，以分号隔开；不填则列出所需的证明", "proofs, separated by semicolons; left out: the proofs that are needed are listed"),
];

/// The command's arguments.
pub(crate) fn command(lang: Lang) -> Command {
    let set = Arg::new("set").long("set").value_name("COLUMN=VALUE").action(ArgAction::Append).help_heading(args::heading(lang));
    Command::new("try")
        .about(t(lang, "试算一项学习：可得多少学时，需要什么证明", "what one activity would earn, and which proof it needs").to_owned())
        .override_usage("xueshi try --region CODE --year YEAR --activity CODE --subject CODE --quantity N --unit CODE [--set COLUMN=VALUE …]")
        .arg(args::region(lang).required(true))
        .arg(args::year(lang).required(true))
        .args(OPTIONS.map(|(id, _, zh, en)| option(lang, id, "VALUE", zh, en).allow_hyphen_values(true)))
        .arg(set.help(t(lang, "其他任何列（记录或人员），可多次", "any other column of records or persons; may be repeated").to_owned()))
        .args(args::circumstances(lang))
        .after_help(
            t(
                lang,
                "\
例：
  xueshi try --region 510100 --year 2019 \\
      --activity class --subject specialised --quantity 8 --unit hours
  xueshi try --region 650200 --year 2023 \\
      --activity 进修 --subject 专业科目 --quantity 3 --unit 月
  xueshi try --region 510100 --year 2019 \\
      --activity 专利 --subject 专业科目 --quantity 30 --unit 学时 --set verified_by=某单位",
                "\
Examples:
  xueshi try --region 510100 --year 2019 \\
      --activity class --subject specialised --quantity 8 --unit hours
  xueshi try --region 650200 --year 2023 \\
      --activity attachment --subject specialised --quantity 3 --unit months
  xueshi try --region 510100 --year 2019 \\
      --activity achievement --subject specialised --quantity 30 --unit hours --set kind=patent",
            )
            .to_owned(),
        )
}

/// Assesses the activity and says what comes of it.
///
/// # Errors
/// If it could not start, or a value is not accepted.
pub(crate) fn run(lang: Lang, matches: &ArgMatches) -> Result<Outcome, Failure> {
    let year = args::year_of(matches)?;
    let defaults = args::defaults(matches)?;
    let engine = args::engine(matches)?;
    let notes = args::check_defaults(&engine, &defaults, year)?;
    let book = typed(matches, &engine, defaults, year)?;
    let given = word(matches, "evidence").is_some();
    let trial = Trial::run(&engine, &book, year, given, path_of(matches, "policies").is_some())?;
    let done = &trial.done;
    if !book.errors.is_empty() || !done.errors.is_empty() {
        return Err(refused(book.errors.iter().chain(&done.errors)));
    }
    let mut out = String::new();
    for (at, assessment) in done.assessments.iter().enumerate() {
        out.push_str(&answer(assessment, trial.missing_proof(at), engine.library(), lang, Paint::of_stdout()));
    }
    for note in notes.iter().chain(done.assessments.iter().flat_map(|assessment| assessment.notes.iter().map(|note| &**note))) {
        let _ = writeln!(out, "{}{}", t(lang, "注意：", "note: "), visible(note.get(lang)));
    }
    let mut screen = std::io::stdout().lock();
    screen.write_all(out.as_bytes())?;
    screen.flush()?;
    Ok(Outcome::Fine)
}

/// The typed values as a table of one record and one person.
fn typed(matches: &ArgMatches, engine: &Engine, defaults: Defaults, year: i16) -> Result<Book, Failure> {
    let mut values: Vec<(&str, &str)> = OPTIONS.iter().filter_map(|(option, column, ..)| Some((*column, word(matches, option)?))).collect();
    for pair in matches.get_many::<String>("set").into_iter().flatten() {
        let Some((column, value)) = pair.split_once(['=', '＝']) else {
            return Err(Failure::Message(text!("--set 写成 列=值，不能是“{pair}”。", "--set is written column=value, not “{pair}”.")));
        };
        values.push((column.trim(), value.trim()));
    }
    let columns = args::columns(engine, year);
    trial::book(columns.clone(), defaults, year, values).map_err(|NoColumn(name)| unknown_column(&name, &columns))
}

fn unknown_column(name: &str, columns: &Columns) -> Failure {
    let known = columns.records.list().iter().chain(columns.persons.list()).map(|head| head.id.as_str()).collect::<Vec<_>>().join(", ");
    Failure::Message(text!("没有“{name}”这一列。有：{known}。", "There is no column “{name}”. There are: {known}."))
}

/// What is wrong with the values, each under its option.
fn refused<'a>(errors: impl Iterator<Item = &'a RowError>) -> Failure {
    let (mut zh, mut en) = (Vec::new(), Vec::new());
    for error in errors {
        let option = OPTIONS.iter().find(|(_, column, ..)| *column == error.column).map_or_else(|| format!("--set {}", error.column), |(option, ..)| format!("--{option}"));
        let value = visible(&error.value);
        zh.push(format!("{option} {value}：{}", error.message.zh).replace(" ：", "："));
        en.push(format!("{option} {value}: {}", error.message.get(Lang::En)).replace(" : ", ": "));
    }
    Failure::new(zh.join("\n        "), en.join("\n        "))
}

fn answer(assessment: &Assessment, proof: Option<&ProblemResult>, library: &Library, lang: Lang, paint: Paint) -> String {
    let mut out = String::new();
    let Some(record) = assessment.records.first() else {
        let status = assessment.status.title();
        let _ = writeln!(out, "{}", status.get(lang));
        return out;
    };
    if let Some(problem) = &record.problem {
        let words = problem_words(problem, lang);
        let _ = writeln!(out, "{}{}", paint.text(Colour::Red, t(lang, "不计学时：", "No hours: ")), visible(&words));
        if let Some(item) = &problem.by {
            let _ = writeln!(out, "{}{}", t(lang, "依据：", "By: "), source(library, item, lang));
        }
        return out;
    }
    for (at, line) in earned(assessment, record, library, lang).iter().enumerate() {
        let line = visible(line.get(lang));
        let _ = writeln!(out, "{}", if at == 0 { paint.text(Colour::Green, &line) } else { line });
    }
    if let Some(problem) = proof {
        let needed = problem.detail.words();
        let needed = if needed.is_empty() { &*problem.message } else { &needed };
        let _ = writeln!(out, "{}{}", t(lang, "证明材料：", "Proof: "), visible(needed.get(lang)));
    }
    out
}

/// The hours, the rule, what a cap took, what counts later.
fn earned(assessment: &Assessment, record: &RecordResult, library: &Library, lang: Lang) -> Vec<Text> {
    let (hours, year, unit) = (record.hours, assessment.year, &assessment.unit);
    let subject = assessment.hours.iter().find(|bucket| bucket.bucket == record.subject).map_or_else(|| Text::same(&*record.subject), |bucket| (*bucket.title).clone());
    let (zh, en) = (format!("{}，计入{}", unit.zh, subject.zh), format!("{} of {}", unit.get(Lang::En), subject.get(Lang::En)));
    let mut lines = vec![text!("可得 {hours} {zh}（{year} 年度）", "{hours} {en} in {year}")];
    if let Some(rule) = &record.rule {
        let (name, source) = (title(rule, lang), source(library, rule, lang));
        lines.push(text!("依据：{name}（{source}）", "By: {name} ({source})"));
    }
    for cut in &record.cuts {
        let (hours, source) = (cut.hours, source(library, &cut.by, lang));
        lines.push(text!("超出上限不计：{hours}（{source}）", "Cut by a cap: {hours} ({source})"));
    }
    for (later, hours) in &record.carried_to {
        lines.push(text!("计入 {later} 年度：{hours}", "Counted in {later}: {hours}"));
    }
    lines
}
