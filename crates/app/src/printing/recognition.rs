//! The form on which the hours of one activity are recognised (学时认定), where the regulation shows one: filled with what was declared and
//! decided. The figures of a whole year are the office's to write: the text does not say of what they are reckoned.

use super::{person, worded};
use jiff::civil::Date;
use std::collections::BTreeMap;
use xueshi_documents::{Filled, Form, Given, Hours, Part, Value};
use xueshi_policy::Stack;
use xueshi_registry::time::day_of;
use xueshi_registry::{CaseShown, OnForm, Role, StepTaken};

/// What fills the form of a declaration. `stacks` are the policies of its place and year.
pub(crate) fn recognition(stacks: &[std::sync::Arc<Stack>], (shown, on): (&CaseShown, &OnForm), form: &Form) -> Filled {
    let mut known: BTreeMap<&str, Value> = person(on).into_iter().map(|(key, text)| (key, Value::Text(text))).collect();
    if let Some(record) = &shown.record {
        let fact = |name: &str| record.facts.get(name).map(|value| worded(stacks, name, value)).unwrap_or_default();
        known.insert("organiser", Value::Text(fact("provider")));
        let day = |name: &str| record.facts.get(name).and_then(|day| day.parse::<Date>().ok()).map(super::said_day);
        let days = match (day("start"), day("end")) {
            (Some(from), Some(to)) if from != to => format!("{from}至{to}，"),
            (from, to) => to.or(from).map(|day| format!("{day}，")).unwrap_or_default(),
        };
        known.insert("study", Value::Text(format!("{days}{}：{}（{}{}）", fact("activity"), record.title, fact("quantity"), fact("unit"))));
    }
    // Hours are stated once they are decided: before, the form leaves them to who checks it.
    if let Some(hours) = hours(shown) {
        known.insert("hours", Value::Hours(hours));
    }
    let values = form.keys().filter_map(|key| Some((key.to_owned(), known.get(key)?.clone()))).collect();
    let opinions = form.parts.iter().filter_map(|part| if let Part::Opinion(opinion) = part { Some(opinion) } else { None });
    let opinions = opinions.filter_map(|opinion| Some((opinion.key.clone(), given(shown, on, &opinion.key)?))).collect();
    Filled { values, opinions, remark: remark(shown), ..Filled::default() }
}

/// Hours of an accepted record, as they count in its year.
fn hours(shown: &CaseShown) -> Option<Hours> {
    let trial = shown.trial.as_ref().filter(|_| shown.state == "accepted")?;
    let all = trial.after.iter().flat_map(|result| &result.records);
    all.filter(|record| record.record == trial.record && record.problem.is_none() && record.missing.is_none()).map(|record| Hours(record.hours.0)).max()
}

/// The last opinion of the employer's side or of an office's, by the place it has on the form.
fn given(shown: &CaseShown, on: &OnForm, key: &str) -> Option<Given> {
    let employers = [Role::EmployerOfficer, Role::AgencyOfficer].map(Role::word);
    let here = |step: &&StepTaken| match key {
        "employer-opinion" => employers.contains(&step.role.as_str()),
        "authority-opinion" => step.role == Role::AuthorityOfficer.word(),
        _ => false,
    };
    let step = shown.way.iter().rev().filter(|step| ["accept", "return", "reject"].contains(&step.step.as_str())).find(here)?;
    let word = shown.flow.steps.iter().find(|known| known.id == step.step).map_or("", |known| known.zh);
    let text = if step.reason.is_empty() { word.to_owned() } else { format!("{word}：{}", step.reason) };
    let who = if step.role == Role::EmployerOfficer.word() { on.employer.as_str() } else { "" };
    let by = step.entry.map_or_else(|| format!("{who}（在系统中办理）"), |entry| format!("{who}（在系统中办理，账本第 {entry} 条）"));
    Some(Given { text, by, on: Some(day_of(step.at)), ..Given::default() })
}

fn remark(shown: &CaseShown) -> String {
    let state = shown.flow.state(&shown.state).map_or(shown.state.as_str(), |state| state.zh);
    format!(
        "由系统按第 {} 号申报打印，打印时办理状态：{state}。累计学时在认定后填写，为本项活动计入的学时；审批意见中的年度、共计和还需完成由审批部门填写。空白栏为系统中没有登记的，可手写补填；身份证号按系统规则遮盖。本表没有核验码，以盖章为准。",
        shown.id
    )
}
