//! What can go wrong: refusals that people cause and can mend, and faults that they can not.

use xueshi_policy::Text;

/// The result of everything the registry does.
pub type Result<T> = std::result::Result<T, Error>;

/// Why something was not done. Nothing of it was kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Error {
    /// Expected: the request can not be granted as it stands.
    Refused(Refusal),
    /// Somebody else changed the same rows, again and again; the same request may be made once more.
    Busy,
    /// The database, a file or a key failed. For the log, never for a page.
    Fault(String),
}

/// A refusal: why, and what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// Which kind.
    pub why: Why,
    /// The field it is about, where it is about one.
    pub field: Option<&'static str>,
    /// Cause and remedy in both languages.
    pub text: Text,
}

/// The kinds of refusals, in order of precedence: who is asked first hides what comes later.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Why {
    /// Nobody is signed in, or the session ended.
    NotSignedIn,
    /// The role or the relation does not allow it. Also said of what one may not know to exist.
    NotAllowed,
    /// There is no such thing.
    NotFound,
    /// It changed since it was read.
    Stale,
    /// The step is not open in this state.
    WrongState,
    /// A value is missing or not accepted.
    Invalid,
    /// It exists already.
    Duplicate,
    /// Too many attempts; later again.
    TooMany,
}

impl Why {
    /// The stable word of the kind, for machines.
    pub fn code(self) -> &'static str {
        match self {
            Self::NotSignedIn => "not-signed-in",
            Self::NotAllowed => "not-allowed",
            Self::NotFound => "not-found",
            Self::Stale => "stale",
            Self::WrongState => "wrong-state",
            Self::Invalid => "invalid",
            Self::Duplicate => "duplicate",
            Self::TooMany => "too-many",
        }
    }
}

impl Error {
    /// A refusal that is not about a field.
    pub fn refused(why: Why, zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self::Refused(Refusal { why, field: None, text: Text::new(zh, en) })
    }

    /// A value that is not accepted.
    pub fn invalid(field: &'static str, zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self::Refused(Refusal { why: Why::Invalid, field: Some(field), text: Text::new(zh, en) })
    }

    /// There is no such thing.
    pub fn not_found(zh: &str, en: &str) -> Self {
        Self::refused(Why::NotFound, format!("没有这个{zh}，或已不再保留。"), format!("There is no such {en}, or it is no longer kept."))
    }

    /// The role or the relation does not allow it.
    pub fn not_allowed() -> Self {
        Self::refused(Why::NotAllowed, "您的账号不能办理此事。需要时请联系本单位管理人员。", "Your account may not do this. If you need to, ask the administrator of your organisation.")
    }

    /// It changed since it was read.
    pub fn stale() -> Self {
        Self::refused(Why::Stale, "这件事刚被别人办理过，请刷新后再看。您填写的内容没有生效。", "Somebody has just dealt with this. Reload and look again; nothing you entered took effect.")
    }

    /// The step is not open in this state.
    pub fn wrong_state() -> Self {
        Self::refused(Why::WrongState, "现在的状态不能办理这一步。请刷新后再看。", "This step is not open in the present state. Reload and look again.")
    }

    /// The kind of refusal, where it is one.
    pub fn why(&self) -> Option<Why> {
        match self {
            Self::Refused(refusal) => Some(refusal.why),
            _ => None,
        }
    }

    pub(crate) fn fault(what: impl std::fmt::Display) -> Self {
        Self::Fault(what.to_string())
    }
}

impl std::fmt::Display for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Refused(refusal) => write!(f, "{} {}", refusal.text.zh, refusal.text.en),
            Self::Busy => f.write_str("现在办理的人多，请再试一次。 Busy: please try again."),
            Self::Fault(what) => f.write_str(what),
        }
    }
}

impl std::error::Error for Error {}
