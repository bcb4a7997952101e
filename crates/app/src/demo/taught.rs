//! What providers delivered: registered, waiting for review, refused, and about somebody whom nobody knows.

use super::settle::Settled;
use crate::failure::Failure;
use jiff::civil::Date;
use std::sync::Arc;
use xueshi_registry::{Completion, Delivery, NewEntry, Registry};

/// Delivers what each town's provider taught in the year of `today`; the authority of the first town keeps its provider in the register.
pub(super) fn deliver(registry: &Arc<Registry>, towns: &[Settled], today: Date) -> Result<(), Failure> {
    let year = today.year();
    for (at, town) in towns.iter().enumerate() {
        let (Some(provider), Some(authority)) = (&town.provider, &town.authority) else { continue };
        if town.taught.is_empty() {
            continue;
        }
        if at == 0 {
            let name = provider.held.name.clone().unwrap_or_default();
            let new = NewEntry { register: "provider".to_owned(), name, basis: "演示文件第1号".to_owned(), from: format!("{year}-01-01"), ..NewEntry::default() };
            registry.add_register_entry(authority, &new)?;
        }
        let completions = town.taught.iter().enumerate().map(|(number, taught)| completion(number, taught, town.taught.len(), year)).collect();
        registry.deliver(provider, Delivery { reference: format!("{year}-1"), sent_at: None, completions })?;
    }
    Ok(())
}

fn completion(number: usize, (name, identity_number): &(String, String), all: usize, year: i16) -> Completion {
    // The last two show what goes wrong: a name that differs, an examination that was failed.
    let name = if number + 2 == all { format!("{name}某") } else { name.clone() };
    let result = if number + 1 == all { "fail" } else { "pass" };
    let (quantity, start, end) = ("16".to_owned(), format!("{year}-05-11"), format!("{year}-05-12"));
    let facts =
        [("activity", "class"), ("subject", "specialised"), ("unit", "hours"), ("result", result), ("evidence", "completion-certificate"), ("quantity", &quantity), ("start", &start), ("end", &end)];
    Completion {
        own_id: format!("{year}-1-{:03}", number + 1),
        identity_number: identity_number.clone(),
        name,
        title: "急诊急救适宜技术培训班".to_owned(),
        facts: facts.into_iter().map(|(column, value)| (column.to_owned(), value.to_owned())).collect(),
    }
}
