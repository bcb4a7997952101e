//! Who reviews: the stages that the policies in force ask for, or the installation's own where the texts are silent.

use crate::assessing::{Learner, year_of};
use crate::error::{Error, Result};
use xueshi_policy::{Decides, Engine, Text};

/// A stage of review as cases go through it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReviewStage {
    /// Its id; `by-default` where the texts are silent.
    pub id: String,
    /// What it is called.
    pub title: Text,
    /// Who may take it: kinds of organisations.
    pub holders: Vec<String>,
    /// What is looked at.
    pub checks: Vec<Text>,
    /// The policy and its clauses; nothing where the texts are silent.
    pub cite: Option<(String, Vec<String>)>,
    /// Month and day of the next year until which it is done.
    pub until: Option<String>,
}

/// The stages of verification that a place's policies ask for.
pub(crate) fn at(engine: &Engine, place: (&str, Option<&str>), year: i64) -> Result<Vec<ReviewStage>> {
    let mut all = stages(engine, place, year, &[Decides::Verification])?;
    all.iter_mut().for_each(without_provider);
    Ok(all)
}

/// The stages a declaration of a person goes through, in order. Never empty: where the texts name none, the employer decides,
/// by the installation's setting.
pub(crate) fn of_declaration(engine: &Engine, learner: &Learner, year: i64) -> Result<Vec<ReviewStage>> {
    let mut all = stages(engine, (&learner.region, learner.sector.as_deref()), year, &[Decides::Forward, Decides::Hours])?;
    all.iter_mut().for_each(without_provider);
    Ok(all)
}

/// What a provider's delivery passes by itself, and where it waits then: the last stage that is the provider's as well, where a register
/// vouches for the provider, and the first one that is not.
pub(crate) fn of_delivery(engine: &Engine, learner: &Learner, year: i64, vouched: bool) -> Result<(Option<String>, Option<ReviewStage>)> {
    let mut passed = None;
    for mut stage in stages(engine, (&learner.region, learner.sector.as_deref()), year, &[Decides::Forward, Decides::Hours])? {
        if vouched && stage.holders.iter().any(|holder| holder == PROVIDER) {
            passed = Some(stage.id);
            continue;
        }
        without_provider(&mut stage);
        return Ok((passed, Some(stage)));
    }
    Ok((passed, None))
}

/// The holder whose stage a delivery passes.
const PROVIDER: &str = "provider";

/// Who taught does not review what a person declares by himself; deliveries of providers come another way.
fn without_provider(stage: &mut ReviewStage) {
    if stage.holders.len() > 1 {
        stage.holders.retain(|holder| holder != PROVIDER);
    }
}

/// The stages a year's verification goes through.
pub(crate) fn of_verification(engine: &Engine, learner: &Learner, year: i64) -> Result<Vec<ReviewStage>> {
    at(engine, (&learner.region, learner.sector.as_deref()), year)
}

/// The stage after one; nothing after the last.
pub(crate) fn after<'s>(stages: &'s [ReviewStage], stage: Option<&str>) -> Option<&'s ReviewStage> {
    let at = stages.iter().position(|known| Some(known.id.as_str()) == stage)?;
    stages.get(at + 1)
}

fn stages(engine: &Engine, (region, sector): (&str, Option<&str>), year: i64, wanted: &[Decides]) -> Result<Vec<ReviewStage>> {
    let stacks = engine.stacks(region, sector, year_of(year)?).map_err(|found| Error::fault(format!("policies of {region} can not be compiled: {found:?}")))?;
    // The stack of the regional duty comes first; others (licences) have their own duties.
    let stages = stacks.first().map(|stack| stack.stages()).unwrap_or_default();
    let mut all: Vec<ReviewStage> = Vec::new();
    for stage in stages.into_iter().filter(|stage| wanted.contains(&stage.decides)) {
        let holders: Vec<String> = stage.by.iter().map(|(id, _)| id.to_string()).collect();
        all.push(ReviewStage {
            id: stage.item.id.to_string(),
            title: stage.item.title.clone(),
            holders,
            checks: stage.checks,
            cite: Some((stage.item.policy.to_string(), stage.item.cite.iter().map(ToString::to_string).collect())),
            until: stage.until.map(|until| until.to_string()),
        });
    }
    if all.is_empty() {
        all.push(ReviewStage {
            id: "by-default".to_owned(),
            title: Text::new("用人单位审核（规定未写明由谁审核，按本系统设置）", "review by the employer (the texts name nobody; this installation's setting)"),
            holders: vec!["employer".to_owned()],
            checks: Vec::new(),
            cite: None,
            until: None,
        });
    }
    Ok(all)
}
