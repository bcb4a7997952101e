//! Why a command could not start: one clear message, nothing written, exit code 2.

use std::io;
use std::path::Path;
use xueshi_exchange::FileError;
use xueshi_policy::{Diagnostic, Lang, Severity, Text};

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

    /// What is the matter, in both languages where it is known in both.
    pub(crate) fn text(&self) -> Text {
        match self {
            Self::Message(text) => text.clone(),
            Self::Usage(text) => Text::same(text.clone()),
            Self::Policies(_) => Text::new("政策文件有错，无法使用。请运行 xueshi policy check。", "The policies can not be used. Run xueshi policy check."),
            Self::Quiet => Text::default(),
        }
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

impl From<xueshi_registry::Error> for Failure {
    fn from(error: xueshi_registry::Error) -> Self {
        use xueshi_registry::Error;
        match error {
            Error::Refused(refusal) => Self::Message(refusal.text),
            Error::Busy => Self::new("数据库正忙，请稍后再试。", "The database is busy; try again later."),
            Error::Fault(why) => Self::new(
                format!("登记库出错：{why}。请检查 --data、--database 与 --keys，以及磁盘空间。"),
                format!("The registry failed: {why}. Check --data, --database, --keys and the disk's free space."),
            ),
        }
    }
}

/// A file or folder that can not be read, and why.
pub(crate) fn cannot_read(path: &Path, error: &io::Error) -> Failure {
    let (path, why) = (path.display(), why(error));
    Failure::new(format!("无法读取 {path}：{}。", why.zh), format!("{path} can not be read: {}.", why.en))
}

/// A file that can not be written, and why.
pub(crate) fn cannot_write(path: &Path, error: &io::Error) -> Failure {
    if error.kind() == io::ErrorKind::BrokenPipe {
        return Failure::Quiet;
    }
    let (path, why) = (path.display(), why(error));
    Failure::new(format!("无法写入 {path}：{}。请检查路径、权限和磁盘空间。", why.zh), format!("{path} can not be written: {}. Check the path, the permissions and the disk's free space.", why.en))
}

/// A folder in which rows can not be put aside while they are sorted, and why.
pub(crate) fn cannot_put_aside(folder: &Path, error: &io::Error) -> Failure {
    let (folder, why) = (folder.display(), why(error));
    Failure::new(
        format!("无法在 {folder} 中暂存待归并的数据：{}。请检查权限和磁盘空间，或把 --output 放到别的磁盘。", why.zh),
        format!("Rows can not be put aside in {folder} while they are sorted by person: {}. Check the permissions and the disk's free space, or write --output to another disk.", why.en),
    )
}

/// What the system says of a file, in words; what is rare in its own.
fn why(error: &io::Error) -> Text {
    match error.kind() {
        io::ErrorKind::NotFound => Text::new("没有这个文件或文件夹", "there is no such file or folder"),
        io::ErrorKind::PermissionDenied => Text::new("没有权限", "permission is denied"),
        io::ErrorKind::AlreadyExists => Text::new("已有这个文件", "the file exists already"),
        io::ErrorKind::IsADirectory => Text::new("是文件夹，不是文件", "it is a folder, not a file"),
        io::ErrorKind::NotADirectory => Text::new("是文件，不是文件夹", "it is a file, not a folder"),
        io::ErrorKind::InvalidData => Text::new("不是 UTF-8 文本；请另存为 UTF-8", "it is not UTF-8 text; save it as UTF-8"),
        io::ErrorKind::StorageFull => Text::new("磁盘已满", "the disk is full"),
        _ => Text::same(error.to_string()),
    }
}

impl From<io::Error> for Failure {
    /// A failure of writing the output; reading reports a [`FileError`].
    fn from(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::BrokenPipe {
            return Self::Quiet;
        }
        let why = why(&error);
        Self::new(format!("写结果时出错：{}。", why.zh), format!("The output could not be written: {}.", why.en))
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
