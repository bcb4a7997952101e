//! Every item of a policy as the parts of its sentence, so that versions can be compared in words.

use super::{Found, Said, Voice, asts, compiled, seen};
use crate::library::{Library, PolicyFile};
use crate::syntax::ast::Item;
use crate::text::{Text, say};

/// An item in words.
pub(crate) struct Spoken {
    /// `kind.id`.
    pub(crate) item: String,
    /// Its clause and title.
    pub(crate) name: Text,
    /// The parts of its sentence, the rows of its tables among them.
    pub(crate) parts: Vec<Text>,
}

/// Everything a policy says in a year. Nothing where it does not answer for the year.
pub(crate) fn sentences(library: &Library, file: &PolicyFile, year: i16) -> Vec<Spoken> {
    let stacks = compiled(library, file, vec![year]);
    let asts = asts(&stacks);
    let voice = Voice { library, file, seen: seen(&stacks, &asts) };
    if voice.seen.is_empty() { Vec::new() } else { voice.all() }
}

impl<'a> Voice<'a> {
    fn all(&self) -> Vec<Spoken> {
        let policy = self.policy();
        let mut all = Vec::new();
        // The file's own hash always differs.
        let rows = self.head_rows().into_iter().filter(|(label, _)| label.en != "this file");
        let parts = rows.map(|(label, text)| say!("{label}：{text}", "{label}: {text}"; label, text)).collect();
        all.push(Spoken { item: "policy".to_owned(), name: policy.head.title.clone(), parts });
        self.spoken("coverage", &policy.coverages, Self::coverage, &mut all);
        self.spoken("duty", &policy.duties, Self::duty, &mut all);
        self.spoken("requirement", &policy.requirements, Self::requirement, &mut all);
        self.spoken("exemption", &policy.exemptions, Self::exemption, &mut all);
        self.spoken("rule", &policy.rules, Self::rule, &mut all);
        self.spoken("check", &policy.checks, Self::check, &mut all);
        self.spoken("limit", &policy.limits, Self::limit, &mut all);
        self.spoken("surplus", &policy.surpluses, Self::surplus, &mut all);
        self.spoken("gate", &policy.gates, Self::gate, &mut all);
        self.spoken("stage", &policy.stages, Self::stage, &mut all);
        self.spoken("warning", &policy.warnings, Self::warning, &mut all);
        self.spoken("set", &policy.sets, Self::set, &mut all);
        self.spoken("list", &policy.lists, Self::list, &mut all);
        self.spoken("fact", &policy.facts, Self::fact, &mut all);
        self.spoken("unit", &policy.units, Self::unit, &mut all);
        self.spoken("bucket", &policy.buckets, Self::bucket, &mut all);
        self.spoken("window", &policy.windows, Self::window, &mut all);
        all
    }

    fn spoken<T>(&self, kind: &str, items: &'a [Item<T>], say: impl Fn(&Self, &'a Item<T>) -> Said, all: &mut Vec<Spoken>) {
        for item in items {
            let Said { mut parts, tables, rows, found } = say(self, item);
            if matches!(found, Found::Nowhere) {
                continue;
            }
            parts.extend(tables.iter().flatten().map(crate::speak::TableRow::line));
            parts.extend(rows);
            all.push(Spoken { item: format!("{kind}.{}", item.id.is), name: self.name(item), parts });
        }
    }
}
