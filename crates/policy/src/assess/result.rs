//! From a ledger of hours to the result that is shown.

use super::limits::Ledger;
use super::recognise::Found;
use super::scope::{Scope, Truth};
use super::windows::{Bounds, Which};
use super::{Asked, Assessment, BucketHours, Consequence, Covered, Cut, Missing, PolicyRef, ProblemResult, RecordResult, RequirementResult, Status, WarningResult};
use crate::engine::Question;
use crate::exact::Hours;
use crate::program::{FactId, Figure, ItemRef, Label, Program};
use crate::syntax::ast::Strength;
use crate::text::Text;
use crate::value::{Person, Record, Value};
use jiff::civil::Date;
use std::sync::Arc;

/// Assesses one duty in its window and says everything about it.
pub(crate) fn assess(program: &Program, duty: usize, window: Bounds, person: &Person, records: &[Record], covered: &Covered, question: Question<'_>) -> Assessment {
    let asked = question.asked;
    let scope = Scope::new(program, person, records, window, asked);
    let Judged { order, ledger, requirements, exempt_by, nobody, status, missing } = judge(&scope, duty, covered, question);
    let results = Results { scope: &scope, order: &order, ledger: &ledger, duty, asked };
    let mut not_covered_by = covered.status.clone();
    if nobody {
        not_covered_by.extend(covered.dropped.iter().cloned());
    }
    let remedies = if asked.explain && matches!(status, Status::Short | Status::Undetermined) { super::remedies::remedies(&scope, duty, &order, &ledger, &requirements) } else { Vec::new() };
    let consequences = if status == Status::NotCovered { Vec::new() } else { consequences(&scope, status) };
    Assessment {
        person: person.id.clone(),
        year: asked.year,
        duty: Arc::clone(&program.duties[duty].id),
        duty_title: program.duties[duty].title.clone(),
        window: (window.begin, window.end),
        policies: policies(program),
        unit: program.unit.clone(),
        status,
        hours: results.hours(),
        total: results.total(),
        requirements,
        records: results.records(),
        warnings: results.warnings(),
        consequences,
        missing: columns(&scope, &missing),
        outcomes: Vec::new(),
        remedies,
        notes: notes(program),
        exempt_by,
        not_covered_by,
    }
}

/// The columns to fill in, each once: several facts can hang on one.
fn columns(scope: &Scope<'_>, missing: &[FactId]) -> Vec<Missing> {
    let mut all: Vec<Missing> = Vec::new();
    for fact in missing {
        let column = scope.lacking(*fact, None);
        if !all.contains(&column) {
            all.push(column);
        }
    }
    all
}

/// A duty judged, before it is put into a result.
struct Judged {
    order: Vec<usize>,
    ledger: Ledger,
    requirements: Vec<RequirementResult>,
    exempt_by: Option<ItemRef>,
    /// No layer covers the person.
    nobody: bool,
    status: Status,
    missing: Vec<FactId>,
}

/// Runs the pipeline and settles the status.
fn judge(scope: &Scope<'_>, duty: usize, covered: &Covered, question: Question<'_>) -> Judged {
    let program = scope.program;
    let order = super::record_order(program, scope.records);
    let ledger = super::run(scope, duty, question.gate, &order, question.asked.evidence);
    let mut requirements = scope.requirements(duty, question.gate, &order, &ledger);
    let nobody = program.layers.iter().zip(&covered.active).skip(1).all(|(_, active)| !active);
    if nobody {
        requirements.clear();
    }
    let exempt_by = lift(scope, duty, &order, &ledger, &mut requirements);
    let missing_of_records = ledger.found.iter().any(|found| found.missing.is_some() && !found.outside);
    for fact in &covered.missing {
        scope.needs(*fact);
    }
    let missing = scope.missing.borrow().clone();
    let met = requirements.iter().filter(|r| r.binding).all(|r| r.met == Some(true));
    let status = if exempt_by.is_some() {
        Status::Exempt
    } else if nobody || !covered.status.is_empty() {
        Status::NotCovered
    } else if met && missing.is_empty() {
        Status::Met
    } else if scope.person.rows_in_error || missing_of_records || !missing.is_empty() {
        Status::Undetermined
    } else {
        Status::Short
    };
    Judged { order, ledger, requirements, exempt_by, nobody, status, missing }
}

/// What holds for a person before any record is looked at.
#[derive(Debug)]
pub(crate) struct Before {
    /// The status, where no record can change it.
    pub(crate) settled: Option<Status>,
    /// What is asked, lifted requirements left out.
    pub(crate) requirements: Vec<RequirementResult>,
    /// Facts of the person that decide and are not known.
    pub(crate) missing: Vec<FactId>,
}

/// Judges a duty without records.
pub(crate) fn before_records(program: &Program, duty: usize, window: Bounds, person: &Person, covered: &Covered, asked: Asked) -> Before {
    let scope = Scope::new(program, person, &[], window, asked);
    let judged = judge(&scope, duty, covered, Question { asked, gate: None });
    let settled = matches!(judged.status, Status::Exempt | Status::NotCovered).then_some(judged.status);
    Before { settled, requirements: judged.requirements, missing: judged.missing }
}

/// What a reading can change about a result, without the words; two that are equal tell the same story.
#[derive(Debug, PartialEq)]
pub(crate) struct Bare {
    status: Status,
    /// For each record in order: hours here, and hours in later windows.
    hours: Vec<(Hours, Hours)>,
    requirements: Vec<(Arc<str>, Hours, Option<Hours>, bool)>,
    gates: Vec<Arc<str>>,
}

/// Judges a duty and keeps only what can be compared.
pub(crate) fn bare(program: &Program, duty: usize, window: Bounds, person: &Person, records: &[Record], covered: &Covered, question: Question<'_>) -> Bare {
    let scope = Scope::new(program, person, records, window, question.asked);
    let judged = judge(&scope, duty, covered, question);
    let mut hours = vec![(Hours::ZERO, Hours::ZERO); records.len()];
    for entry in &judged.ledger.entries {
        let (here, later) = &mut hours[judged.order[entry.record]];
        let sum = if window.holds(entry.day) { here } else { later };
        *sum = sum.plus(entry.hours);
    }
    let gates = closes(&scope, judged.status);
    let requirements = judged.requirements.into_iter().map(|r| (r.subject, r.have, r.at_least, r.binding)).collect();
    Bare { status: judged.status, hours, requirements, gates }
}

/// Remarks of the policies, and the limits that one person's records can not tell.
fn notes(program: &Program) -> Vec<Arc<Text>> {
    let of_layers = program.layers.iter().filter(|layer| layer.active).filter_map(|layer| layer.note.clone());
    let of_limits = program.limits.iter().filter(|limit| limit.across_people).map(|limit| {
        let title = crate::speak::item(&limit.item);
        Arc::new(Text::new(format!("“{}”涉及多人，单凭一个人的记录不能核对", title.zh), format!("“{}” concerns several people: one person's records can not tell", title.get(crate::Lang::En))))
    });
    of_layers.chain(of_limits).collect()
}

/// The result where not even the window is known.
pub(crate) fn unknown_window(program: &Program, duty: usize, fact: FactId, person: &Person, covered: &Covered, question: Question<'_>) -> Option<Assessment> {
    let year = Bounds::of_year(question.asked.year)?;
    let mut result = assess(program, duty, year, person, &[], covered, question);
    result.requirements.clear();
    result.consequences.clear();
    if result.status != Status::Exempt && result.status != Status::NotCovered {
        result.status = Status::Undetermined;
    }
    let column = super::column_of(program, fact);
    if !result.missing.contains(&column) {
        result.missing.push(column);
    }
    Some(result)
}

pub(crate) fn policies(program: &Program) -> Vec<PolicyRef> {
    program.layers.iter().filter(|layer| layer.active).map(|layer| PolicyRef { id: layer.policy.clone(), title: layer.title.clone(), hash: layer.hash.clone() }).collect()
}

/// Takes lifted requirements out, adds what was put off to this window, and says which exemption covers all of it.
fn lift(scope: &Scope<'_>, duty: usize, order: &[usize], ledger: &Ledger, requirements: &mut Vec<RequirementResult>) -> Option<ItemRef> {
    let mut exempt_by = None;
    for exemption in &scope.program.exemptions {
        if exemption.defers_years > 0 {
            requirements.extend(arrears(scope, exemption, duty, order, ledger, requirements));
        }
        if scope.holds(&exemption.persons, None) != Truth::Yes {
            continue;
        }
        if exemption.lifts.is_empty() {
            // Of several that hold, the nearest text speaks.
            exempt_by = Some(exemption.item.clone());
        } else {
            let asked = requirements.iter().any(|r| r.binding);
            requirements.retain(|requirement| !exemption.lifts.iter().any(|id| **id == *requirement.item.id) || requirement.arrears_of.is_some());
            if asked && !requirements.iter().any(|r| r.binding) {
                exempt_by = exempt_by.or(Some(exemption.item.clone()));
            }
        }
    }
    exempt_by
}

/// What a deferral of an earlier window asks in this one: the shortfall then, out of what exceeds this window's own duty.
fn arrears(scope: &Scope<'_>, exemption: &crate::program::Exemption, duty: usize, order: &[usize], ledger: &Ledger, own: &[RequirementResult]) -> Vec<RequirementResult> {
    let year = scope.window.number - exemption.defers_years;
    let Ok(Some(then)) = scope.bounds(scope.program.duties[duty].window, Which::Year(year)) else { return Vec::new() };
    let earlier = scope.in_window(then);
    if earlier.holds(&exemption.persons, None) != Truth::Yes {
        return Vec::new();
    }
    let past = super::run(&earlier, duty, None, order, true);
    let asked = earlier.requirements(duty, None, order, &past);
    let _ = ledger;
    asked
        .into_iter()
        .filter(|requirement| exemption.lifts.is_empty() || exemption.lifts.iter().any(|id| **id == *requirement.item.id))
        .filter(|requirement| requirement.short > Hours::ZERO)
        .map(|requirement| {
            let now = own.iter().find(|now| now.item.id == requirement.item.id);
            let have = now.map_or(Hours::ZERO, |now| now.have.less(now.at_least.unwrap_or(Hours::ZERO)));
            let short = requirement.short.less(have);
            RequirementResult {
                subject: format!("{}-{year}", requirement.subject).into(),
                subject_title: Arc::new(Text::new(format!("补{year}年度{}", requirement.subject_title.zh), format!("{} put off from {year}", requirement.subject_title.get(crate::Lang::En)))),
                item: requirement.item.clone(),
                at_least: Some(requirement.short),
                have,
                short,
                met: Some(short == Hours::ZERO),
                binding: requirement.binding,
                unit: requirement.unit.clone(),
                over: Vec::new(),
                parts: Vec::new(),
                ways: Vec::new(),
                arrears_of: Some(year),
            }
        })
        .collect()
}

/// What this window closes by itself: gates of the strength of a bar that look at it alone.
fn consequences(scope: &Scope<'_>, status: Status) -> Vec<Consequence> {
    let here = |figure: &Figure| *figure == Figure::Exact(crate::Exact::from_integer(0));
    let gates = scope.program.gates.iter().filter(|gate| matches!(gate.strength, Strength::Bar | Strength::Notice) && here(&gate.from) && here(&gate.to) && gate.requirement.is_none());
    gates
        .filter(|gate| status != Status::Undetermined && !gate.passes.iter().any(|word| word == status.name()))
        .filter(|gate| scope.holds(&gate.persons, None) == Truth::Yes)
        .filter(|gate| gate.unless.as_ref().is_none_or(|unless| scope.holds(unless, None) != Truth::Yes))
        .map(|gate| Consequence { gate: gate.gate.clone(), by: gate.item.clone(), message: gate.message.clone(), strength: gate.strength })
        .collect()
}

/// The gates that a window closes by itself under a status.
pub(crate) fn closes(scope: &Scope<'_>, status: Status) -> Vec<Arc<str>> {
    if status == Status::NotCovered { Vec::new() } else { consequences(scope, status).into_iter().map(|one| one.gate).collect() }
}

/// A ledger being turned into results.
pub(crate) struct Results<'r, 'a> {
    pub(crate) scope: &'r Scope<'a>,
    pub(crate) order: &'r [usize],
    pub(crate) ledger: &'r Ledger,
    pub(crate) duty: usize,
    pub(crate) asked: Asked,
}

impl Results<'_, '_> {
    fn total(&self) -> Hours {
        self.inside().fold(Hours::ZERO, |sum, entry| sum.plus(entry.hours))
    }

    fn inside(&self) -> impl Iterator<Item = &super::recognise::Entry> {
        self.ledger.entries.iter().filter(|entry| self.scope.window.holds(entry.day))
    }

    fn hours(&self) -> Vec<BucketHours> {
        let program = self.scope.program;
        let buckets = program.buckets.iter().enumerate().map(|(n, bucket)| {
            let bit = 1_u128 << (n + 1);
            let hours = self.inside().filter(|entry| program.bucket_set(entry.bucket) & bit != 0).fold(Hours::ZERO, |sum, entry| sum.plus(entry.hours));
            BucketHours { bucket: bucket.id.clone(), title: bucket.title.clone(), hours }
        });
        buckets.collect()
    }

    /// Every record in the order of the input.
    fn records(&self) -> Vec<RecordResult> {
        let mut place = vec![0; self.order.len()];
        for (at, record) in self.order.iter().enumerate() {
            place[*record] = at;
        }
        let mut first = vec![usize::MAX; self.order.len()];
        let mut by_record: Vec<(usize, usize)> = self.ledger.entries.iter().enumerate().map(|(n, entry)| (entry.record, n)).collect();
        by_record.sort_unstable();
        for (n, (record, _)) in by_record.iter().enumerate().rev() {
            first[*record] = n;
        }
        place.into_iter().map(|at| self.record(at, by_record.get(first[at]..).unwrap_or_default())).collect()
    }

    fn record(&self, at: usize, entries: &[(usize, usize)]) -> RecordResult {
        let (found, record) = (&self.ledger.found[at], &self.scope.records[self.order[at]]);
        let (mut hours, mut later, mut here) = (Hours::ZERO, Vec::<(i16, Hours)>::new(), false);
        for (_, n) in entries.iter().take_while(|(record, _)| *record == at) {
            let entry = &self.ledger.entries[*n];
            if self.scope.window.holds(entry.day) {
                hours = hours.plus(entry.hours);
                here = true;
            } else if entry.hours > Hours::ZERO {
                match later.iter_mut().find(|(year, _)| *year == entry.day.year()) {
                    Some((_, sum)) => *sum = sum.plus(entry.hours),
                    None => later.push((entry.day.year(), entry.hours)),
                }
            }
        }
        let carried_in = found.outside && here && hours > Hours::ZERO;
        let fine = found.problem.is_none() && found.missing.is_none();
        let problem = if found.outside { (!carried_in).then_some(self.scope.program.structural.outside) } else { found.problem };
        RecordResult {
            record: record.id.clone(),
            row: record.row,
            subject: self.subject(if problem.is_some() { self.scope.stated_bucket(self.order[at]) } else { found.bucket }, at),
            hours,
            rule: found.rule.filter(|_| fine && problem.is_none()).map(|rule| self.scope.program.rules[rule].item.clone()),
            cuts: if problem.is_none() { self.cuts(found, carried_in) } else { Vec::new() },
            carried_to: if found.outside || !fine { Vec::new() } else { later },
            carried_from: carried_in.then(|| found.day.map_or(0, Date::year)),
            steps: found.steps.filter(|_| problem.is_none()),
            missing: found.missing.filter(|_| !found.outside).map(|fact| self.lacking(found, fact, at)),
            problem: problem.map(|problem| self.problem(problem, found, at)),
            words: self.asked.explain.then(|| self.scope.words_of(self.order[at])),
        }
    }

    /// The column a record lacks, or by which its reckoning divides by zero.
    fn lacking(&self, found: &Found, fact: FactId, at: usize) -> Missing {
        match found.by_zero {
            true => Missing { by_zero: true, ..super::column_of(self.scope.program, fact) },
            false => self.scope.lacking(fact, Some(self.order[at])),
        }
    }

    /// A record that gives nothing keeps the subject it states.
    fn subject(&self, bucket: Option<u8>, at: usize) -> Arc<str> {
        let program = self.scope.program;
        match bucket.map(usize::from).and_then(|bucket| program.buckets.get(bucket)) {
            Some(bucket) => bucket.id.clone(),
            None => match self.scope.value(program.subject, Some(self.order[at])) {
                Value::Code(code) => program.schema.columns[usize::from(program.subject)].codes.get(usize::from(*code)).map_or_else(|| "".into(), |code| code.id.as_str().into()),
                Value::Text(text) => (**text).into(),
                _ => "".into(),
            },
        }
    }

    fn cuts(&self, found: &Found, carried_in: bool) -> Vec<Cut> {
        let mut cuts = Vec::new();
        if let Some(rule) = found.rule.filter(|_| found.capped > Hours::ZERO && !carried_in) {
            cuts.push(Cut { hours: found.capped, by: self.scope.program.rules[rule].item.clone() });
        }
        for (limit, hours, day) in &found.cuts {
            if self.scope.window.holds(*day) || !carried_in && !found.outside {
                cuts.push(Cut { hours: *hours, by: self.scope.program.limits[*limit].item.clone() });
            }
        }
        cuts
    }

    fn problem(&self, problem: usize, found: &Found, at: usize) -> ProblemResult {
        let about = &self.scope.program.problems[problem];
        let detail = self.scope.detail(self.duty, self.order[at], problem, found, self.asked.explain);
        ProblemResult { code: about.id.clone(), message: about.text.clone(), by: self.said_by(found, problem), detail }
    }

    /// The item that says no: the failing check or limit, else the rule that would have spoken.
    fn said_by(&self, found: &Found, problem: usize) -> Option<ItemRef> {
        if Some(problem) != found.problem {
            return None;
        }
        found.failed.clone().or_else(|| found.rule.map(|rule| self.scope.program.rules[rule].item.clone()))
    }

    fn warnings(&self) -> Vec<WarningResult> {
        let mut all = Vec::new();
        for warning in &self.scope.program.warnings {
            let about = |at: &usize| {
                let found = &self.ledger.found[*at];
                !found.outside && found.problem.is_none_or(|problem| problem > self.scope.program.structural.no_rule) && self.scope.holds(&warning.of, Some(self.order[*at])) == Truth::Yes
            };
            let records: Vec<usize> = (0..self.order.len()).filter(about).collect();
            let id = |at: usize| self.scope.records[self.order[at]].id.clone();
            let mut push = |records: Vec<String>| all.push(WarningResult { code: Arc::clone(&warning.item.id), records, message: warning.message.clone(), by: warning.item.clone() });
            if let Some(when) = &warning.when {
                for at in records.iter().filter(|at| self.scope.holds(when, Some(self.order[**at])) == Truth::Yes) {
                    push(vec![id(*at)]);
                }
            }
            if let Some((start, end)) = warning.overlap {
                let mut spans: Vec<(Date, Date, usize)> = records.iter().filter_map(|at| self.days(start, end, *at)).collect();
                spans.sort_unstable();
                for (n, (_, last, at)) in spans.iter().enumerate() {
                    for (_, _, other) in spans[n + 1..].iter().take_while(|(first, ..)| first <= last) {
                        push(vec![id(*at), id(*other)]);
                    }
                }
            }
        }
        all
    }

    /// First and last day of a record; one that states no start has only its last.
    fn days(&self, start: FactId, end: FactId, at: usize) -> Option<(Date, Date, usize)> {
        let day = |fact| match self.scope.value(fact, Some(self.order[at])) {
            Value::Date(day) => Some(*day),
            _ => None,
        };
        let end = day(end)?;
        Some((day(start).unwrap_or(end), end, at))
    }
}

impl Assessment {
    /// Puts other hours in place of those carried in by a record, and reckons the requirements on totals anew.
    pub(crate) fn set_carried(&mut self, at: usize, hours: Hours, program: &Program) {
        let record = &mut self.records[at];
        let was = std::mem::replace(&mut record.hours, hours);
        if hours == Hours::ZERO {
            record.carried_from = None;
            record.rule = None;
            let about = &program.problems[program.structural.outside];
            record.problem = Some(ProblemResult { code: about.id.clone(), message: about.text.clone(), by: None, detail: super::Detail::None });
        }
        let subject = record.subject.clone();
        let shift = |have: &mut Hours| *have = Hours(have.0 - was.0 + hours.0);
        shift(&mut self.total);
        self.hours.iter_mut().filter(|bucket| bucket.bucket == subject).for_each(|bucket| shift(&mut bucket.hours));
        let label = |r: &RequirementResult| program.requirements.iter().find(|other| Arc::ptr_eq(&other.item, &r.item)).map(|other| &other.label);
        let holds = |r: &RequirementResult| match label(r) {
            Some(Label::Total) => r.arrears_of.is_none(),
            Some(Label::Bucket(bucket)) => r.arrears_of.is_none() && program.buckets.get(usize::from(*bucket)).is_some_and(|bucket| bucket.id == subject),
            _ => false,
        };
        for requirement in self.requirements.iter_mut().filter(|r| holds(r)) {
            shift(&mut requirement.have);
            if let Some(asked) = requirement.at_least {
                requirement.short = asked.less(requirement.have);
                requirement.met = Some(requirement.short == Hours::ZERO);
            }
        }
        if matches!(self.status, Status::Met | Status::Short) {
            self.status = if self.requirements.iter().filter(|r| r.binding).all(|r| r.met == Some(true)) { Status::Met } else { Status::Short };
        }
    }
}
