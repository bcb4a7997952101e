//! Who goes from which status to which: two columns of statuses, and bands between them as wide as there are persons.

use super::canvas::{Anchor, Canvas, INK, Point, QUIET, Size};
use super::{Simulated, count, scaled};
use crate::failure::Failure;
use crate::lang::t;
use crate::simulation::Pair;
use crate::simulation::tally::Counts;
use plotters::style::RGBColor;
use xueshi_policy::{Status, text};

/// The height of the panel, its words below included.
pub(super) const HEIGHT: i32 = TOP + COLUMN + 24 + LISTED * 20;
/// The most frequent moves are listed.
const LISTED: i32 = 3;
/// Where the columns begin, below the headings, and their height.
const TOP: i32 = 56;
const COLUMN: i32 = 270;
/// Between two statuses, and the least height of one.
const SPACE: i32 = 8;
const LEAST: i32 = 3;
/// Labels do not stand closer.
const LABEL: i32 = 18;
/// Where the columns stand, and how wide they are.
const COLUMNS: [i32; 2] = [150, 410];
const BROAD: i32 = 18;

/// From top to bottom.
const ORDER: [Status; 5] = [Status::Met, Status::Exempt, Status::NotCovered, Status::Undetermined, Status::Short];

/// A status of a column.
#[derive(Clone, Copy, Debug, Default)]
struct Part {
    persons: i64,
    y: i32,
    high: i32,
    /// Persons whose bands are drawn.
    done: i64,
}

type Column = [Part; 5];

/// Draws the panel.
pub(super) fn draw(canvas: &mut Canvas<'_>, simulated: &Simulated<'_>, (x, y): Point) -> Result<(), Failure> {
    let (lang, tally) = (simulated.lang, simulated.tally);
    canvas.text((x, y), t(lang, "状态（人数）", "Status (persons)"), Size::Heading, INK, Anchor::Start)?;
    if tally.persons == 0 {
        return canvas.text((x, y + TOP), t(lang, "没有人员", "nobody"), Size::Body, QUIET, Anchor::Start);
    }
    let sides = [(t(lang, "现行", "in force"), COLUMNS[0]), (t(lang, "拟改", "proposed"), COLUMNS[1])];
    for (word, column) in sides {
        canvas.text((x + column + BROAD / 2, y + 34), word, Size::Body, QUIET, Anchor::Middle)?;
    }
    let counts = tally.counts();
    let mut columns = counts.map(|counts| column(counts, y + TOP));
    bands(canvas, simulated, &mut columns, x)?;
    for (at, parts) in [&columns.before, &columns.after].into_iter().enumerate() {
        for (status, part) in ORDER.iter().zip(parts).filter(|(_, part)| part.persons > 0) {
            canvas.rect((x + COLUMNS[at], part.y), (x + COLUMNS[at] + BROAD, part.y + part.high), colour(*status))?;
        }
        for (which, label_y) in labels(parts, y + TOP + COLUMN) {
            let (status, persons) = (ORDER[which].title(), parts[which].persons);
            let (words, place, anchor) = if at == 0 {
                (format!("{} {persons}", status.get(lang)), x + COLUMNS[0] - 10, Anchor::End)
            } else {
                (format!("{} {persons}{}", status.get(lang), difference(columns.before[which].persons, persons)), x + COLUMNS[1] + BROAD + 10, Anchor::Start)
            };
            canvas.text((place, label_y), &words, Size::Body, INK, anchor)?;
        }
    }
    moves(canvas, simulated, (x, y + TOP + COLUMN + 32))
}

/// The most frequent changes of status in words.
fn moves(canvas: &mut Canvas<'_>, simulated: &Simulated<'_>, (x, y): Point) -> Result<(), Failure> {
    let lang = simulated.lang;
    let moves = simulated.tally.moves();
    if moves.is_empty() {
        return canvas.text((x, y), t(lang, "没有人的状态改变", "nobody's status changes"), Size::Body, QUIET, Anchor::Start);
    }
    let listed = usize::try_from(LISTED).unwrap_or(0);
    for (at, (status, persons)) in (0..).zip(moves.iter().take(listed)) {
        let Pair { before, after } = status.map(|status| status.title().get(lang).to_owned());
        let more = moves.len() - listed.min(moves.len());
        let more = if at + 1 == LISTED && more > 0 { text!("；另有 {more} 种", "; and {more} more kinds") } else { xueshi_policy::Text::default() };
        let words = text!("{before} → {after}：{persons} 人", "{before} → {after}: {persons}");
        canvas.text((x, y + 20 * at), &format!("{}{}", words.get(lang), more.get(lang)), Size::Body, QUIET, Anchor::Start)?;
    }
    Ok(())
}

/// The statuses of a column from top to bottom.
fn column(counts: &Counts, top: i32) -> Column {
    let of = |status: Status| Status::ALL.iter().zip(counts).find(|(known, _)| **known == status).map_or(0, |(_, persons)| count(*persons));
    let persons = ORDER.map(of);
    let all: i64 = persons.iter().sum();
    let used = i32::try_from(persons.iter().filter(|persons| **persons > 0).count()).unwrap_or(0);
    let room = COLUMN - SPACE * (used - 1).max(0);
    let mut y = top;
    persons.map(|persons| {
        let high = if persons > 0 { scaled(persons, all, room).max(LEAST) } else { 0 };
        let part = Part { persons, y, high, done: 0 };
        y += if persons > 0 { high + SPACE } else { 0 };
        part
    })
}

/// A band for every status before and after; those who stay where they are stand back.
fn bands(canvas: &mut Canvas<'_>, simulated: &Simulated<'_>, columns: &mut Pair<Column>, x: i32) -> Result<(), Failure> {
    let flows = simulated.tally.flows();
    let mut moving = Vec::new();
    for (from, before) in ORDER.iter().enumerate() {
        for (to, after) in ORDER.iter().enumerate() {
            let Some((_, persons)) = flows.iter().find(|(status, _)| *status == (Pair { before: *before, after: *after })) else { continue };
            let left = columns.before[from].take(count(*persons));
            let right = columns.after[to].take(count(*persons));
            if before == after {
                canvas.band(band(x, left, right), colour(*after), 0.16)?;
            } else {
                moving.push((band(x, left, right), colour(*after)));
            }
        }
    }
    moving.into_iter().try_for_each(|(band, colour)| canvas.band(band, colour, 0.6))
}

impl Part {
    /// Top and bottom of the next persons.
    fn take(&mut self, persons: i64) -> (i32, i32) {
        let at = |done: i64| self.y + scaled(done, self.persons, self.high);
        let (top, bottom) = (at(self.done), at(self.done + persons));
        self.done += persons;
        (top, bottom.max(top + 1))
    }
}

/// The edge of a band: smooth from left to right along the top, and back along the bottom.
fn band(x: i32, left: (i32, i32), right: (i32, i32)) -> Vec<Point> {
    const STEPS: i32 = 24;
    let (from, to) = (x + COLUMNS[0] + BROAD, x + COLUMNS[1]);
    let across = |step: i32| from + (to - from) * step / STEPS;
    let down = |start: i32, end: i32, step: i32| start + (end - start) * (3 * step * step * STEPS - 2 * step * step * step) / (STEPS * STEPS * STEPS);
    let top = (0..=STEPS).map(|step| (across(step), down(left.0, right.0, step)));
    let bottom = (0..=STEPS).rev().map(|step| (across(step), down(left.1, right.1, step)));
    top.chain(bottom).collect()
}

/// Where the labels of a column stand: beside their parts, and never on each other.
fn labels(parts: &Column, bottom: i32) -> Vec<(usize, i32)> {
    let mut places: Vec<(usize, i32)> = parts.iter().enumerate().filter(|(_, part)| part.persons > 0).map(|(at, part)| (at, part.y + part.high / 2)).collect();
    for at in 1..places.len() {
        places[at].1 = places[at].1.max(places[at - 1].1 + LABEL);
    }
    let mut limit = bottom;
    for place in places.iter_mut().rev() {
        place.1 = place.1.min(limit);
        limit = place.1 - LABEL;
    }
    places
}

fn difference(before: i64, after: i64) -> String {
    if before == after { String::new() } else { format!(" ({:+})", after - before) }
}

/// The colour of a status.
fn colour(status: Status) -> RGBColor {
    match status {
        Status::Met => RGBColor(47, 127, 158),
        Status::Exempt => RGBColor(143, 188, 203),
        Status::NotCovered => RGBColor(178, 186, 194),
        Status::Undetermined => RGBColor(224, 184, 76),
        Status::Short => RGBColor(207, 106, 67),
    }
}
