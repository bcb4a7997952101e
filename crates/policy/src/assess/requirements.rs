//! What is asked against what was recognised.

use super::limits::Ledger;
use super::recognise::Entry;
use super::scope::{Amount, At, Scope};
use super::windows::{Bounds, Which};
use super::{Part, RequirementResult, WayResult};
use crate::exact::{self, Exact, Hours};
use crate::program::{Figure, Measure, Requirement, Way_, Where};
use crate::syntax::ast::Arith;
use crate::text::Text;
use crate::value::Value;
use std::sync::Arc;

/// One way of a requirement, measured.
struct Measured {
    have: Exact,
    asked: Result<Exact, Option<u16>>,
}

impl Scope<'_> {
    /// Every requirement of a duty, the higher prevailing; those asked only at gates where `gate` names one of theirs.
    pub(crate) fn requirements(&self, duty: usize, gate: Option<&str>, order: &[usize], ledger: &Ledger) -> Vec<RequirementResult> {
        let mut results: Vec<(usize, RequirementResult)> = Vec::new();
        for (at, requirement) in self.program.requirements.iter().enumerate() {
            if requirement.duty != duty || !self.is_asked(requirement, gate) {
                continue;
            }
            let Some(result) = self.requirement(requirement, order, ledger) else { continue };
            match results.iter_mut().find(|(other, _)| same_thing(&self.program.requirements[*other], requirement)) {
                Some((other, have)) if result.at_least >= have.at_least => {
                    let mut result = result;
                    result.over = std::mem::take(&mut have.over);
                    result.over.extend(have.at_least.map(|hours| (have.item.clone(), hours)));
                    (*other, *have) = (at, result);
                }
                Some((_, have)) => have.over.extend(result.at_least.map(|hours| (result.item.clone(), hours))),
                None => results.push((at, result)),
            }
        }
        let mut results: Vec<RequirementResult> = results.into_iter().map(|(_, result)| result).collect();
        tell_apart(&mut results);
        results
    }

    /// Whether a requirement is asked of the person here: some are asked at gates only.
    pub(crate) fn is_asked(&self, requirement: &Requirement, gate: Option<&str>) -> bool {
        let here = requirement.only_for.is_empty() || gate.is_some_and(|gate| requirement.only_for.iter().any(|name| name == gate));
        here && self.person_is(&requirement.persons)
    }

    fn requirement(&self, requirement: &Requirement, order: &[usize], ledger: &Ledger) -> Option<RequirementResult> {
        let whole = match self.bounds(requirement.window, Which::Year(self.window.number)) {
            Ok(Some(_)) if requirement.window == self.program.duties[requirement.duty].window => self.window,
            Ok(Some(bounds)) => bounds,
            Ok(None) => return None,
            Err(fact) => {
                self.needs(fact);
                return Some(self.blank(requirement));
            }
        };
        let mut result = self.blank(requirement);
        if requirement.each.is_none() && requirement.per.is_empty() {
            self.measure_ways(requirement, whole, None, order, ledger, &mut result);
        } else {
            self.measure_parts(requirement, whole, order, ledger, &mut result);
        }
        Some(result)
    }

    /// A result with nothing measured yet.
    fn blank(&self, requirement: &Requirement) -> RequirementResult {
        RequirementResult {
            subject: Arc::clone(&requirement.name.0),
            subject_title: Arc::clone(&requirement.name.1),
            item: requirement.item.clone(),
            at_least: None,
            have: Hours::ZERO,
            short: Hours::ZERO,
            met: None,
            binding: requirement.binding,
            unit: requirement.unit.clone(),
            over: Vec::new(),
            parts: Vec::new(),
            ways: Vec::new(),
            arrears_of: None,
        }
    }

    /// Measures every way over a window; the first is the one shown, any one suffices.
    fn measure_ways(&self, requirement: &Requirement, bounds: Bounds, group: Option<&Group>, order: &[usize], ledger: &Ledger, result: &mut RequirementResult) {
        let mut unknown = false;
        let mut best: Option<(Hours, Hours, Hours)> = None;
        for way in &requirement.ways {
            let measured = self.measure_way(way, bounds, group, order, ledger);
            let have = Hours::floor(measured.have).unwrap_or(Hours::ZERO);
            match measured.asked {
                Ok(asked) => {
                    let asked_hours = Hours::ceil(asked).unwrap_or(Hours(i64::MAX));
                    let gap = exact::sub(asked, measured.have).unwrap_or(asked).max(Exact::from_integer(0));
                    let short = Hours::ceil(gap).unwrap_or(Hours(i64::MAX));
                    if best.is_none_or(|(_, _, least)| least > Hours::ZERO && short == Hours::ZERO) {
                        best = Some((asked_hours, have, short));
                    }
                    if requirement.ways.len() > 1 {
                        let title = if way.title.is_empty() { way_title(&way.what) } else { way.title.clone() };
                        result.ways.push(WayResult { title, at_least: asked_hours, have, met: short == Hours::ZERO });
                    }
                }
                Err(fact) => {
                    unknown = true;
                    if let Some(fact) = fact {
                        self.needs(fact);
                    }
                    result.have = have;
                }
            }
        }
        if let Some((at_least, have, short)) = best {
            result.at_least = Some(at_least);
            result.have = have;
            result.short = short;
            result.met = if short == Hours::ZERO {
                Some(true)
            } else if unknown {
                None
            } else {
                Some(false)
            };
        }
    }

    /// Asks a requirement of each year inside its window, or of each value of a fact.
    fn measure_parts(&self, requirement: &Requirement, whole: Bounds, order: &[usize], ledger: &Ledger, result: &mut RequirementResult) {
        let spans = match requirement.each {
            Some(each) => self.instances(each, whole),
            None => vec![whole],
        };
        let groups = self.part_groups(requirement, whole, order, ledger);
        // The part that is shown: the largest gap, then the most asked, then the least done.
        let mut worst: Option<(Hours, Hours, std::cmp::Reverse<Hours>)> = None;
        let (mut short, mut known) = (Hours::ZERO, true);
        for bounds in &spans {
            let scope = if requirement.each.is_some() { Some(self.in_window(*bounds)) } else { None };
            for group in &groups {
                let mut one = self.blank(requirement);
                match &scope {
                    Some(scope) => {
                        scope.copy_recognised(order, ledger);
                        scope.measure_ways(requirement, *bounds, Some(group), order, ledger, &mut one);
                        scope.missing.borrow().iter().for_each(|fact| self.needs(*fact));
                    }
                    None => self.measure_ways(requirement, *bounds, Some(group), order, ledger, &mut one),
                }
                let Some(at_least) = one.at_least else {
                    known = false;
                    continue;
                };
                known &= one.met.is_some();
                short = short.plus(one.short);
                worst = worst.max(Some((one.short, at_least, std::cmp::Reverse(one.have))));
                let mut names = group.names.clone();
                if requirement.each.is_some() {
                    names.insert(0, bounds.number.to_string());
                }
                result.parts.push(Part { of: names.join(" · "), at_least, have: one.have, short: one.short });
            }
        }
        result.at_least = worst.map(|(_, asked, _)| asked).or(if groups.is_empty() || spans.is_empty() { Some(Hours::ZERO) } else { None });
        result.have = worst.map_or(Hours::ZERO, |(.., have)| have.0);
        result.short = short;
        result.met = if short > Hours::ZERO {
            Some(false)
        } else if known {
            Some(true)
        } else {
            None
        };
    }

    /// Gives a scope of another window the rules and buckets already found.
    fn copy_recognised(&self, order: &[usize], ledger: &Ledger) {
        for (at, found) in ledger.found.iter().enumerate() {
            if found.problem.is_none() && found.missing.is_none() {
                self.set_class(self.program.facts.rule(), order[at], found.rule.map_or(0, |rule| u8::try_from(rule + 1).unwrap_or(0)));
                self.set_class(self.program.facts.bucket(), order[at], found.bucket.map_or(0, |bucket| bucket + 1));
            }
        }
    }

    /// The instances of a window inside a longer one, up to the year asked about.
    fn instances(&self, window: usize, whole: Bounds) -> Vec<Bounds> {
        let mut all = Vec::new();
        let mut day = whole.begin;
        let last = Bounds::of_year(self.asked.year).map_or(whole.end, |year| year.end).min(whole.end);
        while day <= last {
            let Ok(Some(bounds)) = self.bounds(window, Which::Day(day)) else { break };
            all.push(bounds);
            match bounds.end.tomorrow() {
                Ok(next) => day = next,
                Err(_) => break,
            }
        }
        all
    }

    /// The values for which a requirement is asked separately: those registered for the person, else those the records show.
    fn part_groups(&self, requirement: &Requirement, whole: Bounds, order: &[usize], ledger: &Ledger) -> Vec<Group> {
        let mut groups = vec![Group { wanted: Vec::new(), names: Vec::new() }];
        for (fact, registered) in &requirement.per {
            let mut values: Vec<Value> = Vec::new();
            match registered {
                Some(person) => match self.value(*person, None) {
                    Value::Texts(texts) => values.extend(texts.iter().map(|text| Value::Text(text.clone()))),
                    Value::Codes(codes) => values.extend(codes.iter().map(|code| Value::Code(*code))),
                    Value::Empty => self.needs(*person),
                    one => values.push(one.clone()),
                },
                None => {
                    for entry in ledger.entries.iter().filter(|entry| whole.holds(entry.day)) {
                        let value = self.datum(*fact, Some(order[entry.record]));
                        if *value != Value::Empty && !values.contains(&value) {
                            values.push(value.into_owned());
                        }
                    }
                }
            }
            groups = groups.iter().flat_map(|group| values.iter().map(|value| group.with(*fact, value, self.name_of(*fact, value)))).collect();
        }
        groups
    }

    fn name_of(&self, fact: u16, value: &Value) -> String {
        match value {
            Value::Text(text) => text.to_string(),
            Value::Code(code) => {
                let column = self.program.schema.columns.get(usize::from(fact));
                column.and_then(|column| column.codes.get(usize::from(*code))).map_or_else(String::new, |code| code.title.zh.clone())
            }
            Value::Number(number) => exact::show(*number),
            _ => String::new(),
        }
    }

    fn measure_way(&self, way: &Way_, bounds: Bounds, group: Option<&Group>, order: &[usize], ledger: &Ledger) -> Measured {
        let have = self.measure(&way.what, &way.of, bounds, group, order, ledger);
        let asked = match self.asked(&way.at_least, bounds, order, ledger) {
            Amount::Exact(asked) => Ok(asked),
            Amount::Unbounded => Ok(Exact::from_integer(0)),
            Amount::Unknown(fact) | Amount::ByZero(fact) => Err(Some(fact)),
            Amount::Undefined => Err(None),
        };
        Measured { have, asked }
    }

    /// A figure of a requirement, which may measure the hours already recognised.
    fn asked(&self, figure: &Figure, bounds: Bounds, order: &[usize], ledger: &Ledger) -> Amount {
        match figure {
            Figure::Measured(inner) => Amount::Exact(self.measure(&inner.0, &inner.1, bounds, None, order, ledger)),
            Figure::Many(..) | Figure::Line { .. } | Figure::Table { .. } | Figure::Difference(_) | Figure::Ratio(_) => self.figure(&self.settled(figure, bounds, order, ledger), At::default()),
            other => self.figure(other, At::default()),
        }
    }

    fn settled(&self, figure: &Figure, bounds: Bounds, order: &[usize], ledger: &Ledger) -> Figure {
        match figure {
            Figure::Measured(_) => match self.asked(figure, bounds, order, ledger) {
                Amount::Exact(number) => Figure::Exact(number),
                _ => figure.clone(),
            },
            Figure::Many(Arith::First, _) => figure.clone(),
            Figure::Line { of, pieces } => {
                let pieces = pieces.iter().map(|(over, each)| (*over, self.settled(each, bounds, order, ledger))).collect();
                Figure::Line { of: Box::new(self.settled(of, bounds, order, ledger)), pieces }
            }
            Figure::Table { rows, otherwise, at } => {
                let rows = rows.iter().map(|(region, figure)| (region.clone(), self.settled(figure, bounds, order, ledger))).collect();
                let otherwise = otherwise.as_ref().map(|figure| Box::new(self.settled(figure, bounds, order, ledger)));
                Figure::Table { rows, otherwise, at: at.clone() }
            }
            Figure::Many(arith, items) => Figure::Many(*arith, items.iter().map(|item| self.settled(item, bounds, order, ledger)).collect()),
            Figure::Difference(pair) => Figure::Difference(Box::new((self.settled(&pair.0, bounds, order, ledger), self.settled(&pair.1, bounds, order, ledger)))),
            Figure::Ratio(pair) => Figure::Ratio(Box::new((self.settled(&pair.0, bounds, order, ledger), self.settled(&pair.1, bounds, order, ledger)))),
            other => other.clone(),
        }
    }

    fn measure(&self, what: &Measure, of: &Where, bounds: Bounds, group: Option<&Group>, order: &[usize], ledger: &Ledger) -> Exact {
        let mine = |entry: &&Entry| {
            let record = order[entry.record];
            bounds.holds(entry.day) && group.is_none_or(|group| group.wanted.iter().all(|(fact, value)| *self.datum(*fact, Some(record)) == *value)) && self.belongs(of, record, entry.bucket)
        };
        if *what == Measure::Sum {
            return ledger.entries.iter().filter(mine).fold(Hours::ZERO, |sum, entry| sum.plus(entry.hours)).exact();
        }
        let entries: Vec<&Entry> = ledger.entries.iter().filter(mine).collect();
        let mut records: Vec<usize> = entries.iter().map(|entry| entry.record).collect();
        records.sort_unstable();
        records.dedup();
        let whole = |number: usize| Exact::from_integer(i64::try_from(number).unwrap_or(i64::MAX));
        let sum = |of: &dyn Fn(&Entry) -> bool| entries.iter().filter(|entry| of(entry)).fold(Hours::ZERO, |sum, entry| sum.plus(entry.hours));
        match what {
            Measure::Sum => sum(&|_| true).exact(),
            Measure::Largest => records.iter().map(|record| sum(&|entry| entry.record == *record)).max().unwrap_or(Hours::ZERO).exact(),
            Measure::Records => whole(records.len()),
            Measure::Distinct(fact) => {
                let mut values: Vec<Value> = Vec::new();
                for value in records.iter().flat_map(|record| each_value(self.datum(*fact, Some(order[*record])).into_owned())) {
                    if !values.contains(&value) {
                        values.push(value);
                    }
                }
                whole(values.len())
            }
            Measure::SumOf(figure) => records.iter().fold(Exact::from_integer(0), |sum, record| exact::add(sum, self.measured_of(figure, order[*record])).unwrap_or(sum)),
        }
    }
}

/// Values of record facts that single out a part.
struct Group {
    wanted: Vec<(u16, Value)>,
    names: Vec<String>,
}

impl Group {
    fn with(&self, fact: u16, value: &Value, name: String) -> Self {
        let mut next = Self { wanted: self.wanted.clone(), names: self.names.clone() };
        next.wanted.push((fact, value.clone()));
        next.names.push(name);
        next
    }
}

/// Of several results of one name in one policy the first keeps it; the others are called by their own ids, and by them for people where a
/// title is the same. What two layers ask of the same thing keeps the same name.
fn tell_apart(results: &mut [RequirementResult]) {
    for at in 1..results.len() {
        let (before, rest) = results.split_at_mut(at);
        let Some(result) = rest.first_mut() else { continue };
        for other in before {
            if other.item.policy != result.item.policy {
                continue;
            }
            if other.subject == result.subject {
                // One whose id is the name keeps it.
                let renamed = if *result.item.id == *result.subject { &mut *other } else { &mut *result };
                renamed.subject = Arc::clone(&renamed.item.id);
            }
            if other.subject_title == result.subject_title {
                result.subject_title = Arc::new(Text::same(&*result.item.id));
            }
        }
    }
}

/// Whether two requirements ask the same thing, so that the higher prevails.
pub(crate) fn same_thing(a: &Requirement, b: &Requirement) -> bool {
    let same_way = || a.ways.iter().zip(&b.ways).all(|(a, b)| a.what == b.what && a.of == b.of);
    a.ways.len() == 1
        && b.ways.len() == 1
        && a.duty == b.duty
        && a.window == b.window
        && a.each == b.each
        && a.per == b.per
        && a.unit == b.unit
        && a.binding == b.binding
        && a.only_for == b.only_for
        && a.item.policy != b.item.policy
        && same_way()
}

/// The values that a record states of a fact: several where the fact holds several.
fn each_value(value: Value) -> Vec<Value> {
    match value {
        Value::Empty => Vec::new(),
        Value::Codes(codes) => codes.iter().map(|code| Value::Code(*code)).collect(),
        Value::Texts(texts) => texts.iter().map(|text| Value::Text(text.clone())).collect(),
        one => vec![one],
    }
}

fn way_title(what: &Measure) -> Text {
    match what {
        Measure::Sum => Text::new("学时", "hours"),
        Measure::Largest => Text::new("单次学时", "hours at one time"),
        Measure::Records => Text::new("件数", "records"),
        Measure::Distinct(_) => Text::new("不同项数", "distinct items"),
        Measure::SumOf(_) => Text::new("合计", "sum"),
    }
}
