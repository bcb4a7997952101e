//! `demo`: fills an empty installation with a generated demonstration.

use super::Outcome;
use crate::args;
use crate::demo::{self, PASSWORD, Size};
use crate::failure::Failure;
use crate::installation;
use crate::lang::t;
use crate::progress::Progress;
use clap::{Arg, ArgMatches, Command, value_parser};
use std::sync::Arc;
use xueshi_policy::{Lang, text};

/// The command's arguments.
pub(crate) fn command(lang: Lang) -> Command {
    Command::new("demo")
        .about(t(lang, "用生成的数据建一个演示：三地、30 个单位、2000 余人、三年的记录", "make a demonstration of generated data: three places, 30 employers, 2,000 people, three years").to_owned())
        .args(installation::arguments(lang))
        .arg(args::policies(lang).env("XUESHI_POLICIES"))
        .arg(count(lang, "employers", "每地单位数", "employers of each place", Size::WHOLE.employers))
        .arg(count(lang, "people", "每个单位的人数", "people of each employer", Size::WHOLE.people))
        .arg(count(lang, "years", "年数，最后一年为今年", "years, the last being this one", Size::WHOLE.years))
        .after_help(t(lang, "例：\n  xueshi demo --data demo\n  xueshi serve --data demo", "Example:\n  xueshi demo --data demo\n  xueshi serve --data demo").to_owned())
}

fn count(lang: Lang, id: &'static str, zh: &'static str, en: &'static str, default: usize) -> Arg {
    Arg::new(id).long(id).value_name("N").help_heading(args::heading(lang)).value_parser(value_parser!(u64).range(1..=1000)).default_value(default.to_string()).help(t(lang, zh, en).to_owned())
}

/// Makes the demonstration, and says how to sign in.
///
/// # Errors
/// If the installation holds something already.
pub(crate) fn run(lang: Lang, matches: &ArgMatches) -> Result<Outcome, Failure> {
    let (registry, clock) = installation::open_with_set_clock(matches)?;
    let today = xueshi_registry::Clock::System.today();
    if registry.people_count()? > 0 {
        return Err(Failure::Message(text!(
            "这个数据文件夹里已有内容；演示只能建在空的文件夹里。请用 --data 另指一个。",
            "There is something in this data folder already; a demonstration is made in an empty one. Name another with --data."
        )));
    }
    let registry = Arc::new(registry);
    let asked = |id: &str| matches.get_one::<u64>(id).and_then(|count| usize::try_from(*count).ok()).unwrap_or(1);
    let size = Size { employers: asked("employers"), people: asked("people"), years: asked("years") };
    let progress = Progress::new();
    let step = t(lang, "生成演示数据", "making the demonstration");
    let made = demo::fill(&registry, &clock, today, size, |done, all| progress.tell(step, done as u64, all as u64))?;
    progress.clear();
    let people = made.people;
    println!("{}", text!("演示数据已生成：{people} 人。所有账号的密码：{PASSWORD}", "The demonstration is ready: {people} people. The password of every account: {PASSWORD}").get(lang));
    for (role, place, login) in &made.accounts {
        println!("  {role:<18} {login:<28} {place}");
    }
    Ok(Outcome::Fine)
}
