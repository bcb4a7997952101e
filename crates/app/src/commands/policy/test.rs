//! `policy test`: the worked examples beside the rules, and whether every figure is noticed.

use super::super::Outcome;
use crate::args;
use crate::failure::Failure;
use crate::lang::{plural, t};
use clap::{Arg, ArgAction, ArgMatches, Command};
use std::io::Write as _;
use xueshi_policy::{Engine, Lang, Library, text, untested_figures};

/// The command's arguments.
pub(crate) fn command(lang: Lang) -> Command {
    let figures = Arg::new("figures").long("figures").action(ArgAction::SetTrue).help_heading(args::heading(lang));
    Command::new("test")
        .about(t(lang, "运行规则旁的示例；--figures 逐个改动每个数，看示例能否察觉", "run the worked examples; --figures changes every figure and sees whether an example notices").to_owned())
        .override_usage("xueshi policy test [ID|FILE …] [--policies DIR] [--figures] [--every N]")
        .arg(super::which(lang))
        .arg(args::policies(lang))
        .arg(figures.help(t(lang, "每个数改动一点，列出没有示例察觉的", "change each figure a little and list those no example notices").to_owned()))
        .arg(args::option(lang, "every", "N", "只改动每第 N 个数（抽样）", "change every N-th figure only, as a sample").value_parser(clap::value_parser!(usize)))
        .after_help(t(lang, "例：\n  xueshi policy test\n  xueshi policy test 我的规定.toml --figures", "Examples:\n  xueshi policy test\n  xueshi policy test mine.toml --figures").to_owned())
}

/// Runs the examples.
///
/// # Errors
/// If a file can not be read or is no policy.
pub(crate) fn run(lang: Lang, matches: &ArgMatches) -> Result<Outcome, Failure> {
    let (library, ids, _) = super::chosen(matches, false)?;
    let (mut passed, mut failed) = examples(lang, &library, &ids)?;
    if matches.get_flag("figures") {
        let every = matches.get_one::<usize>("every").copied().unwrap_or(1);
        let (noticed, silent) = figures(lang, &library, &ids, every)?;
        passed += noticed;
        failed += silent;
    }
    let mut out = std::io::stdout().lock();
    writeln!(out, "{}", text!("{passed} 项通过，{failed} 项不通过", "{passed} passed, {failed} failed").get(lang))?;
    Ok(if failed > 0 { Outcome::Errors } else { Outcome::Fine })
}

fn examples(lang: Lang, library: &Library, ids: &[String]) -> Result<(usize, usize), Failure> {
    let engine = Engine::new(library.clone());
    let mut out = std::io::stdout().lock();
    let (mut passed, mut failed) = (0, 0);
    for id in ids {
        let results = engine.run_examples(id);
        let wrong = results.iter().filter(|result| !result.failures.is_empty()).count();
        let all = results.len();
        writeln!(out, "{}", t(lang, &format!("{id}：{all} 个示例，{wrong} 个不符"), &format!("{id}: {}, {wrong} failed", plural(all, "example", "examples"))))?;
        for failure in results.iter().flat_map(|result| &result.failures) {
            writeln!(out, "{}", failure.render(lang))?;
        }
        passed += all - wrong;
        failed += wrong;
    }
    Ok((passed, failed))
}

fn figures(lang: Lang, library: &Library, ids: &[String], every: usize) -> Result<(usize, usize), Failure> {
    let mut out = std::io::stdout().lock();
    let (mut noticed, mut silent) = (0, 0);
    for id in ids {
        let (untested, tried) = untested_figures(library, id, every);
        let missed = untested.len();
        writeln!(out, "{}", text!("{id}：改动 {tried} 次，{missed} 次无示例察觉", "{id}: {tried} changes of figures, {missed} unnoticed").get(lang))?;
        for figure in untested {
            let (line, path, (from, to)) = (figure.line, figure.path, figure.change);
            writeln!(out, "  {}", text!("第 {line} 行 {path}：{from} 改为 {to}，没有示例察觉", "line {line} {path}: {from} changed to {to}, and no example noticed").get(lang))?;
        }
        noticed += tried - missed;
        silent += missed;
    }
    Ok((noticed, silent))
}
