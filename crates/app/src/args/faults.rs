//! What is said where the words of the command line are wrong.

use clap::Error;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use xueshi_policy::{Lang, Text, text};

/// The message about wrong arguments: where (nothing for the command line), what is the matter, what is accepted, where to read on.
pub(crate) fn explain(error: &Error, lang: Lang, place: &str) -> String {
    if error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand {
        return error.to_string();
    }
    let what = what(error);
    let hint = text!("用法见 xueshi --help，各命令见 xueshi 命令 --help", "see xueshi --help, and xueshi COMMAND --help for each command");
    format!("xueshi: {place}{}\n        {}\n", what.get(lang), hint.get(lang))
}

fn what(error: &Error) -> Text {
    let of = |kind| error.get(kind).map(words).unwrap_or_default();
    let (argument, value) = (of(ContextKind::InvalidArg), of(ContextKind::InvalidValue));
    let message = match error.kind() {
        ErrorKind::MissingRequiredArgument => text!("缺少 {argument}", "{argument} is missing"),
        ErrorKind::UnknownArgument => suggested(text!("没有 {argument} 这个选项", "there is no option {argument}"), &of(ContextKind::SuggestedArg)),
        ErrorKind::InvalidSubcommand => {
            let name = of(ContextKind::InvalidSubcommand);
            suggested(text!("没有 {name} 这个命令", "there is no command {name}"), &of(ContextKind::SuggestedSubcommand))
        }
        ErrorKind::InvalidValue if value.is_empty() => text!("{argument} 缺少值", "{argument} needs a value"),
        ErrorKind::InvalidValue | ErrorKind::ValueValidation => {
            let accepted = of(ContextKind::ValidValue);
            let accepted = if accepted.is_empty() { Text::default() } else { text!("；可填：{accepted}", "; accepted: {accepted}") };
            Text::new(format!("{argument} 不能是“{value}”{}", accepted.zh), format!("{argument} can not be “{value}”{}", accepted.en))
        }
        ErrorKind::ArgumentConflict if !of(ContextKind::PriorArg).is_empty() => {
            let other = of(ContextKind::PriorArg);
            if other == argument {
                text!("{argument} 只能给一次", "{argument} can be given once only")
            } else {
                text!("{argument} 与 {other} 不能并用", "{argument} and {other} exclude each other")
            }
        }
        ErrorKind::MissingSubcommand => Text::new("缺少命令", "a command is missing"),
        ErrorKind::InvalidUtf8 => Text::new("参数不是 UTF-8 文本", "an argument is not UTF-8 text"),
        _ => Text::default(),
    };
    if message.is_empty() {
        let original = error.to_string();
        let original = original.lines().next().unwrap_or_default().trim_start_matches("error: ").to_owned();
        return text!("参数有误：{original}", "{original}");
    }
    message
}

fn suggested(message: Text, near: &str) -> Text {
    if near.is_empty() {
        return message;
    }
    Text::new(format!("{}；是否指 {near}？", message.zh), format!("{}; {near} perhaps?", message.en))
}

fn words(value: &ContextValue) -> String {
    match value {
        ContextValue::String(word) => word.clone(),
        ContextValue::Strings(words) => words.join(", "),
        ContextValue::StyledStr(word) => word.to_string(),
        ContextValue::Number(number) => number.to_string(),
        _ => String::new(),
    }
}
