//! Days, spans of time and measures in words.

use super::figures::{figure, first};
use super::join;
use crate::program::{DateExpr, Measure, Program};
use crate::syntax::ast::SpanOf;
use crate::text::{Lang, Text, say};

/// A date in words.
pub(crate) fn date(program: &Program, is: &DateExpr) -> Text {
    let list = |items: &[DateExpr]| join(items.iter().map(|item| date(program, item)));
    match is {
        DateExpr::Day(day) => Text::same(day.to_string()),
        DateExpr::Fact(fact) => (*program.facts.get(*fact).title).clone(),
        DateExpr::WindowBegin => Text::new("期间首日", "the window's first day"),
        DateExpr::WindowEnd => Text::new("期间末日", "the window's last day"),
        DateExpr::AskedOn => Text::new("所问之日", "the day asked about"),
        DateExpr::First(items) => first(&items.iter().map(|item| date(program, item)).collect::<Vec<_>>()),
        DateExpr::Earliest(items) => {
            let all = list(items);
            say!("{all}中最早的一天", "the earliest of {all}"; all)
        }
        DateExpr::Latest(items) => {
            let all = list(items);
            say!("{all}中最晚的一天", "the latest of {all}"; all)
        }
        DateExpr::Plus(of, count, unit) => {
            let (of, n) = (date(program, of), Text::same(count.abs().to_string()));
            let unit = match unit {
                SpanOf::Days => Text::new("天", " days"),
                SpanOf::Months => Text::new("个月", " months"),
                SpanOf::Years | SpanOf::CalendarYears => Text::new("年", " years"),
            };
            if *count < 0 { say!("{of}前{n}{unit}", "{n}{unit} before {of}"; of, n, unit) } else { say!("{of}后{n}{unit}", "{n}{unit} after {of}"; of, n, unit) }
        }
    }
}

/// What is reckoned over records, in words; `of` says over which, nothing over all.
pub(crate) fn measure(program: &Program, is: &Measure, of: &Text) -> Text {
    let unit = &*program.unit;
    let (of, records) = match of.is_empty() {
        true => (Text::default(), Text::new("", "records")),
        false => {
            let en = of.get(Lang::En);
            let link = if en.starts_with("counted in") || en.starts_with("recognised by") { "" } else { "where " };
            (Text::new(format!("{}的", of.zh), ""), Text::new("", format!("records {link}{en}")))
        }
    };
    match is {
        Measure::Sum => say!("{of}{unit}合计", "{unit} of {records} in total"; of, unit, records),
        Measure::Largest => say!("{of}最多一条记录的{unit}", "{unit} of the largest of {records}"; of, unit, records),
        Measure::Records => say!("{of}记录条数", "the number of {records}"; of, records),
        Measure::Distinct(fact) => {
            let title = &*program.facts.get(*fact).title;
            say!("{of}不同{title}的个数", "the number of different {title} among {records}"; of, title, records)
        }
        Measure::SumOf(inner) => {
            let inner = figure(program, inner);
            say!("{of}{inner}合计", "{inner} of {records} in total"; of, inner, records)
        }
    }
}

/// The length of a span of time in words.
pub(super) fn span(program: &Program, span: SpanOf, from: &DateExpr, to: &DateExpr) -> Text {
    let (from, to) = (date(program, from), date(program, to));
    match span {
        SpanOf::Days => say!("{from}至{to}的天数（首尾都计）", "days from {from} to {to}, both counted"; from, to),
        SpanOf::Months => say!("{from}至{to}的整月数", "whole months from {from} to {to}"; from, to),
        SpanOf::Years => say!("{from}至{to}的整年数", "whole years from {from} to {to}"; from, to),
        SpanOf::CalendarYears => say!("{from}至{to}涉及的年度数", "calendar years touched from {from} to {to}"; from, to),
    }
}
