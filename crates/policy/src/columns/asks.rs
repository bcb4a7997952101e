//! What is asked of a person, against sums.

use super::profile::{MOST_SLOTS, Profile, Sum};
use crate::assess::{Amount, At, RequirementResult, Scope, Status, same_thing};
use crate::exact::{Exact, Hours};
use crate::program::{Figure, Measure, Requirement, Where};
use crate::text::Text;
use std::sync::Arc;

/// The requirements of a duty that are asked of a person.
#[derive(Clone, Debug)]
pub(super) struct Asks {
    /// Everyone of them; `Prevails::of` points here.
    pub(super) list: Vec<Ask>,
    /// Of those in one group the highest prevails.
    groups: Vec<Vec<usize>>,
    /// What they measure: each of `list`, then what their figures measure.
    pub(super) measures: Vec<Where>,
}

/// A requirement.
#[derive(Clone, Debug)]
pub(super) struct Ask {
    at_least: AtLeast,
    pub(super) binding: bool,
    /// What it is called in results.
    pub(super) subject: Arc<str>,
    pub(super) title: Arc<Text>,
    /// What its hours are called, where not as all others.
    pub(super) unit: Option<Arc<Text>>,
}

#[derive(Clone, Debug)]
enum AtLeast {
    /// Hundredths.
    Fixed(i64),
    /// A figure over sums, which stand in it as numbers of measures.
    Measured(Figure),
}

/// A requirement that prevails, and what it asks in hundredths.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Prevails {
    pub(super) of: usize,
    pub(super) at_least: i64,
}

impl Asks {
    /// What is asked; nothing where it can not be told from sums. `before`: the same without any record.
    pub(super) fn new(scope: &Scope<'_>, duty: usize, before: &[RequirementResult]) -> Option<Self> {
        let program = scope.program;
        let window = program.duties[duty].window;
        let here: Vec<&Requirement> = program.requirements.iter().filter(|one| one.duty == duty && one.only_for.is_empty() && scope.person_is(&one.persons)).collect();
        let varies = here.iter().flat_map(|one| &one.ways).any(|way| measured(&way.at_least));
        // Where nothing is measured it is known which prevail, and which are lifted.
        let of = |result: &RequirementResult| here.iter().find(|one| result.item == one.item && result.subject == one.name.0).copied();
        let here = if varies { here } else { before.iter().map(of).collect::<Option<Vec<_>>>()? };
        let mut new = Self { list: Vec::new(), groups: Vec::new(), measures: Vec::new() };
        let mut kept: Vec<&Requirement> = Vec::new();
        for one in here {
            let [way] = one.ways.as_slice() else { return None };
            if one.each.is_some() || !one.per.is_empty() || one.window != window || way.what != Measure::Sum {
                return None;
            }
            let at_least = if measured(&way.at_least) {
                AtLeast::Measured(way.at_least.clone())
            } else {
                match scope.figure(&way.at_least, At::default()) {
                    Amount::Exact(asked) => AtLeast::Fixed(Hours::ceil(asked)?.0),
                    Amount::Unbounded => AtLeast::Fixed(0),
                    _ => return None,
                }
            };
            let at = new.list.len();
            match kept.iter().position(|other| same_thing(other, one)) {
                // Two names for one thing: which one is shown hangs on the records.
                Some(other) if kept[other].name.0 != one.name.0 => return None,
                Some(other) => new.groups.iter_mut().find(|group| group.contains(&other))?.push(at),
                None => new.groups.push(vec![at]),
            }
            kept.push(one);
            new.list.push(Ask { at_least, binding: one.binding, subject: Arc::clone(&one.name.0), title: Arc::clone(&one.name.1), unit: one.unit.clone() });
            new.measures.push(way.of.clone());
        }
        // What is lifted or put off can only be told where nothing is measured.
        if new.groups.len() != before.len() || before.iter().any(|result| result.arrears_of.is_some()) {
            return None;
        }
        for ask in &mut new.list {
            if let AtLeast::Measured(figure) = &mut ask.at_least {
                number_measures(figure, &mut new.measures)?;
            }
        }
        Some(new)
    }

    /// Whether the same is asked under the same names; what is measured aside. False where that can not be told: a figure that
    /// measures speaks of the facts of its own program.
    pub(super) fn alike(&self, other: &Self) -> bool {
        let fixed = |a: &AtLeast, b: &AtLeast| matches!((a, b), (AtLeast::Fixed(a), AtLeast::Fixed(b)) if a == b);
        self.groups == other.groups
            && self.measures.len() == other.measures.len()
            && self.list.len() == other.list.len()
            && self.list.iter().zip(&other.list).all(|(a, b)| fixed(&a.at_least, &b.at_least) && a.binding == b.binding && a.subject == b.subject)
    }

    /// What the requirements that prevail are called in results, in their order.
    pub(super) fn subjects(&self) -> impl Iterator<Item = &str> {
        self.groups.iter().filter_map(|group| group.first()).map(|at| &*self.list[*at].subject)
    }
}

impl Profile {
    /// Puts the sums together: status and total; hours of each bucket, then of each measure; what is asked.
    pub(super) fn totals(&self, sums: &[Sum; MOST_SLOTS], figures: &mut Vec<i64>, asked: &mut Vec<Prevails>) -> Option<(Status, i64)> {
        let buckets = self.program.buckets.len();
        let count = buckets + self.asks.measures.len();
        figures.resize(count, 0);
        for figure in figures.iter_mut() {
            *figure = 0;
        }
        let mut total = 0_i64;
        for (parts, sum) in self.parts.chunks_exact(count.max(1)).zip(sums).filter(|(_, sum)| sum.hours != 0) {
            total = total.wrapping_add(sum.hours);
            for (figure, part) in figures.iter_mut().zip(parts) {
                *figure = figure.wrapping_add(sum.hours & part);
            }
        }
        let measures = &figures[buckets..];
        asked.clear();
        let mut met = true;
        for group in &self.asks.groups {
            let mut prevails = Prevails { of: group.first().copied()?, at_least: i64::MIN };
            for of in group {
                let at_least = match &self.asks.list[*of].at_least {
                    AtLeast::Fixed(at_least) => *at_least,
                    AtLeast::Measured(figure) => self.measured(figure, measures)?,
                };
                if at_least >= prevails.at_least {
                    prevails = Prevails { of: *of, at_least };
                }
            }
            met &= measures[prevails.of] >= prevails.at_least || !self.asks.list[prevails.of].binding;
            asked.push(prevails);
        }
        Some((self.settled.unwrap_or(if met { Status::Met } else { Status::Short }), total))
    }

    /// A figure over sums, in hundredths.
    fn measured(&self, figure: &Figure, measures: &[i64]) -> Option<i64> {
        let scope = self.scope(&[]);
        let asked = scope.figure(&with_sums(figure, measures)?, At::default()).exact()?;
        Some(Hours::ceil(asked)?.0)
    }
}

/// Whether a figure measures what was recognised.
fn measured(figure: &Figure) -> bool {
    match figure {
        Figure::Measured(_) => true,
        Figure::Table { rows, otherwise, .. } => rows.iter().any(|(_, figure)| measured(figure)) || otherwise.iter().any(|figure| measured(figure)),
        Figure::Line { of, pieces } => measured(of) || pieces.iter().any(|(_, figure)| measured(figure)),
        Figure::Many(_, items) => items.iter().any(measured),
        Figure::Difference(pair) | Figure::Ratio(pair) => measured(&pair.0) || measured(&pair.1),
        Figure::OverYears(inner) => measured(inner),
        Figure::Exact(_) | Figure::Unbounded | Figure::Fact(_) | Figure::Span(..) | Figure::YearOf(_) | Figure::Count(_) => false,
    }
}

/// Whether what a figure measures are sums.
pub(super) fn of_sums(figure: &Figure) -> bool {
    !measured(figure) || number_measures(&mut figure.clone(), &mut Vec::new()).is_some()
}

/// Puts numbers of measures in the place of what a figure measures.
fn number_measures(figure: &mut Figure, measures: &mut Vec<Where>) -> Option<()> {
    match figure {
        Figure::Measured(inner) => {
            if inner.0 != Measure::Sum {
                return None;
            }
            let number = i64::try_from(measures.len()).ok()?;
            measures.push(inner.1.clone());
            *figure = Figure::Measured(Box::new((Measure::SumOf(Box::new(Figure::Exact(Exact::from_integer(number)))), Where::default())));
            Some(())
        }
        Figure::Table { rows, otherwise, .. } => {
            rows.iter_mut().try_for_each(|(_, figure)| number_measures(figure, measures))?;
            otherwise.iter_mut().try_for_each(|figure| number_measures(figure, measures))
        }
        Figure::Line { of, pieces } => {
            number_measures(of, measures)?;
            pieces.iter_mut().try_for_each(|(_, figure)| number_measures(figure, measures))
        }
        Figure::Many(_, items) => items.iter_mut().try_for_each(|item| number_measures(item, measures)),
        Figure::Difference(pair) | Figure::Ratio(pair) => {
            number_measures(&mut pair.0, measures)?;
            number_measures(&mut pair.1, measures)
        }
        Figure::OverYears(inner) if measured(inner) => None,
        _ => Some(()),
    }
}

/// Puts sums in the place of their numbers.
fn with_sums(figure: &Figure, measures: &[i64]) -> Option<Figure> {
    let with = |figure: &Figure| with_sums(figure, measures);
    let rows = |rows: &[(crate::program::Region, Figure)]| rows.iter().map(|(region, figure)| Some((region.clone(), with(figure)?))).collect::<Option<Vec<_>>>();
    Some(match figure {
        Figure::Measured(inner) => match &inner.0 {
            Measure::SumOf(number) => match &**number {
                Figure::Exact(number) => Figure::Exact(Hours(*measures.get(usize::try_from(number.to_integer()).ok()?)?).exact()),
                _ => return None,
            },
            _ => return None,
        },
        Figure::Table { rows: all, otherwise, at } => {
            let otherwise = match otherwise {
                Some(figure) => Some(Box::new(with(figure)?)),
                None => None,
            };
            Figure::Table { rows: rows(all)?, otherwise, at: at.clone() }
        }
        Figure::Line { of, pieces } => {
            let pieces = pieces.iter().map(|(over, figure)| Some((*over, with(figure)?))).collect::<Option<Vec<_>>>()?;
            Figure::Line { of: Box::new(with(of)?), pieces }
        }
        Figure::Many(arith, items) => Figure::Many(*arith, items.iter().map(with).collect::<Option<Vec<_>>>()?),
        Figure::Difference(pair) => Figure::Difference(Box::new((with(&pair.0)?, with(&pair.1)?))),
        Figure::Ratio(pair) => Figure::Ratio(Box::new((with(&pair.0)?, with(&pair.1)?))),
        other => other.clone(),
    })
}
