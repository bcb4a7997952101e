//! The forms in the binary, and which of them is printed.

use std::sync::{Arc, LazyLock};
use xueshi_documents::{Form, Prints};
use xueshi_policy::{Engine, Lang, Stack};

/// Name and text of every form in the binary.
const EMBEDDED: &[(&str, &str)] = &include!(concat!(env!("OUT_DIR"), "/forms.rs"));

/// Every form, read once; a file that is none is left out here and fails the tests.
static FORMS: LazyLock<Vec<Form>> = LazyLock::new(|| EMBEDDED.iter().filter_map(|(name, text)| Form::parse(name, text).ok()).collect());

/// The policy of a layout that belongs to none.
const ANY: &str = "*";

/// The form that the first of these policies to show one has for something.
pub(crate) fn form_of<'p>(prints: Prints, policies: impl IntoIterator<Item = &'p str>) -> Option<&'static Form> {
    policies.into_iter().find_map(|policy| FORMS.iter().find(|form| form.prints == prints && form.policy == policy))
}

/// The card on which what is registered under these policies stands: that of the nearest one, which may have replaced those below.
pub(crate) fn card_form(stacks: &[Arc<Stack>]) -> Option<&'static Form> {
    form_of(Prints::Card, stacks.iter().flat_map(|stack| stack.files().iter().rev()).map(|file| file.id()))
}

/// The form on which an exemption is asked for under a policy: its own, else the plain layout, which names the regulation and the clauses
/// that list the ground and says that they show none.
pub(crate) fn exemption_form(engine: &Engine, policy: &str, cite: &[String]) -> Option<Form> {
    if let Some(own) = form_of(Prints::Exemption, [policy]) {
        return Some(own.clone());
    }
    let mut plain = form_of(Prints::Exemption, [ANY])?.clone();
    engine.library().get(policy).map_or(policy, |file| file.cited_as(Lang::Zh)).clone_into(&mut plain.regulation);
    plain.cite = cite.join("、");
    Some(plain)
}

#[cfg(test)]
mod tests {
    use super::{EMBEDDED, card_form, exemption_form, form_of};
    use xueshi_documents::{Form, Prints, Shown};
    use xueshi_policy::Engine;

    #[test]
    fn every_form_in_the_binary_is_one_and_is_found_by_its_policy() {
        for (name, text) in EMBEDDED {
            assert!(Form::parse(name, text).is_ok(), "{name}");
        }
        assert!(form_of(Prints::Card, ["common", "cn-50-2022-321"]).is_some_and(|form| form.policy == "cn-50-2022-321"));
        assert!(form_of(Prints::Card, ["cn-65-city-2022"]).is_none(), "its forms are no cards");
        let engine = Engine::new(crate::policies::library(None).unwrap_or_default());
        let card = |place: &str, year| card_form(&engine.stacks(place, None, year).unwrap_or_default()).map(|form| form.id.as_str());
        assert_eq!(["500101", "510100", "650200"].map(|place| card(place, 2025)), [Some("cn-50-2022-321-card"), Some("cn-51-2016-20-card"), None]);
        assert_eq!(card("500101", 2015), Some("cn-50-2006-17-card"), "what was replaced later");
        assert!(form_of(Prints::Exemption, ["cn-65-city-2022"]).is_some_and(|form| form.id == "cn-65-city-2022-exemption"));
    }

    #[test]
    fn where_a_regulation_shows_no_form_the_plain_one_names_its_clauses() {
        let engine = Engine::new(crate::policies::library(None).unwrap_or_default());
        let cite = ["第九条".to_owned(), "第十条".to_owned()];
        let plain = exemption_form(&engine, "cn-50-2006-17", &cite).map(|form| (form.shown, form.regulation, form.cite));
        assert_eq!(plain, Some((Shown::Nothing, "渝府发〔2006〕17号".to_owned(), "第九条、第十条".to_owned())));
        assert!(exemption_form(&engine, "cn-65-city-2022", &cite).is_some_and(|form| form.shown == Shown::Whole && form.cite == "附件2"));
    }
}
