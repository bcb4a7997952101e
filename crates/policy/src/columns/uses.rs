//! What a program asks of records: which sets of classes, and which figures hang on more than classes.

use crate::program::atoms::{Classes, Comparison, Derived};
use crate::program::{Accepts, AtomSet, DateExpr, FactId, Figure, Keep, PerUnit, Program, Proof, Region, Rule, Spread, Where};
use crate::syntax::ast::Of;
use std::collections::BTreeSet;

/// Every set of classes that is asked of a record's fact when records are recognised, limited and measured.
pub(super) fn asked(program: &Program) -> BTreeSet<(FactId, AtomSet)> {
    let mut found = Found { program, asked: BTreeSet::new() };
    program.takeovers.iter().for_each(|is| found.wheres(is));
    for rule in &program.rules {
        found.wheres(&rule.matches);
        rule.needs.iter().for_each(|is| found.wheres(is));
        figures(rule).for_each(|figure| found.figure(figure));
    }
    for check in &program.checks {
        found.wheres(&check.of);
        found.wheres(&check.needs);
    }
    for limit in &program.limits {
        found.wheres(&limit.of);
        if let Keep::AtMost(figure, _) = &limit.keep {
            found.figure(figure);
        }
    }
    program.surpluses.iter().for_each(|surplus| found.wheres(&surplus.of));
    program.requirements.iter().flat_map(|requirement| &requirement.ways).for_each(|way| found.wheres(&way.of));
    found.asked
}

struct Found<'a> {
    program: &'a Program,
    asked: BTreeSet<(FactId, AtomSet)>,
}

impl Found<'_> {
    fn wheres(&mut self, is: &Where) {
        is.0.iter().for_each(|region| self.region(region));
    }

    fn region(&mut self, region: &Region) {
        for (fact, set) in &region.0 {
            let pseudo = *fact == self.program.facts.rule() || *fact == self.program.facts.bucket();
            if !pseudo && self.program.facts.get(*fact).of == Of::Record {
                self.asked.insert((*fact, *set));
            }
        }
    }

    fn figure(&mut self, figure: &Figure) {
        match figure {
            Figure::Table { rows, otherwise, .. } => {
                for (region, figure) in rows {
                    self.region(region);
                    self.figure(figure);
                }
                otherwise.iter().for_each(|figure| self.figure(figure));
            }
            Figure::Line { of, pieces } => {
                self.figure(of);
                pieces.iter().for_each(|(_, each)| self.figure(each));
            }
            Figure::Many(_, items) => items.iter().for_each(|item| self.figure(item)),
            Figure::Difference(pair) | Figure::Ratio(pair) => {
                self.figure(&pair.0);
                self.figure(&pair.1);
            }
            Figure::OverYears(inner) => self.figure(inner),
            Figure::Measured(inner) => self.wheres(&inner.1),
            Figure::Exact(_) | Figure::Unbounded | Figure::Fact(_) | Figure::Span(..) | Figure::YearOf(_) | Figure::Count(_) => {}
        }
    }
}

/// Every figure by which a rule reckons a record.
fn figures(rule: &Rule) -> impl Iterator<Item = &Figure> {
    let accepts: Vec<&Figure> = match &rule.accepts {
        Accepts::Grant(figure) => vec![figure],
        Accepts::Units(units) => units.iter().map(|(_, figure)| figure).collect(),
    };
    accepts
        .into_iter()
        .chain(of_units(rule.counted_in.as_ref()))
        .chain(of_units(rule.quantity_at_most.as_ref()))
        .chain(&rule.times)
        .chain(rule.round.iter().map(|round| &round.step))
        .chain(&rule.at_most)
}

fn of_units(per: Option<&PerUnit>) -> Vec<&Figure> {
    match per {
        None => Vec::new(),
        Some(PerUnit::All(figure)) => vec![figure],
        Some(PerUnit::Units(units)) => units.iter().map(|(_, figure)| figure).collect(),
    }
}

/// Whether everything a rule reckons with, the quantity aside, is the same for all records of one combination of classes.
pub(super) fn reckons_by_classes(program: &Program, rule: &Rule) -> bool {
    figures(rule).all(|figure| by_classes(program, figure)) && by_classes(program, &program.step)
}

/// Whether hours of a rule stand on the day that places every record, in the window of the duty.
pub(super) fn stays(rule: &Rule) -> bool {
    on_its_day(rule) && !matches!(rule.spread, Some(Spread::Ladder(_) | Spread::Across { .. }))
}

/// Whether a rule's records are placed by the day that places every record.
pub(super) fn on_its_day(rule: &Rule) -> bool {
    rule.dated.is_none() && rule.counts_in.is_none()
}

/// Whether a figure is the same for all records of one combination of classes of one person.
pub(super) fn by_classes(program: &Program, figure: &Figure) -> bool {
    let of_person = |fact: FactId| program.facts.get(fact).of == Of::Person;
    match figure {
        Figure::Exact(_) | Figure::Unbounded => true,
        Figure::Fact(fact) | Figure::Count(fact) => of_person(*fact),
        Figure::Table { rows, otherwise, .. } => rows.iter().all(|(_, figure)| by_classes(program, figure)) && otherwise.iter().all(|figure| by_classes(program, figure)),
        Figure::Line { of, pieces } => by_classes(program, of) && pieces.iter().all(|(_, each)| by_classes(program, each)),
        Figure::Many(_, items) => items.iter().all(|item| by_classes(program, item)),
        Figure::Difference(pair) | Figure::Ratio(pair) => by_classes(program, &pair.0) && by_classes(program, &pair.1),
        Figure::Span(_, pair) => [&pair.0, &pair.1].into_iter().all(|date| date_of_person(program, date)),
        Figure::YearOf(date) => date_of_person(program, date),
        Figure::OverYears(inner) => by_classes(program, inner),
        Figure::Measured(_) => false,
    }
}

fn date_of_person(program: &Program, date: &DateExpr) -> bool {
    let mut columns = BTreeSet::new();
    columns_of_date(program, date, &mut columns).is_some() && columns.iter().all(|fact| program.facts.get(*fact).of == Of::Person)
}

/// The columns of records on which a derived or compared fact hangs; nothing where that is not to be listed.
pub(super) fn columns(program: &Program, fact: FactId) -> Option<BTreeSet<FactId>> {
    let mut found = BTreeSet::new();
    columns_of_fact(program, fact, &mut found)?;
    found.retain(|fact| program.facts.get(*fact).of == Of::Record);
    Some(found)
}

/// The columns, of records and of persons, on which a rule's conditions and figures hang, as far as they can be listed.
pub(crate) fn columns_of_rule(program: &Program, rule: &Rule, regions: &[&Region]) -> BTreeSet<FactId> {
    let mut found = BTreeSet::new();
    let conditions = regions.iter().copied().chain(rule.needs.iter().flat_map(|is| &is.0)).flat_map(|region| &region.0);
    for (fact, _) in conditions {
        let _ = columns_of_fact(program, *fact, &mut found);
    }
    for figure in figures(rule) {
        let _ = columns_of_figure(program, figure, &mut found);
    }
    found.extend(rule.dated);
    if let Some(Spread::Across { from, to, .. }) = &rule.spread {
        let _ = columns_of_date(program, from, &mut found).and_then(|()| columns_of_date(program, to, &mut found));
    }
    found
}

fn columns_of_fact(program: &Program, fact: FactId, found: &mut BTreeSet<FactId>) -> Option<()> {
    let about = program.facts.get(fact);
    if fact == program.facts.rule() || fact == program.facts.bucket() {
        return None;
    }
    if let Classes::Compare(comparison) = &about.classes {
        return match &**comparison {
            Comparison::Given(of) | Comparison::HasCode(of, _) | Comparison::HasText(of, _) => columns_of_fact(program, *of, found),
            Comparison::SameAs(of, with) | Comparison::Among(of, with) => {
                columns_of_fact(program, *of, found)?;
                columns_of_fact(program, *with, found)
            }
            Comparison::Numbers(of, bounds) => {
                columns_of_fact(program, *of, found)?;
                bounds.iter().try_for_each(|(_, figure)| columns_of_figure(program, figure, found))
            }
            Comparison::Dates(of, bounds) => {
                columns_of_fact(program, *of, found)?;
                bounds.iter().try_for_each(|(_, date)| columns_of_date(program, date, found))
            }
        };
    }
    match &about.derived {
        Some(Derived::Number(figure)) => columns_of_figure(program, figure, found),
        Some(Derived::Date(date)) => columns_of_date(program, date, found),
        None => {
            found.insert(fact);
            Some(())
        }
    }
}

fn columns_of_figure(program: &Program, figure: &Figure, found: &mut BTreeSet<FactId>) -> Option<()> {
    match figure {
        Figure::Exact(_) | Figure::Unbounded => Some(()),
        Figure::Fact(fact) | Figure::Count(fact) => columns_of_fact(program, *fact, found),
        Figure::Table { rows, otherwise, .. } => {
            for (region, figure) in rows {
                region.0.iter().try_for_each(|(fact, _)| columns_of_fact(program, *fact, found))?;
                // Whether a text stands on a list can hang on the record's day.
                found.insert(program.dated);
                columns_of_figure(program, figure, found)?;
            }
            otherwise.iter().try_for_each(|figure| columns_of_figure(program, figure, found))
        }
        Figure::Line { of, pieces } => {
            columns_of_figure(program, of, found)?;
            pieces.iter().try_for_each(|(_, each)| columns_of_figure(program, each, found))
        }
        Figure::Many(_, items) => items.iter().try_for_each(|item| columns_of_figure(program, item, found)),
        Figure::Difference(pair) | Figure::Ratio(pair) => {
            columns_of_figure(program, &pair.0, found)?;
            columns_of_figure(program, &pair.1, found)
        }
        Figure::Span(_, pair) => {
            columns_of_date(program, &pair.0, found)?;
            columns_of_date(program, &pair.1, found)
        }
        Figure::YearOf(date) => columns_of_date(program, date, found),
        Figure::OverYears(inner) => columns_of_figure(program, inner, found),
        Figure::Measured(_) => None,
    }
}

fn columns_of_date(program: &Program, date: &DateExpr, found: &mut BTreeSet<FactId>) -> Option<()> {
    match date {
        DateExpr::Fact(fact) => columns_of_fact(program, *fact, found),
        DateExpr::First(items) | DateExpr::Earliest(items) | DateExpr::Latest(items) => items.iter().try_for_each(|item| columns_of_date(program, item, found)),
        DateExpr::Plus(of, ..) => columns_of_date(program, of, found),
        DateExpr::Day(_) | DateExpr::WindowBegin | DateExpr::WindowEnd | DateExpr::AskedOn => Some(()),
    }
}

/// The groups of proofs that rules ask for, each once.
pub(super) fn proofs(program: &Program) -> Vec<&[u16]> {
    let mut groups: Vec<&[u16]> = Vec::new();
    for rule in &program.rules {
        if let Proof::Groups(asked) = &rule.proof {
            for group in asked {
                if !groups.contains(&group.as_slice()) {
                    groups.push(group);
                }
            }
        }
    }
    groups
}

/// Texts of persons that decide nothing, such as a name.
pub(super) fn idle_texts(program: &Program) -> impl Iterator<Item = FactId> {
    let compared: BTreeSet<FactId> = program.facts.all.iter().flat_map(|fact| sides(&fact.classes)).flatten().collect();
    let registered: BTreeSet<FactId> = program.requirements.iter().flat_map(|one| &one.per).filter_map(|(_, registered)| *registered).collect();
    (0..).zip(&program.facts.all[..program.facts.columns]).filter_map(move |(fact, about)| {
        let unasked = matches!(&about.classes, Classes::Texts { known, .. } if known.is_empty());
        (about.of == Of::Person && unasked && !compared.contains(&fact) && !registered.contains(&fact)).then_some(fact)
    })
}

/// The facts whose values a comparison looks at.
fn sides(classes: &Classes) -> [Option<FactId>; 2] {
    let Classes::Compare(comparison) = classes else { return [None, None] };
    match **comparison {
        Comparison::SameAs(of, with) | Comparison::Among(of, with) => [Some(of), Some(with)],
        Comparison::Given(of) | Comparison::Numbers(of, _) | Comparison::Dates(of, _) | Comparison::HasCode(of, _) | Comparison::HasText(of, _) => [Some(of), None],
    }
}
