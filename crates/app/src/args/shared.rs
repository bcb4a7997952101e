//! Options that several commands have, and their values.

use super::heading;
use crate::failure::Failure;
use crate::input::{Columns, Defaults, Place, is_region, region_accepted};
use crate::lang::t;
use crate::policies as library;
use clap::builder::ValueParser;
use clap::{Arg, ArgMatches};
use std::path::{Path, PathBuf};
use xueshi_policy::{Cell, Engine, Lang, Of, Text, text};

/// A positional file.
pub(crate) fn file(lang: Lang, id: &'static str, name: &'static str, zh: &str, en: &str) -> Arg {
    let arg = Arg::new(id).value_name(name).value_parser(ValueParser::path_buf()).value_hint(clap::ValueHint::FilePath);
    arg.help_heading(t(lang, "参数", "Arguments")).help(t(lang, zh, en).to_owned())
}

/// An option with a value.
pub(crate) fn option(lang: Lang, id: &'static str, name: &'static str, zh: &str, en: &str) -> Arg {
    Arg::new(id).long(id).value_name(name).help_heading(heading(lang)).help(t(lang, zh, en).to_owned())
}

/// An option with a path.
pub(crate) fn path(lang: Lang, id: &'static str, name: &'static str, zh: &str, en: &str) -> Arg {
    option(lang, id, name, zh, en).value_parser(ValueParser::path_buf()).value_hint(clap::ValueHint::AnyPath)
}

/// The table of records.
pub(crate) fn records(lang: Lang) -> Arg {
    let arg = file(
        lang,
        "records",
        "RECORDS",
        "学习记录：CSV、XLSX（第一张工作表），或 Parquet（可给几个文件或文件夹）",
        "learning records: CSV, XLSX (its first sheet), or Parquet (several files or a folder, too)",
    );
    arg.required(true).num_args(1..)
}

/// The table of persons.
pub(crate) fn persons(lang: Lang) -> Arg {
    path(lang, "persons", "FILE", "人员表；工作簿中名为“人员”或 persons 的工作表不必另给", "persons; a sheet named persons or 人员 of the workbook needs no mention")
}

/// The user's own policies.
pub(crate) fn policies(lang: Lang) -> Arg {
    path(lang, "policies", "DIR", "另加的政策文件（文件夹或 *.toml），标识相同的取代内置的", "further policy files (a folder or one *.toml); one of a known id replaces it")
}

/// The region.
pub(crate) fn region(lang: Lang) -> Arg {
    option(lang, "region", "CODE", "行政区划代码（GB/T 2260，六位），如成都市 510100", "region: six digits of GB/T 2260, such as 510100 (Chengdu)")
}

/// The year.
pub(crate) fn year(lang: Lang) -> Arg {
    option(lang, "year", "YEAR", "认定的年度", "the year assessed")
}

/// Industry, kind of organisation and the folder of policies.
pub(crate) fn circumstances(lang: Lang) -> [Arg; 3] {
    [
        option(lang, "industry", "CODE", "行业；有行业规定时给出", "industry, where one has regulations of its own"),
        option(
            lang,
            "org-kind",
            "KIND",
            "单位性质：state-organ 机关、enterprise 企业、public-institution 事业单位、social-organisation 社会团体",
            "kind of employer: state-organ, enterprise, public-institution, social-organisation",
        ),
        policies(lang),
    ]
}

/// The text of an option.
pub(crate) fn word<'a>(matches: &'a ArgMatches, id: &str) -> Option<&'a str> {
    matches.try_get_one::<String>(id).ok().flatten().map(String::as_str)
}

/// The path of an option.
pub(crate) fn path_of<'a>(matches: &'a ArgMatches, id: &str) -> Option<&'a Path> {
    matches.try_get_one::<PathBuf>(id).ok().flatten().map(PathBuf::as_path)
}

/// The files of records.
pub(crate) fn records_of(matches: &ArgMatches) -> Vec<&Path> {
    matches.try_get_many::<PathBuf>("records").ok().flatten().into_iter().flatten().map(PathBuf::as_path).collect()
}

/// The year of `--year`.
///
/// # Errors
/// If it is no year that is assessed.
pub(crate) fn year_of(matches: &ArgMatches) -> Result<i16, Failure> {
    let word = word(matches, "year").unwrap_or_default();
    let year = word.parse().ok().filter(|year| (1950..=2200).contains(year));
    year.ok_or_else(|| Failure::Message(text!("--year 不能是“{word}”：填 1950 至 2200 之间的年份，如 2019。", "--year can not be “{word}”: a year from 1950 to 2200, such as 2019.")))
}

/// What the options say of everyone.
///
/// # Errors
/// If the region is none.
pub(crate) fn defaults(matches: &ArgMatches) -> Result<Defaults, Failure> {
    let region = word(matches, "region").unwrap_or_default().trim();
    if !is_region(region) {
        let accepted = region_accepted();
        return Err(Failure::new(format!("--region 不能是“{region}”：{}。", accepted.zh), format!("--region can not be “{region}”: {}.", accepted.en)));
    }
    let industry = word(matches, "industry").map(str::trim).filter(|industry| !industry.is_empty()).map(str::to_owned);
    let facts = word(matches, "org-kind").map(|kind| ("org_kind".to_owned(), kind.to_owned()));
    Ok(Defaults { place: Place { region: region.to_owned(), industry }, facts: facts.into_iter().collect() })
}

/// The policies, ready to assess.
///
/// # Errors
/// If a policy can not be read.
pub(crate) fn engine(matches: &ArgMatches) -> Result<Engine, Failure> {
    Ok(Engine::new(library::library(path_of(matches, "policies"))?))
}

/// Checks what the options say of everyone against the columns of the regulations, and says what has no effect.
///
/// # Errors
/// If a value is not accepted.
pub(crate) fn check_defaults(engine: &Engine, defaults: &Defaults, year: i16) -> Result<Vec<Text>, Failure> {
    let stacks = engine.stacks(&defaults.place.region, defaults.place.industry.as_deref(), year)?;
    for (column, value) in &defaults.facts {
        let option = column.replace('_', "-");
        let mut refused = None;
        for schema in stacks.iter().map(|stack| stack.schema()) {
            let Some(at) = schema.find(column).filter(|at| schema.columns[*at].of == Of::Person) else { continue };
            match schema.read(at, value) {
                Cell::Is(..) => refused = None,
                Cell::Bad(message) => refused = Some(message),
            }
        }
        if let Some(message) = refused {
            return Err(Failure::new(format!("--{option} 不能是“{value}”：{}。", message.zh), format!("--{option} can not be “{value}”: {}.", message.en)));
        }
    }
    let industry = defaults.place.industry.as_deref();
    let known = engine.library().files().iter().any(|file| file.sector() == industry);
    Ok(industry
        .filter(|_| !known)
        .map(|industry| text!("没有行业“{industry}”的政策：按不分行业的规定认定", "there is no policy of the industry “{industry}”: the regulations for all industries are applied"))
        .into_iter()
        .collect())
}

/// The columns of all policies.
pub(crate) fn columns(engine: &Engine, year: i16) -> Columns {
    Columns::of(engine, year)
}
