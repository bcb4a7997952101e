//! What is granted to a person year by year: exemptions with the grounds they may be asked on, reasons that lift a consequence; and what the
//! texts say of some other part of the product.

use crate::engine::Stack;
use crate::library::PolicyFile;
use crate::program::{ItemInfo, ItemRef, dropped_by};
use crate::syntax::ast::{self, FactType, Item, Policy, Where};
use crate::text::Text;
use std::sync::Arc;

/// A ground on which an exemption (免学) may be asked: the list of a text is closed.
#[derive(Clone, Debug)]
pub struct Ground {
    /// The exemption, with its clauses.
    pub item: ItemRef,
    /// Its id.
    pub id: String,
    /// What it is.
    pub title: Text,
    /// Who approves, as the text says it; empty where it names nobody.
    pub approver: Text,
    /// Who approves for those who have returned, as the text says it; empty where it names nobody.
    pub returned: Text,
}

/// A ground as it holds in a stack.
#[derive(Clone, Debug)]
pub struct Exempting {
    /// The ground.
    pub ground: Ground,
    /// The column of persons that holds the years granted.
    pub years: String,
}

/// A consequence of a year that is short, which an accepted reason (正当理由) lifts.
#[derive(Clone, Debug)]
pub struct Excusing {
    /// The gate, with its clauses.
    pub item: ItemRef,
    /// The column of persons that holds the years whose reason was accepted.
    pub years: String,
    /// What follows where no reason was accepted.
    pub message: Text,
}

/// A clause that a part of the product carries out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clause {
    /// The policy's id.
    pub policy: String,
    /// The clause.
    pub clause: String,
    /// What it says.
    pub gist: Text,
}

impl PolicyFile {
    /// Every ground that the file lists.
    pub fn grounds(&self) -> Vec<Ground> {
        self.ast.exemptions.iter().flat_map(|item| item.is.grounds.iter().map(|ground| ground_of(&self.ast, item, ground))).collect()
    }
}

impl Stack {
    /// The grounds on which an exemption may be asked here, those of exemptions that a nearer policy dropped left out. Empty where the texts list none.
    pub fn exemptings(&self) -> Vec<Exempting> {
        let mut all = Vec::new();
        for policy in self.files().iter().map(|file| &*file.ast) {
            for item in policy.exemptions.iter().filter(|item| !self.drops(policy, "exemption", &item.id.is)) {
                let Some(years) = self.years_in(&item.is.persons) else { continue };
                all.extend(item.is.grounds.iter().map(|ground| Exempting { ground: ground_of(policy, item, ground), years: years.clone() }));
            }
        }
        all
    }

    /// What follows from a short year unless a reason was accepted. Empty where no text speaks of reasons.
    pub fn excusings(&self) -> Vec<Excusing> {
        let mut all = Vec::new();
        for policy in self.files().iter().map(|file| &*file.ast) {
            for item in policy.gates.iter().filter(|item| !self.drops(policy, "gate", &item.id.is)) {
                if let Some(years) = item.is.unless.as_ref().and_then(|unless| self.years_in(unless)) {
                    all.push(Excusing { item: item_of(policy, "gate", item), years, message: item.is.message.clone() });
                }
            }
        }
        all
    }

    /// The clauses of this stack that a feature carries out, the nearest policy's first.
    pub fn clauses_of(&self, feature: &str) -> Vec<Clause> {
        let mut all = Vec::new();
        for policy in self.files().iter().rev().map(|file| &*file.ast) {
            let carried = |item: &&Item<ast::Clause>| item.is.became.iter().any(|word| word.is.split_once(':').is_some_and(|(_, carries)| carries == feature));
            all.extend(policy.clauses.iter().filter(carried).map(|item| Clause { policy: policy.head.id.is.clone(), clause: item.id.is.clone(), gist: item.is.gist.clone() }));
        }
        all
    }

    fn drops(&self, policy: &Policy, kind: &str, id: &str) -> bool {
        self.files().iter().flat_map(|file| dropped_by(&file.ast)).any(|(of, dropped, name)| of == policy.head.id.is && dropped == kind && name == id)
    }

    /// The column of years that a condition on persons asks for.
    fn years_in(&self, persons: &Where) -> Option<String> {
        let is_years = |name: &&str| self.schema().find(name).and_then(|at| self.schema().columns.get(at)).is_some_and(|column| column.kind == FactType::Years);
        persons.any.iter().flatten().map(|condition| condition.fact.is.as_str()).find(is_years).map(str::to_owned)
    }
}

fn ground_of(policy: &Policy, item: &Item<ast::Exemption>, ground: &ast::Ground) -> Ground {
    let returned = if ground.returned.is_empty() { &ground.approver } else { &ground.returned };
    Ground { item: item_of(policy, "exemption", item), id: ground.id.clone(), title: ground.title.clone(), approver: ground.approver.clone(), returned: returned.clone() }
}

fn item_of<T>(policy: &Policy, kind: &'static str, item: &Item<T>) -> ItemRef {
    Arc::new(ItemInfo {
        policy: policy.head.id.is.as_str().into(),
        kind,
        id: item.id.is.as_str().into(),
        cite: item.cite.iter().map(|word| Arc::from(word.is.as_str())).collect(),
        title: item.title.clone(),
    })
}
