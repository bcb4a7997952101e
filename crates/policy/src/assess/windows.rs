//! Windows of time as days.

use super::scope::{Amount, At, Scope};
use crate::program::{FactId, WindowShape};
use jiff::civil::Date;

/// One instance of a window: its days, both included, and the year it is called by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Bounds {
    pub(crate) begin: Date,
    pub(crate) end: Date,
    pub(crate) number: i16,
}

/// Which instance of a window is asked for.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Which {
    /// The one that is called by this year, or in which it lies.
    Year(i16),
    /// The one this day lies in.
    Day(Date),
}

impl Bounds {
    /// A calendar year.
    pub(crate) fn of_year(year: i16) -> Option<Self> {
        Some(Self { begin: Date::new(year, 1, 1).ok()?, end: Date::new(year, 12, 31).ok()?, number: year })
    }

    pub(crate) fn holds(&self, day: Date) -> bool {
        self.begin <= day && day <= self.end
    }

    /// The years it is made of: the one it is called by; of a longer window one for each year that begins in it.
    pub(crate) fn years(&self) -> impl Iterator<Item = i16> {
        let begin = self.begin;
        let begun = |years: i16| begin.checked_add(jiff::Span::new().try_years(years).ok()?).ok();
        let count = (1..).take_while(|years| begun(*years).is_some_and(|day| day <= self.end)).count();
        let (first, more) = if count == 0 { (self.number, 0) } else { (begin.year(), i16::try_from(count).unwrap_or(i16::MAX)) };
        first..=first.saturating_add(more)
    }
}

impl Scope<'_> {
    /// An instance of a window. `Ok(None)`: there is none; `Err`: the fact that would tell.
    pub(crate) fn bounds(&self, window: usize, which: Which) -> Result<Option<Bounds>, FactId> {
        let about = &self.program.windows[window];
        match &about.shape {
            WindowShape::Calendar { years, begins, first } => {
                let first = match first.as_ref().map(|first| self.figure(first, At::default())) {
                    Some(Amount::Exact(first)) => i16::try_from(first.to_integer()).ok(),
                    Some(Amount::Unknown(fact)) => return Err(fact),
                    _ => None,
                };
                Ok(calendar(*years, *begins, first, about.numbered_by_end, which))
            }
            WindowShape::Term { from, to } => {
                let (from, to) = match (self.date(from, None), self.date(to, None)) {
                    (Some(from), Some(to)) => (from, to),
                    (None, _) => return Err(fact_of(from)),
                    (_, None) => return Err(fact_of(to)),
                };
                let bounds = Bounds { begin: from, end: to, number: from.year() };
                let inside = match which {
                    Which::Day(day) => bounds.holds(day),
                    Which::Year(year) => from.year() <= year && year <= to.year(),
                };
                Ok(inside.then_some(bounds))
            }
            WindowShape::BackFromWindow { years, window } => {
                let Some(last) = self.bounds(*window, Which::Year(self.window.number))? else { return Ok(None) };
                Ok(back(*years, last.end).filter(|bounds| inside(bounds, which)))
            }
            WindowShape::BackFromDate { years, date } => match self.date(date, None) {
                Some(end) => Ok(back(*years, end).filter(|bounds| inside(bounds, which))),
                None => Err(fact_of(date)),
            },
            WindowShape::Ever => Ok(Some(Bounds { begin: Date::MIN, end: Date::MAX, number: 0 })),
        }
    }
}

fn inside(bounds: &Bounds, which: Which) -> bool {
    match which {
        Which::Day(day) => bounds.holds(day),
        Which::Year(_) => true,
    }
}

fn back(years: i16, end: Date) -> Option<Bounds> {
    let begin = end.tomorrow().ok()?.checked_sub(jiff::Span::new().try_years(years).ok()?).ok()?;
    Some(Bounds { begin, end, number: end.year() })
}

fn calendar(years: i16, (month, day): (i8, i8), first: Option<i16>, by_end: bool, which: Which) -> Option<Bounds> {
    let shifted = (month, day) != (1, 1);
    let year = match which {
        Which::Year(year) => year - i16::from(by_end && shifted && years == 1),
        Which::Day(date) => date.year() - i16::from((date.month(), date.day()) < (month, day)),
    };
    let year = match first {
        Some(first) if years > 1 || year < first => {
            if year < first {
                return None;
            }
            first + (year - first) / years * years
        }
        _ => year,
    };
    let begin = Date::new(year, month, day).ok()?;
    let end = Date::new(year + years, month, day).ok()?.yesterday().ok()?;
    Some(Bounds { begin, end, number: if by_end { end.year() } else { begin.year() } })
}

fn fact_of(date: &crate::program::DateExpr) -> FactId {
    match date {
        crate::program::DateExpr::Fact(fact) => *fact,
        _ => 0,
    }
}
