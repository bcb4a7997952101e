//! Which column is to blame where something can not be told.

use super::Missing;
use super::scope::{Amount, At, Scope};
use crate::program::atoms::{Classes, Comparison, Derived};
use crate::program::{DateExpr, FactId, Figure, Program};
use crate::syntax::ast::Of;

/// The column whose value is missing: of a derived fact, the first of its own that is empty.
pub(crate) fn column_of(program: &Program, fact: FactId) -> Missing {
    let about = program.facts.get(base(program, fact));
    Missing { column: about.id.clone(), title: about.title.clone(), of_person: about.of == Of::Person, by_zero: false }
}

impl Scope<'_> {
    /// The column to blame for a fact that is not known, of a record or the person: of a number that is reckoned, what the reckoning
    /// lacks; of a comparison, whichever side is not known.
    pub(crate) fn lacking(&self, fact: FactId, record: Option<usize>) -> Missing {
        let sides = match &self.program.facts.get(fact).classes {
            Classes::Compare(comparison) => match &**comparison {
                Comparison::Numbers(of, bounds) => std::iter::once(self.number(*of, record)).chain(bounds.iter().map(|(_, figure)| self.figure(figure, At { record, quantity: None }))).collect(),
                Comparison::Dates(of, bounds) if self.date(&DateExpr::Fact(*of), record).is_some() => {
                    let unknown = bounds.iter().filter(|(_, date)| self.date(date, record).is_none());
                    unknown.filter_map(|(_, date)| of_date(self.program, date)).map(Amount::Unknown).collect()
                }
                _ => Vec::new(),
            },
            _ => vec![self.number(fact, record)],
        };
        let blamed = sides.into_iter().find_map(|side| match side {
            Amount::Unknown(of) => Some(column_of(self.program, of)),
            Amount::ByZero(divisor) => Some(Missing { by_zero: true, ..column_of(self.program, divisor) }),
            Amount::Exact(_) | Amount::Unbounded | Amount::Undefined => None,
        });
        blamed.unwrap_or_else(|| column_of(self.program, fact))
    }
}

/// The first fact a figure hangs on.
pub(crate) fn first_fact(program: &Program, figure: &Figure) -> Option<FactId> {
    match figure {
        Figure::Fact(fact) => Some(base(program, *fact)),
        Figure::Table { rows, .. } => rows.iter().flat_map(|(region, _)| &region.0).map(|(fact, _)| base(program, *fact)).next(),
        Figure::Line { of, .. } | Figure::OverYears(of) => first_fact(program, of),
        Figure::Many(_, items) => items.iter().find_map(|item| first_fact(program, item)),
        Figure::Difference(pair) | Figure::Ratio(pair) => first_fact(program, &pair.0).or_else(|| first_fact(program, &pair.1)),
        Figure::Span(_, pair) => of_date(program, &pair.0).or_else(|| of_date(program, &pair.1)),
        Figure::YearOf(date) => of_date(program, date),
        Figure::Count(fact) => Some(*fact),
        Figure::Exact(_) | Figure::Unbounded | Figure::Measured(_) => None,
    }
}

fn of_date(program: &Program, date: &DateExpr) -> Option<FactId> {
    match date {
        DateExpr::Fact(fact) => Some(base(program, *fact)),
        DateExpr::First(items) | DateExpr::Earliest(items) | DateExpr::Latest(items) => items.iter().find_map(|item| of_date(program, item)),
        DateExpr::Plus(of, ..) => of_date(program, of),
        _ => None,
    }
}

fn base(program: &Program, fact: FactId) -> FactId {
    let about = program.facts.get(fact);
    if let Classes::Compare(comparison) = &about.classes {
        return match **comparison {
            Comparison::Given(of) | Comparison::SameAs(of, _) | Comparison::Among(of, _) | Comparison::HasCode(of, _) | Comparison::HasText(of, _) => base(program, of),
            Comparison::Numbers(of, _) | Comparison::Dates(of, _) => base(program, of),
        };
    }
    match &about.derived {
        Some(Derived::Number(figure)) => first_fact(program, figure).unwrap_or(fact),
        Some(Derived::Date(date)) => of_date(program, date).unwrap_or(fact),
        None => fact,
    }
}
