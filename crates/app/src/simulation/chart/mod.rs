//! A simulation as a picture: who goes from which status to which, how much lacks how many, and what lacks of each requirement.
//!
//! Places are whole pixels; statuses have the same colours everywhere, blue and orange, which everyone can tell apart, and are named beside them.

mod canvas;
mod flows;
mod gaps;
mod sizes;

use super::{Simulated, words};
use crate::failure::Failure;
use crate::lang::t;
use crate::terminal::visible;
use canvas::{Anchor, Canvas, INK, Point, QUIET, Size, fitted};
use plotters::style::RGBColor;
use xueshi_policy::text;

const WIDTH: i32 = 1120;
const MARGIN: i32 = 40;
/// So many lines say what is tried.
const TRIED: usize = 4;

/// The colours of the two sides.
const SIDES: [RGBColor; 2] = [RGBColor(174, 183, 192), RGBColor(70, 89, 143)];

/// The picture as SVG.
///
/// # Errors
/// If it can not be drawn.
pub(crate) fn draw(simulated: &Simulated<'_>) -> Result<String, Failure> {
    let tried = tried(simulated);
    let answer = 74 + 20 * i32::try_from(tried.len()).unwrap_or(0) + 16;
    let (upper, lower) = (answer + 48, answer + 48 + flows::HEIGHT + 36);
    let height = lower + gaps::height(simulated) + 24;
    let mut svg = String::new();
    let mut canvas = Canvas::new(&mut svg, (WIDTH, height))?;
    head(&mut canvas, simulated, &tried, answer)?;
    flows::draw(&mut canvas, simulated, (MARGIN, upper))?;
    sizes::draw(&mut canvas, simulated, (660, upper))?;
    gaps::draw(&mut canvas, simulated, (MARGIN, lower))?;
    canvas.finish()?;
    Ok(svg)
}

/// What is tried, a line each.
fn tried(simulated: &Simulated<'_>) -> Vec<String> {
    let all = simulated.trial.lines();
    let mut lines: Vec<String> = all.iter().take(TRIED).map(|line| fitted(&visible(line.get(simulated.lang)), WIDTH - 2 * MARGIN, Size::Body)).collect();
    let more = all.len().saturating_sub(TRIED);
    if more > 0 {
        lines.push(text!("另有 {more} 项", "and {more} more").get(simulated.lang).to_owned());
    }
    lines
}

fn head(canvas: &mut Canvas<'_>, simulated: &Simulated<'_>, tried: &[String], answer: i32) -> Result<(), Failure> {
    let Simulated { year, region, tally, lang, .. } = *simulated;
    let title = text!("政策模拟：{region} {year} 年度", "What if: {region}, {year}");
    canvas.text((MARGIN, 40), title.get(lang), Size::Title, INK, Anchor::Start)?;
    for (at, line) in (0..).zip(tried) {
        canvas.text((MARGIN, 74 + 20 * at), line, Size::Body, QUIET, Anchor::Start)?;
    }
    canvas.text((MARGIN, answer), words::answer(tally).get(lang), Size::Answer, INK, Anchor::Start)
}

/// The two sides and their colours, ending at a point.
fn legend(canvas: &mut Canvas<'_>, simulated: &Simulated<'_>, (right, y): Point) -> Result<(), Failure> {
    let lang = simulated.lang;
    let words = [t(lang, "现行", "in force"), t(lang, "拟改", "proposed")];
    let mut x = right;
    for (word, colour) in words.iter().zip(SIDES).rev() {
        x -= canvas::long(word, Size::Small);
        canvas.text((x, y), word, Size::Small, QUIET, Anchor::Start)?;
        x -= 18;
        canvas.rect((x, y - 6), (x + 12, y + 6), colour)?;
        x -= 16;
    }
    Ok(())
}

/// The smallest of 1, 2, 5, 10, 20 … that is not less.
fn nice(least: i64) -> i64 {
    let mut power = 1_i64;
    loop {
        for step in [power, power.saturating_mul(2), power.saturating_mul(5)] {
            if step >= least {
                return step;
            }
        }
        power = power.saturating_mul(10);
    }
}

/// `part` of `whole` on a length of pixels.
fn scaled(part: i64, whole: i64, length: i32) -> i32 {
    let pixels = i128::from(part) * i128::from(length) / i128::from(whole.max(1));
    i32::try_from(pixels).unwrap_or(length)
}

/// A count as a number to be scaled.
fn count(persons: usize) -> i64 {
    i64::try_from(persons).unwrap_or(i64::MAX)
}
