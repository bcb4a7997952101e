//! The facts by which persons are counted in groups: every closed list of codes that the policies declare of persons.

use super::Pair;
use crate::failure::Failure;
use crate::input::{Book, Place};
use std::sync::Arc;
use xueshi_policy::{Engine, FactType, Of, Stack, Text};

/// A fact of persons with a closed list of codes.
#[derive(Clone, Debug)]
pub(crate) struct Fact {
    pub(crate) column: String,
    pub(crate) title: Text,
    /// Id and title, in the order in which the policies declare them.
    pub(crate) codes: Vec<(String, Text)>,
    /// The stacks that know all spellings of the codes.
    stacks: Vec<Arc<Stack>>,
}

/// The facts by which the persons of a book can be grouped.
#[derive(Clone, Debug, Default)]
pub(crate) struct Facts {
    pub(crate) list: Vec<Arc<Fact>>,
}

impl Facts {
    /// The facts that the stacks of any of these places declare, on either side.
    ///
    /// # Errors
    /// If a policy can not be compiled.
    pub(crate) fn of(engines: Pair<&Engine>, places: &[Place], year: i16) -> Result<Self, Failure> {
        let mut facts = Self::default();
        for Place { region, industry } in places {
            for engine in [engines.before, engines.after] {
                engine.stacks(region, industry.as_deref(), year)?.iter().for_each(|stack| facts.add(stack));
            }
        }
        Ok(facts)
    }

    fn add(&mut self, stack: &Arc<Stack>) {
        let columns = stack.schema().columns.iter().filter(|column| column.of == Of::Person && column.kind == FactType::Code && !column.open && !column.derived);
        for column in columns {
            let at = self.list.iter().position(|fact| fact.column == column.id).unwrap_or_else(|| {
                self.list.push(Arc::new(Fact { column: column.id.clone(), title: column.title.clone(), codes: Vec::new(), stacks: Vec::new() }));
                self.list.len() - 1
            });
            let fact = Arc::make_mut(&mut self.list[at]);
            let known = fact.codes.len();
            for code in &column.codes {
                if fact.codes.iter().all(|(id, _)| *id != code.id) {
                    fact.codes.push((code.id.clone(), code.title.clone()));
                }
            }
            if fact.codes.len() > known {
                fact.stacks.push(Arc::clone(stack));
            }
        }
    }

    /// The columns that tell them.
    pub(crate) fn columns(&self) -> Vec<&str> {
        self.list.iter().map(|fact| fact.column.as_str()).collect()
    }

    /// For each fact the position of a person's code; none where it is not given.
    pub(crate) fn codes(&self, book: &Book, person: usize) -> Vec<Option<usize>> {
        self.list.iter().map(|fact| fact.code(&book.fact(person, &fact.column)?)).collect()
    }
}

impl Fact {
    fn code(&self, word: &str) -> Option<usize> {
        self.stacks.iter().find_map(|stack| {
            let column = stack.schema().find(&self.column)?;
            let code = stack.schema().code(column, word)?;
            let id = &stack.schema().columns.get(column)?.codes.get(usize::from(code))?.id;
            self.codes.iter().position(|(known, _)| known == id)
        })
    }
}
