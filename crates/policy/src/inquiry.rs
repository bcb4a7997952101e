//! What a record must still say: the columns on which the rules that could recognise it hang.

use crate::columns::columns_of_rule;
use crate::engine::Stack;
use crate::program::{Accepts, FactId, Program, Region, Rule, Where};
use crate::syntax::ast::FactType;
use crate::value::Value;
use std::collections::BTreeSet;

/// A column that makes a difference, and the codes with which a rule could still speak.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// Its position in the schema.
    pub column: usize,
    /// Positions of its codes; nothing where it has none.
    pub codes: Vec<u16>,
    /// Where it is left empty, no rule speaks.
    pub decisive: bool,
}

impl Stack {
    /// The columns that matter for a record of which some codes are stated (column and code), in the order of the schema.
    ///
    /// The quantity, its unit and whatever a record must state are among them; the day that places it and the proofs are not.
    pub fn wanted(&self, stated: &[(usize, u16)]) -> Vec<Wanted> {
        let program = self.program();
        let facts: Vec<(FactId, u8)> = stated.iter().filter_map(|(column, code)| class(program, *column, *code)).collect();
        let live = live(program, &facts);
        let mut columns: BTreeSet<usize> = program.schema.columns.iter().enumerate().filter(|(_, column)| column.required).map(|(at, _)| at).collect();
        for (rule, regions) in &live {
            columns.extend(columns_of_rule(program, rule, regions).into_iter().map(usize::from));
        }
        columns.retain(|at| program.schema.columns.get(*at).is_some_and(|column| !column.derived) && *at != usize::from(program.dated) && Some(*at) != program.evidence.map(usize::from));
        columns.into_iter().map(|column| Wanted { column, codes: codes(program, column, stated, &live), decisive: decisive(program, column, &facts) }).collect()
    }
}

/// A fact with the class that a code of it stands in.
fn class(program: &Program, column: usize, code: u16) -> Option<(FactId, u8)> {
    let fact = FactId::try_from(column).ok()?;
    Some((fact, program.facts.class(fact, &Value::Code(code), None)))
}

/// The rules that could speak, each with the regions of its match that are still open.
fn live<'p>(program: &'p Program, stated: &[(FactId, u8)]) -> Vec<(&'p Rule, Vec<&'p Region>)> {
    let silenced = |rule: &Rule| rule.silenced.iter().filter_map(|over| program.takeovers.get(*over)).any(|over| certain(over, stated));
    let open = |rule: &'p Rule| rule.matches.0.iter().filter(|region| possible(region, stated)).collect::<Vec<_>>();
    program.rules.iter().filter(|rule| !silenced(rule)).map(|rule| (rule, open(rule))).filter(|(_, regions)| !regions.is_empty()).collect()
}

fn possible(region: &Region, stated: &[(FactId, u8)]) -> bool {
    region.0.iter().all(|(fact, set)| stated.iter().filter(|(known, _)| known == fact).all(|(_, class)| set >> class & 1 == 1))
}

fn certain(over: &Where, stated: &[(FactId, u8)]) -> bool {
    over.0.iter().any(|region| region.0.iter().all(|(fact, set)| stated.iter().any(|(known, class)| known == fact && set >> class & 1 == 1)))
}

/// Whether no rule speaks of a record that states nothing in a column.
fn decisive(program: &Program, column: usize, stated: &[(FactId, u8)]) -> bool {
    const NOTHING_STATED: u8 = 0;
    let Ok(fact) = FactId::try_from(column) else { return false };
    let facts: Vec<(FactId, u8)> = stated.iter().copied().filter(|(known, _)| *known != fact).chain([(fact, NOTHING_STATED)]).collect();
    live(program, &facts).is_empty()
}

/// The codes of a column with which some rule could speak; of the unit, those that a live rule takes.
fn codes(program: &Program, column: usize, stated: &[(usize, u16)], now: &[(&Rule, Vec<&Region>)]) -> Vec<u16> {
    let Some(about) = program.schema.columns.get(column).filter(|column| column.kind == FactType::Code) else { return Vec::new() };
    let all = 0..u16::try_from(about.codes.len()).unwrap_or(u16::MAX);
    if about.id == crate::schema::UNIT {
        let takes = |rule: &Rule, code: u16| matches!(&rule.accepts, Accepts::Units(units) if units.iter().any(|(unit, _)| *unit == code));
        let taken: Vec<u16> = all.clone().filter(|code| now.iter().any(|(rule, _)| takes(rule, *code))).collect();
        return if taken.is_empty() { all.collect() } else { taken };
    }
    let rest: Vec<(usize, u16)> = stated.iter().copied().filter(|(known, _)| *known != column).collect();
    let speaks = |code: &u16| {
        let facts: Vec<(FactId, u8)> = rest.iter().copied().chain([(column, *code)]).filter_map(|(column, code)| class(program, column, code)).collect();
        !live(program, &facts).is_empty()
    };
    all.filter(speaks).collect()
}
