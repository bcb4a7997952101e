//! Who reviews what, in which order: the stages of review that a stack of policies asks for.

use crate::engine::Stack;
use crate::program::{ItemInfo, ItemRef, dropped_by};
use crate::syntax::ast::{self, Item, Policy};
use crate::text::Text;
use std::sync::Arc;

/// What a stage of review decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decides {
    /// It checks and passes on.
    Forward,
    /// The hours of the record.
    Hours,
    /// The year as a whole.
    Verification,
}

/// One stage of review.
#[derive(Clone, Debug)]
pub struct Stage {
    /// Its id, title and clauses.
    pub item: ItemRef,
    /// Who may take it: ids of actors and what they are called. Any one of them.
    pub by: Vec<(Arc<str>, Text)>,
    /// The stage before it.
    pub after: Option<Arc<str>>,
    /// The last month and day of the next year on which it is done, where the text sets one.
    pub until: Option<Arc<str>>,
    /// What is looked at.
    pub checks: Vec<Text>,
    /// What comes of it.
    pub decides: Decides,
}

impl Stack {
    /// The stages of review of this stack in their order, those that a nearer policy dropped left out. Empty where the texts are silent.
    pub fn stages(&self) -> Vec<Stage> {
        let policies: Vec<&Policy> = self.files().iter().map(|file| &*file.ast).collect();
        let dropped: Vec<_> = policies.iter().flat_map(|policy| dropped_by(policy)).collect();
        let mut rest: Vec<Stage> = policies
            .iter()
            .flat_map(|policy| policy.stages.iter().map(move |item| (*policy, item)))
            .filter(|(policy, item)| !dropped.iter().any(|(id, kind, name)| *kind == "stage" && *id == policy.head.id.is && *name == item.id.is))
            .map(|(policy, item)| stage(&policies, policy, item))
            .collect();
        let mut ordered: Vec<Stage> = Vec::with_capacity(rest.len());
        while let Some(at) = rest.iter().position(|stage| !stage.after.as_ref().is_some_and(|after| rest.iter().any(|other| other.item.id == *after))) {
            ordered.push(rest.remove(at));
        }
        ordered.append(&mut rest);
        ordered
    }
}

fn stage(stack: &[&Policy], policy: &Policy, item: &Item<ast::Stage>) -> Stage {
    let actor = |id: &str| stack.iter().flat_map(|policy| &policy.actors).find(|actor| actor.id.is == id).map_or_else(|| Text::same(id), |actor| actor.title.clone());
    Stage {
        item: Arc::new(ItemInfo {
            policy: policy.head.id.is.as_str().into(),
            kind: "stage",
            id: item.id.is.as_str().into(),
            cite: item.cite.iter().map(|word| Arc::from(word.is.as_str())).collect(),
            title: item.title.clone(),
        }),
        by: item.is.by.iter().map(|word| (Arc::from(word.is.as_str()), actor(&word.is))).collect(),
        after: item.is.after.as_ref().map(|word| Arc::from(word.is.as_str())),
        until: item.is.until.as_ref().map(|word| Arc::from(word.is.as_str())),
        checks: item.is.checks.clone(),
        decides: match item.is.decides.as_str() {
            "hours" => Decides::Hours,
            "verification" => Decides::Verification,
            _ => Decides::Forward,
        },
    }
}
