//! How much lacks how many persons: a histogram, both sides beside each other.

use super::canvas::{Anchor, Canvas, GRID, INK, Point, QUIET, Size, long};
use super::{SIDES, Simulated, count, legend, nice, scaled};
use crate::failure::Failure;
use crate::lang::t;
use crate::simulation::Pair;
use std::collections::BTreeMap;
use xueshi_policy::{Hours, Lang, Text, text};

/// At most so many intervals, and about so many lines behind the bars.
const INTERVALS: i64 = 10;
const LINES: i64 = 4;
/// The axes: left, top, width, height within the panel.
const LEFT: i32 = 44;
const TOP: i32 = 56;
const WIDE: i32 = 376;
const HIGH: i32 = 270;

/// Draws the panel.
pub(super) fn draw(canvas: &mut Canvas<'_>, simulated: &Simulated<'_>, (x, y): Point) -> Result<(), Failure> {
    let (lang, tally) = (simulated.lang, simulated.tally);
    canvas.text((x, y), t(lang, "还差多少（人数）", "Still lacking (persons)"), Size::Heading, INK, Anchor::Start)?;
    legend(canvas, simulated, (x + LEFT + WIDE, y))?;
    if tally.lacks.is_empty() {
        return canvas.text((x, y + TOP), t(lang, "没有人有差额", "nobody lacks anything"), Size::Body, QUIET, Anchor::Start);
    }
    let (step, bars) = intervals(&tally.lacks);
    let most = bars.iter().flat_map(|bar| [bar.before, bar.after]).max().unwrap_or(0);
    let line = nice((most + LINES - 1) / LINES);
    let lines = (most + line - 1) / line;
    let floor = y + TOP + HIGH;
    for at in 0..=lines {
        let height = floor - scaled(at, lines, HIGH);
        canvas.line((x + LEFT, height), (x + LEFT + WIDE, height), GRID)?;
        canvas.text((x + LEFT - 8, height), &(at * line).to_string(), Size::Small, QUIET, Anchor::End)?;
    }
    let all = i64::try_from(bars.len()).unwrap_or(1);
    // A count is written over its bar where the longest has room.
    let named = long(&most.to_string(), Size::Small) + 4 <= scaled(1, all, WIDE) / 2 - 4;
    let edge = |at: i64| x + LEFT + scaled(at, all, WIDE);
    for (at, bar) in (0..).zip(&bars) {
        let (left, right) = (edge(at) + 4, edge(at + 1) - 4);
        let half = (right - left) / 2;
        for (side, persons, from) in [(0, bar.before, left), (1, bar.after, left + half + 1)] {
            let top = floor - scaled(persons, lines * line, HIGH);
            // One person among very many is still to be seen.
            let top = if persons > 0 { top.min(floor - 2) } else { top };
            canvas.rect((from, top), (from + half - 1, floor), SIDES[side])?;
            if persons > 0 && named {
                canvas.text((from + half / 2, top - 9), &persons.to_string(), Size::Small, QUIET, Anchor::Middle)?;
            }
        }
    }
    canvas.line((x + LEFT, floor), (x + LEFT + WIDE, floor), QUIET)?;
    for at in 0..=all {
        canvas.text((edge(at), floor + 14), &(at * step).to_string(), Size::Small, QUIET, Anchor::Middle)?;
    }
    canvas.text((x + LEFT + WIDE / 2, floor + 36), axis(tally.unit()).get(lang), Size::Small, QUIET, Anchor::Middle)
}

/// What the axis measures.
fn axis(unit: Option<&Text>) -> Text {
    match unit {
        Some(unit) => {
            let (zh, en) = (&unit.zh, unit.get(Lang::En));
            text!("还差（{zh}；每段含上限）", "lacking ({en}; each bar with its upper end)")
        }
        None => Text::new("还差（每段含上限）", "lacking (each bar with its upper end)"),
    }
}

/// Persons by intervals of equal width in whole hours, each with its upper end.
fn intervals(lacks: &BTreeMap<Hours, Pair<usize>>) -> (i64, Vec<Pair<i64>>) {
    let most = lacks.last_key_value().map_or(0, |(hours, _)| hours.0);
    let step = nice((most + 100 * INTERVALS - 1) / (100 * INTERVALS));
    let mut bars = Vec::new();
    for (hours, persons) in lacks {
        let at = usize::try_from((hours.0 - 1) / (100 * step)).unwrap_or(0);
        bars.resize(bars.len().max(at + 1), Pair::default());
        bars[at].before += count(persons.before);
        bars[at].after += count(persons.after);
    }
    (step, bars)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_gap_falls_into_one_interval_with_its_upper_end() {
        for most in [1, 100, 101, 999, 1000, 1001, 9_000, 123_456] {
            let lacks = BTreeMap::from([(Hours(1), Pair { before: 1, after: 0 }), (Hours(most), Pair { before: 2, after: 3 })]);
            let (step, bars) = intervals(&lacks);
            assert!(bars.len() <= 10, "{most}: {bars:?}");
            assert!(i64::try_from(bars.len()).unwrap() * step * 100 >= most, "{most}");
            assert_eq!(bars.last().map(|bar| bar.after), Some(3), "{most}");
        }
        assert_eq!(intervals(&BTreeMap::from([(Hours(1000), Pair { before: 1, after: 1 })])).1.len(), 10);
    }
}
