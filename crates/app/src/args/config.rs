//! The configuration file. What is given is looked for on the command line, then in the environment, then here, then built in.
//!
//! A key is the name of an option of `serve`; the other commands that open an installation read from the same file what they know.

use crate::failure::{Failure, cannot_read};
use crate::lang::t;
use crate::openid;
use clap::parser::ValueSource;
use clap::{Arg, ArgAction, ArgMatches, Command};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use toml::de::{DeTable, DeValue};
use xueshi_policy::{Lang, Text, text};

/// The option that names the file.
pub(crate) const CONFIG: &str = "config";
/// What begins the name of every variable of ours.
const PREFIX: &str = "XUESHI_";
/// Variables that no option reads: the language is needed before there are options.
const OTHER_VARIABLES: [&str; 1] = ["XUESHI_LANG"];
/// An option whose value may hold a password.
const WITH_PASSWORD: &str = "database";
/// What stands for what is not to be seen.
const MASKED: &str = "***";

/// What a file says: values by key.
type Values = BTreeMap<String, Vec<String>>;

/// The option that names the file.
pub(crate) fn argument(lang: Lang) -> Arg {
    super::path(
        lang,
        CONFIG,
        "FILE",
        "配置文件（TOML），键名同选项名；命令行与环境变量优先",
        "a configuration file (TOML) whose keys are the names of options; command line and environment come first",
    )
    .env("XUESHI_CONFIG")
}

/// The file that the arguments name, if the command reads one.
pub(super) fn named(matches: &ArgMatches) -> Option<PathBuf> {
    match matches.subcommand() {
        Some((_, inner)) => named(inner),
        None => super::path_of(matches, CONFIG).map(Path::to_owned),
    }
}

/// Gives every command that reads a configuration what the file says, as its defaults.
///
/// # Errors
/// If the file can not be read, is no TOML, or has a key that there is not.
pub(super) fn apply(command: Command, path: &Path) -> Result<Command, Failure> {
    let values = read(path, &keys(&command))?;
    Ok(given(command, &values))
}

fn given(command: Command, values: &Values) -> Command {
    let own: Vec<String> = if command.get_arguments().any(|arg| arg.get_id() == CONFIG) { command.get_arguments().map(|arg| arg.get_id().to_string()).collect() } else { Vec::new() };
    let command = values.iter().filter(|(key, _)| own.contains(key)).fold(command, |command, (key, values)| command.mut_arg(key, |arg| arg.default_values(values.clone())));
    command.mut_subcommands(|inner| given(inner, values))
}

/// The options of `serve` that a file may hold.
fn keys(root: &Command) -> Vec<String> {
    let serve = root.find_subcommand("serve");
    let options = serve.into_iter().flat_map(Command::get_arguments).filter(|arg| is_setting(arg));
    options.map(|arg| arg.get_id().to_string()).collect()
}

/// Whether an option says how the server is, not what is to be done now.
fn is_setting(arg: &Arg) -> bool {
    arg.get_env().is_some() && arg.get_id() != CONFIG
}

fn read(path: &Path, keys: &[String]) -> Result<Values, Failure> {
    let text = std::fs::read_to_string(path).map_err(|error| cannot_read(path, &error))?;
    let place = |at: usize| format!("{}:{}", path.display(), text.bytes().take(at).filter(|c| *c == b'\n').count() + 1);
    let table = DeTable::parse(&text).map_err(|error| {
        let (place, why) = (place(error.span().map_or(0, |span| span.start)), error.message().to_owned());
        Failure::Message(text!("{place}：不是正确的 TOML：{why}。请改正这一行。", "{place}: this is not TOML: {why}. Mend this line."))
    })?;
    let mut values = Values::new();
    for (key, value) in table.get_ref() {
        let (name, place) = (key.get_ref().to_string(), place(key.span().start));
        if !keys.contains(&name) {
            let near = nearest(&name, keys.iter().map(String::as_str));
            return Err(unknown(&Text::same(place), &name, near, &keys.join(", ")));
        }
        let words = match value.get_ref() {
            DeValue::Array(items) => items.iter().map(|item| word(item.get_ref())).collect(),
            one => word(one).map(|word| vec![word]),
        };
        let words = words.ok_or_else(|| {
            Failure::Message(text!("{place}：{name} 的值应为文字、数字、true/false，或它们的列表。", "{place}: the value of {name} is to be a text, a number, true or false, or a list of them."))
        })?;
        values.insert(name, words);
    }
    Ok(values)
}

fn word(value: &DeValue<'_>) -> Option<String> {
    match value {
        DeValue::String(text) => Some(text.to_string()),
        DeValue::Boolean(yes) => Some(yes.to_string()),
        DeValue::Integer(number) => Some(number.to_string()),
        _ => None,
    }
}

fn unknown(place: &Text, name: &str, near: Option<&str>, known: &str) -> Failure {
    let near = near.map_or_else(|| text!("。", "."), |near| text!("；是否指 {near}？", "; {near} perhaps?"));
    Failure::new(format!("{}：没有 {name} 这个设置{}可用的有：{known}。", place.zh, near.zh), format!("{}: there is no setting {name}{} Known: {known}.", place.en, near.en))
}

/// The name that a misspelt one most likely means.
fn nearest<'a>(word: &str, names: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let fold = |text: &str| text.to_ascii_lowercase().replace('_', "-");
    names.map(|name| (strsim::osa_distance(&fold(name), &fold(word)), name)).filter(|(distance, _)| *distance <= 2).min().map(|(_, name)| name)
}

/// Refuses variables of ours that nothing reads: a misspelt one would silently have no effect.
///
/// # Errors
/// If there is one; the message says which may have been meant.
pub(crate) fn check_environment(root: &Command, mut variables: impl Iterator<Item = String>) -> Result<(), Failure> {
    let mut known: Vec<String> = OTHER_VARIABLES.map(str::to_owned).to_vec();
    known.extend(variables_of(root));
    known.sort();
    known.dedup();
    match variables.find(|name| name.starts_with(PREFIX) && !known.contains(name)) {
        Some(name) => Err(unknown(&Text::new("环境变量", "environment"), &name, nearest(&name, known.iter().map(String::as_str)), &known.join(", "))),
        None => Ok(()),
    }
}

fn variables_of(command: &Command) -> Vec<String> {
    let own = command.get_arguments().filter_map(|arg| arg.get_env()).map(|name| name.to_string_lossy().into_owned());
    own.chain(command.get_subcommands().flat_map(variables_of)).collect()
}

/// The configuration that holds, as a file that would say the same, with where each value comes from. Passwords are masked.
///
/// # Errors
/// If the file can not be read any more.
pub(crate) fn shown(command: &Command, matches: &ArgMatches, lang: Lang) -> Result<String, Failure> {
    let settings: Vec<&Arg> = command.get_arguments().filter(|arg| is_setting(arg)).collect();
    let keys: Vec<String> = settings.iter().map(|arg| arg.get_id().to_string()).collect();
    let file = super::path_of(matches, CONFIG);
    let in_file = file.map(|path| read(path, &keys)).transpose()?.unwrap_or_default();
    let mut lines = String::new();
    for arg in settings {
        let (id, variable) = (arg.get_id().as_str(), arg.get_env().map(|name| name.to_string_lossy()).unwrap_or_default());
        let values: Vec<String> = matches.get_raw(id).into_iter().flatten().map(|value| value.to_string_lossy().into_owned()).collect();
        let source = match matches.value_source(id) {
            Some(ValueSource::CommandLine) => t(lang, "命令行", "command line").to_owned(),
            Some(ValueSource::EnvVariable) => format!("{} {variable}", t(lang, "环境变量", "environment")),
            _ if in_file.contains_key(id) => file.map(|path| path.display().to_string()).unwrap_or_default(),
            _ => t(lang, "默认", "built in").to_owned(),
        };
        let values: Vec<String> = values.iter().map(|value| written(arg, &masked(id, value))).collect();
        let line = match (values.as_slice(), arg.get_value_delimiter()) {
            ([], _) => format!("# {id} = "),
            (all, Some(_)) => format!("{id} = [{}]", all.join(", ")),
            (all, None) => format!("{id} = {}", all.join(", ")),
        };
        lines.push_str(&format!("{line}  # {source}\n"));
    }
    Ok(lines)
}

fn masked(id: &str, value: &str) -> String {
    match id {
        WITH_PASSWORD => without_password(value),
        openid::SECRET => MASKED.to_owned(),
        _ => value.to_owned(),
    }
}

fn written(arg: &Arg, value: &str) -> String {
    let flag = matches!(arg.get_action(), ArgAction::SetTrue) || arg.get_num_args().is_some_and(|most| most.min_values() == 0);
    if flag { value.to_owned() } else { serde_json::Value::from(value).to_string() }
}

/// An address of a database with its password masked; anything else as it is.
pub(crate) fn without_password(address: &str) -> String {
    let Some((scheme, rest)) = address.split_once("://") else { return address.to_owned() };
    let (before, query) = rest.split_once('?').map_or((rest, None), |(before, query)| (before, Some(query)));
    let before = match before.rsplit_once('@') {
        Some((user, host)) => match user.split_once(':') {
            Some((user, _)) => format!("{user}:{MASKED}@{host}"),
            None => before.to_owned(),
        },
        None => before.to_owned(),
    };
    let query = query.map(|query| {
        let parts: Vec<&str> = query.split('&').map(|part| if part.starts_with("password=") { "password=***" } else { part }).collect();
        format!("?{}", parts.join("&"))
    });
    format!("{scheme}://{before}{}", query.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_masked_wherever_an_address_may_hold_it() {
        for (address, shown) in [
            ("postgres://u:p%40s@host:5432/db", "postgres://u:***@host:5432/db"),
            ("postgres://u@host/db?password=secret&sslmode=require", "postgres://u@host/db?password=***&sslmode=require"),
            ("postgres://u:a@b@host/db", "postgres://u:***@host/db"),
            ("/var/lib/xueshi/registry.db", "/var/lib/xueshi/registry.db"),
        ] {
            assert_eq!(without_password(address), shown);
        }
    }
}
