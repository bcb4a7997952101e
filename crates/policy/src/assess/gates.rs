//! Gates: what a result is used for, asked of a person and a day over several years.

use super::{Assessment, ItemRef, RequirementResult, Status};
use crate::syntax::ast::Strength;
use crate::text::Text;

/// What a gate answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Answer {
    /// Nothing in the texts stands in the way.
    Yes,
    /// The texts close it.
    No,
    /// The texts leave it to others, or something is not known.
    Unknown,
}

impl Answer {
    /// The stable word of it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Yes => "yes",
            Self::No => "no",
            Self::Unknown => "unknown",
        }
    }
}

/// One year a gate looked at.
#[derive(Clone, Debug, PartialEq)]
pub struct GateYear {
    /// The year.
    pub year: i16,
    /// How the person stood, or nothing where no regulation answers for that year.
    pub status: Option<Status>,
    /// Whether the year passes; unknown where it can not be told.
    pub passes: Option<bool>,
    /// What lacks: subject and hours.
    pub lacks: Vec<(Text, crate::Hours)>,
    /// The requirements asked.
    pub asked: Vec<crate::ItemRef>,
}

/// The answer of one gate.
#[derive(Clone, Debug, PartialEq)]
pub struct GateAnswer {
    /// The question.
    pub gate: String,
    /// Where it stands.
    pub by: ItemRef,
    /// Yes, no or unknown.
    pub answer: Answer,
    /// How strongly the text puts it.
    pub strength: Strength,
    /// Why.
    pub reason: Text,
    /// The years looked at.
    pub years: Vec<GateYear>,
    /// Whether every year must pass, or any one.
    pub any_year: bool,
    /// The papers the clause asks for.
    pub papers: Vec<Text>,
    /// What the clause says when it closes.
    pub message: Text,
}

/// One answer out of several: any text that closes the gate closes it; what one leaves open is open, and where no text asks nothing is known.
pub fn overall(answers: &[GateAnswer]) -> Answer {
    let any = |answer: Answer| answers.iter().any(|one| one.answer == answer);
    if any(Answer::No) {
        Answer::No
    } else if any(Answer::Unknown) || answers.is_empty() {
        Answer::Unknown
    } else {
        Answer::Yes
    }
}

/// Whether one year passes: the status, or one requirement of it.
pub(crate) fn year_passes(assessment: &Assessment, requirement: Option<&RequirementResult>, asks_requirement: bool, passes: &[String]) -> Option<bool> {
    let named = |word: &str| passes.iter().any(|name| name == word);
    if !asks_requirement {
        return match assessment.status {
            Status::Undetermined if !named("undetermined") => None,
            status => Some(named(status.name())),
        };
    }
    if assessment.status == Status::Exempt && named("exempt") || assessment.status == Status::NotCovered && named("not-covered") {
        return Some(true);
    }
    match requirement.map(|requirement| requirement.met) {
        Some(Some(true)) => Some(named("met")),
        Some(Some(false)) => match assessment.status {
            Status::Undetermined => None,
            _ => Some(named("short")),
        },
        Some(None) => None,
        None => Some(named("not-covered")),
    }
}

/// From the years to the answer, with the strength of the text.
pub(crate) fn answer(strength: Strength, any_year: bool, years: &[GateYear]) -> (Answer, Text) {
    let passes = |want: Option<bool>| years.iter().filter(|year| year.passes == want).count();
    let holds = if any_year {
        if passes(Some(true)) > 0 {
            Some(true)
        } else if passes(None) > 0 {
            None
        } else {
            Some(false)
        }
    } else if passes(Some(false)) > 0 {
        Some(false)
    } else if passes(None) > 0 {
        None
    } else {
        Some(true)
    };
    match (holds, strength) {
        (Some(true), Strength::OtherLaw) => (
            Answer::Unknown,
            Text::new(
                "继续教育已达要求；能否登记或注册由该职业资格的法律规定，其文本不在手边",
                "the study is complete; whether the licence is registered is for the law of that licence, which is not at hand",
            ),
        ),
        (Some(true), _) => (Answer::Yes, Text::new("已达要求", "the condition is met")),
        (None, _) => (Answer::Unknown, Text::new("有的年度无法判定", "a year can not be told")),
        (Some(false), Strength::Bar) => (Answer::No, Text::new("未达要求，文本不予通过", "not met, and the text closes the gate")),
        (Some(false), Strength::ImportantCondition) => {
            (Answer::Unknown, Text::new("未达要求；文本列为重要条件，由决定机构考虑", "not met; the text makes it an important condition, and the body that decides is told"))
        }
        (Some(false), Strength::ImportantBasis) => (Answer::Yes, Text::new("未达要求；文本列为重要依据，本身不构成障碍", "not met; the text makes it an important basis, which is no bar by itself")),
        (Some(false), Strength::OtherLaw) => {
            (Answer::Unknown, Text::new("未达要求；后果由该职业资格的法律规定，其文本不在手边", "not met; what follows is for the law of that licence, which is not at hand"))
        }
        (Some(false), Strength::Notice) => (Answer::No, Text::new("未达要求；文本规定予以通报", "not met; the text has it announced")),
    }
}
