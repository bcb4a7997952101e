//! What a file declares and nothing uses, in any stack that holds it and under no alternative of a reading.

use super::at_item;
use crate::diagnostic::{Code, Diagnostic};
use crate::library::{COMMON, Library, PolicyFile};
use crate::program::{Choice, Usage, compile};
use crate::schema::Schema;
use crate::syntax::ast::{Policy, Word};
use crate::text::Text;
use std::sync::Arc;

/// Reports what is declared and not used. `used`: what the file's own stacks use.
pub(crate) fn check(library: &Library, file: &PolicyFile, mut used: Usage, out: &mut Vec<Diagnostic>) {
    if file.id() == COMMON || spare(file, &used).is_empty() {
        return;
    }
    for other in library.files() {
        elsewhere(library, file, other, &mut used);
        for (at, reading) in other.ast.readings.iter().enumerate() {
            for n in 0..reading.is.alternatives.len() {
                let Some(changed) = other.with_alternative(at, n, &mut Vec::new()) else { continue };
                let mut changed_library = library.clone();
                changed_library.add(changed.clone());
                elsewhere(&changed_library, file, &changed, &mut used);
            }
        }
    }
    for (kind, id) in spare(file, &used) {
        let is = &id.is;
        out.push(at_item(Code::Unused, &file.ast, &id.at, crate::text!("[{kind}.{is}] 声明了而没有用到", "[{kind}.{is}] is declared and not used"), Text::new("用它，或删去", "use it, or delete it")));
    }
}

/// The items that nothing uses.
fn spare<'a>(file: &'a PolicyFile, used: &Usage) -> Vec<(&'static str, &'a Word)> {
    let policy = &*file.ast;
    let mut all: Vec<(&'static str, &Word)> = Vec::new();
    macro_rules! from {
        ($($kind:literal $items:ident),*) => { $(all.extend(policy.$items.iter().map(|item| ($kind, &item.id)));)* };
    }
    from!("value" values, "list" lists, "set" sets, "paper" papers, "actor" actors, "unit" units, "bucket" buckets, "window" windows, "problem" problems);
    all.extend(policy.readings.iter().filter(|reading| reading.is.value.is_some()).map(|reading| ("reading", &reading.id)));
    all.retain(|(kind, id)| !used.items.contains(&(*kind, file.id().to_owned(), id.is.clone())));
    let facts = policy.facts.iter().filter(|fact| fact.is.kind.is_some() && !used.facts.contains(&fact.id.is));
    all.extend(facts.map(|fact| ("fact", &fact.id)));
    all
}

/// Adds what is used where a file lies in one stack with another.
fn elsewhere(library: &Library, file: &PolicyFile, other: &PolicyFile, used: &mut Usage) {
    let nearer = if file.place().len() > other.place().len() { file } else { other };
    for year in super::years(library, other) {
        let stacks = library.select(&super::region(nearer), file.sector().or(other.sector()), year);
        let holds = |stack: &[PolicyFile], id: &str| stack.iter().any(|member| member.id() == id);
        for stack in stacks.iter().filter(|stack| holds(stack, file.id()) && holds(stack, other.id())) {
            let asts: Vec<&Policy> = stack.iter().map(|file| &*file.ast).collect();
            let hashes: Vec<Arc<str>> = stack.iter().map(|file| Arc::clone(&file.hash)).collect();
            let choice = Choice { year, active: vec![true; stack.len()] };
            used.extend(compile(&asts, &hashes, &Arc::new(Schema::of(&asts)), &choice).1);
        }
    }
}
