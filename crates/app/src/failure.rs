//! Why a command could not start: one clear message, nothing written, exit code 2.

use std::io;
use xueshi_exchange::FileError;
use xueshi_policy::{Diagnostic, Lang, Severity, Text, text};

/// The exit code of a command that could not start.
pub(crate) const COULD_NOT_START: u8 = 2;

/// What ends a command early.
#[derive(Debug)]
pub(crate) enum Failure {
    /// A message for the user.
    Message(Text),
    /// A message that is already in the user's language and laid out: wrong arguments.
    Usage(String),
    /// Policies that can not be used.
    Policies(Vec<Diagnostic>),
    /// Nothing more is to be said: help was shown, or whoever reads the output has closed it.
    Quiet,
}

impl Failure {
    /// A message in both languages.
    pub(crate) fn new(zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self::Message(Text::new(zh, en))
    }

    /// Prints the message to standard error.
    pub(crate) fn print(&self, lang: Lang) {
        match self {
            Self::Message(text) => eprintln!("xueshi: {}", text.get(lang)),
            Self::Usage(text) => eprint!("{text}"),
            Self::Policies(diagnostics) => {
                for diagnostic in diagnostics.iter().filter(|diagnostic| diagnostic.severity == Severity::Error) {
                    eprintln!("{}", diagnostic.render(lang));
                }
                let text = Text::new("政策文件有错，无法使用。", "The policies can not be used.");
                eprintln!("xueshi: {}", text.get(lang));
            }
            Self::Quiet => {}
        }
    }
}

impl From<io::Error> for Failure {
    /// A failure of writing the output; reading reports a [`FileError`].
    fn from(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::BrokenPipe {
            return Self::Quiet;
        }
        Self::Message(text!("写结果时出错：{error}。", "The output could not be written: {error}."))
    }
}

impl From<FileError> for Failure {
    fn from(error: FileError) -> Self {
        let FileError { file, cause, remedy, .. } = error;
        Self::new(format!("{file}：{}{}", cause.zh, remedy.zh), format!("{file}: {} {}", cause.en, remedy.en))
    }
}

impl From<Vec<Diagnostic>> for Failure {
    fn from(diagnostics: Vec<Diagnostic>) -> Self {
        Self::Policies(diagnostics)
    }
}
