//! `policy new`: a policy file to start from, made from the text of a regulation.

use super::super::Outcome;
use crate::args;
use crate::failure::{Failure, cannot_read, cannot_write};
use crate::lang::t;
use clap::{ArgMatches, Command};
use std::io::Write as _;
use std::path::Path;
use xueshi_policy::{Lang, skeleton, text};

/// The command's arguments.
pub(crate) fn command(lang: Lang) -> Command {
    Command::new("new")
        .about(t(lang, "由规定的原文生成政策文件的起点：文号、日期、SHA-256、条款清单", "begin a policy file from a regulation's text: number, date, SHA-256, clauses").to_owned())
        .override_usage("xueshi policy new TEXT [--output FILE.toml]")
        .arg(args::file(lang, "text", "TEXT", "原文，UTF-8 文本", "the text, UTF-8").required(true))
        .arg(args::path(lang, "output", "FILE", "写入文件（不覆盖已有的）；省略则输出到屏幕", "write to a file, never over an existing one; left out: to the screen"))
        .after_help(t(lang, "例：\n  xueshi policy new 原文.txt --output policies/某地/2024-1.toml", "Example:\n  xueshi policy new text.txt --output policies/somewhere/2024-1.toml").to_owned())
}

/// Makes the file.
///
/// # Errors
/// If the text can not be read, is no UTF-8, or the output exists.
pub(crate) fn run(lang: Lang, matches: &ArgMatches) -> Result<Outcome, Failure> {
    let path = args::path_of(matches, "text").unwrap_or(Path::new(""));
    let shown = path.display();
    let bytes = std::fs::read(path).map_err(|error| cannot_read(path, &error))?;
    let Ok(text) = std::str::from_utf8(&bytes) else {
        return Err(Failure::Message(text!("{shown} 不是 UTF-8 文本；请另存为 UTF-8。", "{shown} is not UTF-8; save it as UTF-8.")));
    };
    let made = skeleton(text, &bytes, lang);
    match args::path_of(matches, "output") {
        None => std::io::stdout().lock().write_all(made.as_bytes())?,
        Some(output) => {
            let shown = output.display();
            let mut file = std::fs::File::create_new(output).map_err(|error| cannot_write(output, &error))?;
            file.write_all(made.as_bytes())?;
            println!("{}", t(lang, &format!("已写入 {shown}；下一步：xueshi policy check {shown}"), &format!("written to {shown}; next: xueshi policy check {shown}")));
        }
    }
    Ok(Outcome::Fine)
}
