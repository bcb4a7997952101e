//! Registration cards: the forms that regulations show, filled in from what stands in the ledger.

use super::{Printing, Unprinted, all, day, incomplete, masked, press, proof, said, shanghai, worded};
use crate::failure::Failure;
use serde_json::Value as Json;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use xueshi_documents::{Block, Filled, Form, Given, Hours, Issue, Part, Value};
use xueshi_policy::Stack;
use xueshi_registry::documents::Prepared;

/// The card of a person as PDF, with what proves it inside. `stacks` are the policies of its place, for the names of codes.
///
/// # Errors
/// If a character can not be printed, or the entry is not that of a card.
pub(crate) fn card(prepared: &Prepared, (form, stacks): (&Form, &[Arc<Stack>]), with: Printing<'_>) -> Result<Vec<u8>, Unprinted> {
    let receipt = super::credential(prepared)?;
    let issue = Issue { at: shanghai(with.at), specimen: with.specimen, attachment: Some(&receipt) };
    Ok(press()?.form(form, &filled(prepared, (form, stacks), with)?, &issue)?)
}

fn filled(prepared: &Prepared, (form, stacks): (&Form, &[Arc<Stack>]), with: Printing<'_>) -> Result<Filled, Failure> {
    let body = &prepared.body;
    let mut values: BTreeMap<String, Value> = ["name", "identity", "employer"].iter().map(|key| ((*key).to_owned(), Value::Text(masked(&body[*key])))).collect();
    values.insert("title".to_owned(), Value::Text(prepared.person.post.clone()));
    let places: BTreeSet<&str> = form.keys().collect();
    values.retain(|key, _| places.contains(key.as_str()));
    let columns = columns(form);
    let years = body["years"].as_array().ok_or_else(|| incomplete("years"))?;
    let blocks = years.iter().filter(|year| all(&year["records"]).next().is_some()).map(|year| block(year, &columns, stacks)).collect::<Result<_, _>>()?;
    Ok(Filled { values, blocks, proof: Some(proof(prepared, with)?), ..Filled::default() })
}

/// The keys of the columns of records.
fn columns(form: &Form) -> BTreeSet<&str> {
    let columns = form.parts.iter().filter_map(|part| if let Part::Records { columns, .. } = part { Some(columns) } else { None });
    columns.flatten().map(|field| field.key.as_str()).collect()
}

/// The records of a year; closed by the opinion of the verification where there was one.
fn block(year: &Json, columns: &BTreeSet<&str>, stacks: &[Arc<Stack>]) -> Result<Block, Failure> {
    let number = year["year"].as_i64().ok_or_else(|| incomplete("year"))?;
    let rows = all(&year["records"]).map(|record| {
        let result = &year["result"];
        let counted = all(&result["records"]).find(|one| one["record"] == record["record"]).unwrap_or(&Json::Null);
        let subject = result["hours"][said(&counted["subject"])]["title"]["zh"].clone();
        let fact = |name: &str| record["facts"][name].as_str().map(|value| worded(stacks, name, value)).unwrap_or_default();
        let mut row = BTreeMap::from([
            ("way".to_owned(), Value::Text(fact("activity"))),
            ("kind".to_owned(), Value::Text(said(&subject))),
            ("content".to_owned(), Value::Text(said(&record["title"]))),
            ("hours".to_owned(), Value::Hours(Hours(counted["hours"].as_i64().unwrap_or_default()))),
            ("result".to_owned(), Value::Text(fact("result"))),
            ("number".to_owned(), Value::Text(fact("certificate"))),
        ]);
        match (day(&record["facts"]["start"], "start"), day(&record["facts"]["end"], "end")) {
            (Ok(start), Ok(end)) if start != end => row.insert("time".to_owned(), Value::Text(format!("{start}至{end}"))),
            (Ok(only), Err(_)) | (_, Ok(only)) => row.insert("time".to_owned(), Value::Day(only)),
            (Err(_), Err(_)) => None,
        };
        row.retain(|key, _| columns.contains(key.as_str()));
        row
    });
    let verified = &year["verified"];
    let opinion = verified["at"].as_i64().map(|at| Given { text: said(&verified["opinion"]), by: said(&verified["by"]), on: Some(shanghai(at).date()), ..Given::default() });
    Ok(Block { title: format!("{number} 年度"), rows: rows.collect(), opinion })
}
