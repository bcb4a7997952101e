//! Exemptions, reasons and records of discipline, some in each state, where the policies of a place know them.

use super::proof;
use super::settle::Settled;
use crate::failure::Failure;
use jiff::civil::Date;
use std::sync::Arc;
use xueshi_registry::grants::{NewBreach, NewExemption, ground_key};
use xueshi_registry::{Actor, Registry};

/// The first ones are left to what they declare themselves.
const FIRST: usize = 3;

/// Asks for and decides on what is granted in the year of `today` and the one before.
pub(super) fn grant(registry: &Arc<Registry>, towns: &[Settled], today: Date) -> Result<(), Failure> {
    let year = i64::from(today.year());
    for town in towns {
        let (Some(operator), Some(authority), Some(office), Some(officer)) = (&town.operator, &town.authority, &town.office, town.officers.first()) else { continue };
        // Of the first employer, whose officer is shown.
        let mut people = town.people.iter().filter(|(_, employer)| *employer == 0).skip(FIRST).map(|(actor, _)| actor).filter_map(|actor| Some((actor, actor.person?)));
        let Some((first, id)) = people.next() else { continue };
        let here = registry.grants(first, id, year)?;
        if let Some(ground) = here.grounds.get(1).map(|one| ground_key(&one.listed.ground)) {
            let name = |actor: &Actor| actor.held.name.clone().unwrap_or_default();
            registry.name_approver(operator, &town.region, &ground, false, &name(authority))?;
            registry.name_approver(operator, &town.region, &ground, true, &name(office))?;
            for (number, (actor, id)) in people.by_ref().take(5).enumerate() {
                let returned = number == 1;
                let new = NewExemption { ground: ground.clone(), returned, from: format!("{}-03-01", year - 1), to: format!("{year}-02-28"), reason: String::new() };
                let case = registry.ask_exemption(actor, id, &new, &[("选派文件.pdf".to_owned(), proof::page(&actor.login, year, 60))])?;
                let take = |by: &Actor, step: &str, reason: &str| registry.take_step(by, case, 1, step, reason);
                match number {
                    0 => take(authority, "approve", "")?,
                    1 => take(office, "approve", "")?,
                    2 => take(authority, "refuse", "选派文件与本人不符")?,
                    3 => {
                        take(authority, "approve", "")?;
                        registry.end_exemption(authority, case, 2, &format!("{}-11-30", year - 1), "任务提前结束")?;
                    }
                    _ => {}
                }
            }
        }
        if !here.consequences.is_empty() {
            for (number, (actor, id)) in people.by_ref().take(3).enumerate() {
                let case = registry.ask_reason(actor, id, year - 1, "产假，全年在岗不足三个月", &[])?;
                match number {
                    0 => registry.take_step(officer, case, 1, "approve", "属实")?,
                    1 => registry.take_step(officer, case, 1, "refuse", "与考勤不符")?,
                    _ => {}
                }
            }
        }
        for (number, (actor, id)) in people.by_ref().take(2).enumerate() {
            let new = NewBreach { kind: "breach".to_owned(), on: format!("{year}-05-12"), reason: "集中培训未请假缺课一天".to_owned() };
            let case = registry.record_breach(officer, id, &new, &[])?;
            if number == 1 {
                registry.take_step(actor, case, 1, "object", "当日有急诊任务，已向科室说明")?;
            }
        }
    }
    Ok(())
}
