//! Unknown facts of a person: what would come out under each value they can have.

use super::{Assessment, Missing, Status, World};
use crate::schema::Schema;
use crate::syntax::ast::FactType;
use crate::text::Text;
use crate::value::{Person, Value};

/// Above so many combinations the outcomes are not listed.
const MOST_WORLDS: usize = 64;

/// Every combination of values of the missing facts of a person; nothing where one of them can not be listed or there are too many.
pub(crate) fn worlds(schema: &Schema, person: &Person, missing: &[Missing]) -> Vec<(Vec<(String, Text)>, Person)> {
    let mut all = vec![(Vec::new(), person.clone())];
    for fact in missing.iter().filter(|fact| fact.of_person) {
        let Some(column) = schema.find(&fact.column).and_then(|at| schema.columns.get(at)) else { return Vec::new() };
        let values: Vec<(Value, Text)> = match column.kind {
            FactType::Code => (0_u16..).zip(&column.codes).map(|(n, code)| (Value::Code(n), code.title.clone())).collect(),
            FactType::YesNo => vec![(Value::YesNo(true), Text::new("是", "yes")), (Value::YesNo(false), Text::new("否", "no"))],
            _ => return Vec::new(),
        };
        if all.len() * values.len() > MOST_WORLDS {
            return Vec::new();
        }
        all = all
            .iter()
            .flat_map(|(assuming, person)| {
                values.iter().map(move |(value, title)| {
                    let mut person = person.clone();
                    if let Some(slot) = person.values.get_mut(column.slot) {
                        *slot = value.clone();
                    }
                    let mut assuming = assuming.clone();
                    assuming.push((column.id.clone(), title.clone()));
                    (assuming, person)
                })
            })
            .collect();
    }
    all
}

/// Adds the outcomes to a result and settles its status where all agree.
pub(crate) fn settle(result: &mut Assessment, outcomes: Vec<(Vec<(String, Text)>, Assessment)>) {
    let Some((_, first)) = outcomes.first() else { return };
    let agree = outcomes.iter().all(|(_, other)| other.status == first.status);
    let same = outcomes.iter().all(|(_, other)| other.requirements == first.requirements && other.hours == first.hours);
    if result.status == Status::Undetermined && agree {
        result.status = first.status;
        if same {
            result.requirements.clone_from(&first.requirements);
            result.hours.clone_from(&first.hours);
            result.total = first.total;
            result.missing.retain(|fact| !fact.of_person);
            return;
        }
    }
    result.outcomes = outcomes
        .into_iter()
        .map(|(assuming, other)| World { assuming, status: other.status, requirements: other.requirements.iter().map(|r| (r.subject.clone(), r.at_least, r.short)).collect() })
        .collect();
}
