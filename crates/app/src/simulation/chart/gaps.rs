//! What lacks of each requirement, all persons together: two bars each.

use super::canvas::{Anchor, Canvas, INK, Point, QUIET, Size, fitted};
use super::{MARGIN, SIDES, Simulated, WIDTH, legend, scaled};
use crate::failure::Failure;
use crate::lang::t;
use crate::terminal::visible;
use xueshi_policy::{Hours, Lang, text};

/// So many requirements are shown.
const ROWS: usize = 6;
const ROW: i32 = 46;
const TOP: i32 = 30;
/// Where bars begin, and how long the longest is; words follow it.
const LEFT: i32 = 230;
const LONGEST: i32 = 560;

/// The height of the panel.
pub(super) fn height(simulated: &Simulated<'_>) -> i32 {
    let rows = simulated.tally.gaps.len();
    let more = i32::from(rows > ROWS) * 24;
    TOP + ROW * i32::try_from(rows.clamp(1, ROWS)).unwrap_or(1) + more
}

/// Draws the panel.
pub(super) fn draw(canvas: &mut Canvas<'_>, simulated: &Simulated<'_>, (x, y): Point) -> Result<(), Failure> {
    let (lang, tally) = (simulated.lang, simulated.tally);
    canvas.text((x, y), t(lang, "各项要求共差多少", "What lacks of each requirement, all persons together"), Size::Heading, INK, Anchor::Start)?;
    legend(canvas, simulated, (WIDTH - MARGIN, y))?;
    if tally.gaps.is_empty() {
        return canvas.text((x, y + TOP), t(lang, "没有未达到的要求", "every requirement is met"), Size::Body, QUIET, Anchor::Start);
    }
    // Bars of different units can not be compared with each other.
    let most = |hours: [Hours; 2]| hours.into_iter().max().unwrap_or_default();
    let common = tally.unit().map(|_| tally.gaps.iter().map(|gap| most([gap.short.before, gap.short.after])).max().unwrap_or_default());
    for (row, gap) in (0..).zip(tally.gaps.iter().take(ROWS)) {
        let top = y + TOP + ROW * row;
        let scale = common.unwrap_or_else(|| most([gap.short.before, gap.short.after]));
        let title = fitted(&visible(gap.title.get(lang)), LEFT - 14, Size::Body);
        canvas.text((x, top + 16), &title, Size::Body, INK, Anchor::Start)?;
        for (at, short, persons) in [(0, gap.short.before, gap.persons.before), (1, gap.short.after, gap.persons.after)] {
            let (from, line) = (x + LEFT, top + 17 * i32::from(at == 1));
            let to = from + scaled(short.0, scale.0, LONGEST);
            if short > Hours::ZERO {
                canvas.rect((from, line), (to.max(from + 2), line + 14), SIDES[at])?;
            }
            let (zh, en) = (&gap.unit.zh, gap.unit.get(Lang::En));
            let words = text!("{short} {zh}，{persons} 人", "{short} {en}, persons: {persons}");
            canvas.text((to.max(from) + 8, line + 7), words.get(lang), Size::Small, QUIET, Anchor::Start)?;
        }
    }
    let more = tally.gaps.len().saturating_sub(ROWS);
    if more > 0 {
        let words = text!("另有 {more} 项，见表", "and {more} more: see the table");
        let rows = i32::try_from(ROWS).unwrap_or(0);
        canvas.text((x, y + TOP + ROW * rows + 8), words.get(lang), Size::Small, QUIET, Anchor::Start)?;
    }
    Ok(())
}
