//! Registration cards: the forms that regulations show, filled in from what stands in the ledger.

use super::{Printing, all, day, failed, incomplete, masked, press, proof, said, shanghai};
use crate::failure::Failure;
use serde_json::Value as Json;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;
use xueshi_documents::{Block, Field, Filled, Form, Given, Hours, Issue, Part, Value};
use xueshi_registry::documents::Prepared;

/// Name and text of every form in the binary.
const EMBEDDED: &[(&str, &str)] = &include!(concat!(env!("OUT_DIR"), "/forms.rs"));

/// Every form, read once; a file that is none is left out here and fails the tests.
static FORMS: LazyLock<Vec<Form>> = LazyLock::new(|| EMBEDDED.iter().filter_map(|(name, text)| Form::parse(name, text).ok()).collect());

/// The card that one of these policies shows: a form with rows of records.
pub(crate) fn form_of<'p>(policies: impl IntoIterator<Item = &'p str>) -> Option<&'static Form> {
    let is_card = |form: &&Form| form.parts.iter().any(|part| matches!(part, Part::Records { .. }));
    policies.into_iter().find_map(|policy| FORMS.iter().filter(is_card).find(|form| form.policy == policy))
}

/// The card of a person as PDF, with what proves it inside.
///
/// # Errors
/// If a character can not be printed, or the entry is not that of a card.
pub(crate) fn card(prepared: &Prepared, form: &Form, with: Printing<'_>) -> Result<Vec<u8>, Failure> {
    let receipt = super::credential(prepared)?;
    let issue = Issue { at: shanghai(with.at), specimen: with.specimen, attachment: Some(&receipt) };
    press()?.form(form, &filled(prepared, form, with)?, &issue).map_err(failed)
}

fn filled(prepared: &Prepared, form: &Form, with: Printing<'_>) -> Result<Filled, Failure> {
    let body = &prepared.body;
    let mut values: BTreeMap<String, Value> = ["name", "identity", "employer"].iter().map(|key| ((*key).to_owned(), Value::Text(masked(&body[*key])))).collect();
    values.insert("title".to_owned(), Value::Text(prepared.person.post.clone()));
    let places = places(form);
    values.retain(|key, _| places.contains(key.as_str()));
    let columns = columns(form);
    let years = body["years"].as_array().ok_or_else(|| incomplete("years"))?;
    let blocks = years.iter().filter(|year| all(&year["records"]).next().is_some()).map(|year| block(year, &columns)).collect::<Result<_, _>>()?;
    Ok(Filled { values, blocks, proof: Some(proof(prepared, with)?), ..Filled::default() })
}

/// The keys of heads and grids.
fn places(form: &Form) -> BTreeSet<&str> {
    let fields = form.parts.iter().flat_map(|part| match part {
        Part::Head { fields } => fields.iter().collect::<Vec<&Field>>(),
        Part::Grid { rows, .. } => rows.iter().flatten().collect(),
        Part::Records { .. } | Part::Opinion(_) => Vec::new(),
    });
    fields.map(|field| field.key.as_str()).collect()
}

/// The keys of the columns of records.
fn columns(form: &Form) -> BTreeSet<&str> {
    let columns = form.parts.iter().filter_map(|part| if let Part::Records { columns, .. } = part { Some(columns) } else { None });
    columns.flatten().map(|field| field.key.as_str()).collect()
}

/// The records of a year; closed by the opinion of the verification where there was one.
fn block(year: &Json, columns: &BTreeSet<&str>) -> Result<Block, Failure> {
    let number = year["year"].as_i64().ok_or_else(|| incomplete("year"))?;
    let rows = all(&year["records"]).map(|record| {
        let result = &year["result"];
        let counted = all(&result["records"]).find(|one| one["record"] == record["record"]).unwrap_or(&Json::Null);
        let subject = result["hours"][said(&counted["subject"])]["title"]["zh"].clone();
        let mut row = BTreeMap::from([
            ("kind".to_owned(), Value::Text(said(&subject))),
            ("content".to_owned(), Value::Text(said(&record["title"]))),
            ("hours".to_owned(), Value::Hours(Hours(counted["hours"].as_i64().unwrap_or_default()))),
            ("result".to_owned(), Value::Text(if record["facts"]["result"] == "pass" { "合格".to_owned() } else { String::new() })),
        ]);
        if let Ok(end) = day(&record["facts"]["end"], "end") {
            row.insert("time".to_owned(), Value::Day(end));
        }
        row.retain(|key, _| columns.contains(key.as_str()));
        row
    });
    let verified = &year["verified"];
    let opinion = verified["at"].as_i64().map(|at| Given { text: said(&verified["opinion"]), by: said(&verified["by"]), on: Some(shanghai(at).date()), ..Given::default() });
    Ok(Block { title: format!("{number} 年度"), rows: rows.collect(), opinion })
}

#[cfg(test)]
mod tests {
    use super::{EMBEDDED, form_of};
    use xueshi_documents::Form;

    #[test]
    fn every_form_in_the_binary_is_one_and_cards_are_found_by_their_policy() {
        for (name, text) in EMBEDDED {
            assert!(Form::parse(name, text).is_ok(), "{name}");
        }
        assert!(form_of(["common", "cn-50-2022-321"]).is_some_and(|form| form.policy == "cn-50-2022-321"));
        assert!(form_of(["cn-65-city-2022"]).is_none(), "its forms are no cards");
    }
}
