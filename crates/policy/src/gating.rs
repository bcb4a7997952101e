//! Asking gates: what each year looked at says, and what follows.

use crate::assess::{self, Answer, Asked, Assessment, GateAnswer, GateYear};
use crate::diagnostic::Diagnostic;
use crate::engine::{Engine, Place, Question, Rows, Stack};
use crate::program::{Figure, Program};
use crate::text::Text;
use crate::value::Person;
use std::sync::Arc;

/// The questions that policies ask most, and what each is called.
pub const QUESTIONS: [(&str, &str, &str); 5] = [
    ("appraisal-excellent", "年度考核确定为优秀", "to be appraised as excellent"),
    ("appointment", "岗位聘用与职务聘任", "appointment to a post or title"),
    ("grade-promotion", "岗位等级或职务晋升", "promotion in grade or post"),
    ("title-review", "职称评审", "title review"),
    ("licence-registration", "职（执）业资格登记或注册", "registration of a licence"),
];

/// What a question is called; the word itself where it is none of the known ones.
pub fn question_title(question: &str) -> Text {
    QUESTIONS.iter().find(|(id, ..)| *id == question).map_or_else(|| Text::same(question), |(_, zh, en)| Text::new(*zh, *en))
}

impl Engine {
    /// Asks the gates of one question for a person: what each year says, and what follows.
    ///
    /// # Errors
    /// See [`Engine::stacks`].
    pub fn gate(&self, gate: &str, region: &str, sector: Option<&str>, rows: &dyn Rows, asked: Asked) -> Result<Vec<GateAnswer>, Vec<Diagnostic>> {
        let stacks = self.stacks(region, sector, asked.year)?;
        let mut answers = Vec::new();
        for stack in stacks.iter() {
            let (person, _) = rows.read(stack.schema());
            let covered = assess::covered(stack.program(), &person, asked);
            let Some(program) = stack.for_layers(&covered.active) else { continue };
            for item in program.gates.iter().filter(|item| *item.gate == *gate) {
                answers.extend(self.ask(item, &program, &person, Place { region, sector, rows }, asked)?);
            }
        }
        Ok(answers)
    }

    fn ask(&self, gate: &crate::program::Gate, program: &Program, person: &Person, place: Place<'_>, asked: Asked) -> Result<Option<GateAnswer>, Vec<Diagnostic>> {
        let Some(year) = assess::Bounds::of_year(asked.year) else { return Ok(None) };
        let scope = assess::Scope::new(program, person, &[], year, asked);
        match scope.holds(&gate.persons, None) {
            assess::Truth::No => return Ok(None),
            assess::Truth::Unknown(fact) => {
                let missing = assess::column_of(program, fact);
                let reason = Text::new(format!("未填{}，不知是否适用", missing.title.zh), format!("{} is not given: it is not known whether this applies", missing.title.get(crate::Lang::En)));
                return Ok(Some(bare(gate, Answer::Unknown, reason)));
            }
            assess::Truth::Yes => {}
        }
        if gate.unless.as_ref().is_some_and(|unless| scope.holds(unless, None) == assess::Truth::Yes) {
            return Ok(Some(bare(gate, Answer::Yes, Text::new("有认可的正当理由", "a good reason was accepted"))));
        }
        let (from, to) = (year_of(&scope, &gate.from, asked.year), year_of(&scope, &gate.to, asked.year));
        let (Some(from), Some(to)) = (from, to) else {
            return Ok(Some(bare(gate, Answer::Unknown, Text::new("回看的年度取决于未填的事实", "the years to look at hang on a fact that is not given"))));
        };
        let duty = gate.duty.and_then(|duty| program.duties.get(duty)).map(|duty| &*duty.id);
        let mut years = Vec::new();
        for year in from..=to {
            years.push(self.gate_year(gate, year, duty, place, Asked { year, ..asked })?);
        }
        let (answer, reason) = if years.is_empty() { (Answer::Yes, Text::new("没有须看的年度", "there is no year to look at")) } else { assess::answer(gate.strength, gate.any_year, &years) };
        Ok(Some(GateAnswer { years, answer, reason, ..bare(gate, answer, Text::default()) }))
    }

    fn gate_year(&self, gate: &crate::program::Gate, year: i16, duty: Option<&str>, place: Place<'_>, asked: Asked) -> Result<GateYear, Vec<Diagnostic>> {
        let stacks = self.stacks(place.region, place.sector, year)?;
        // The gate's own stack, else whichever answers for a year that its policy does not govern.
        let own: Vec<&Arc<Stack>> = stacks.iter().filter(|stack| stack.files().iter().any(|file| *file.id() == *gate.item.policy)).collect();
        let looked = if own.is_empty() { stacks.iter().collect() } else { own };
        let mut all = Vec::new();
        for stack in looked {
            let (person, records) = place.rows.read(stack.schema());
            for at in stack.duties().iter().filter(|at| duty.is_none_or(|duty| *stack.program().duties[**at].id == *duty)) {
                let question = Question { asked, gate: Some(&gate.gate) };
                all.extend(self.assess_duty(stack, *at, &person, &records, place, question)?);
            }
        }
        let answers = |result: &Assessment| {
            gate.requirement.is_none()
                || result.requirements.iter().any(|r| gate.requirement.as_deref() == Some(&*r.item.id))
                || matches!(result.status, assess::Status::NotCovered | assess::Status::Exempt)
        };
        let Some(result) = all.into_iter().find(answers) else {
            return Ok(GateYear { year, status: None, passes: None, lacks: Vec::new(), asked: Vec::new() });
        };
        let requirement = gate.requirement.as_ref().and_then(|id| result.requirements.iter().find(|r| *r.item.id == **id));
        let passes = assess::year_passes(&result, requirement, gate.requirement.is_some(), &gate.passes);
        let lacks = result
            .requirements
            .iter()
            .filter(|r| r.binding && r.short > crate::Hours::ZERO && gate.requirement.as_deref().is_none_or(|id| *r.item.id == *id))
            .map(|r| ((*r.subject_title).clone(), r.short))
            .collect();
        let asked = result.requirements.iter().map(|r| r.item.clone()).collect();
        Ok(GateYear { year, status: Some(result.status), passes, lacks, asked })
    }

    /// Every question that some policy of the library asks.
    pub fn questions(&self) -> Vec<String> {
        let mut all: Vec<String> = self.library().files().iter().flat_map(|file| file.ast.gates.iter().map(|gate| gate.is.gate.is.clone())).collect();
        all.sort_unstable();
        all.dedup();
        all
    }
}

fn bare(gate: &crate::program::Gate, answer: Answer, reason: Text) -> GateAnswer {
    GateAnswer {
        gate: gate.gate.to_string(),
        by: gate.item.clone(),
        answer,
        strength: gate.strength,
        reason,
        years: Vec::new(),
        any_year: gate.any_year,
        papers: gate.papers.clone(),
        message: (*gate.message).clone(),
    }
}

/// A year of a gate: 0 is the year asked about, small numbers are counted from it, others are years.
fn year_of(scope: &assess::Scope<'_>, figure: &Figure, asked: i16) -> Option<i16> {
    let number = scope.figure(figure, Default::default()).exact()?;
    let number = i16::try_from(number.to_integer()).ok()?;
    Some(if number.abs() < 1000 { asked + number } else { number })
}
