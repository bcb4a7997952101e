//! What a picture is drawn with: boxes, lines, bands and words, in whole pixels.

use crate::failure::Failure;
use crate::terminal::width;
use plotters::backend::{DrawingBackend, SVGBackend};
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{Color as _, FontDesc, FontFamily, FontStyle, RGBColor, TextStyle};
use std::fmt::Display;
use xueshi_policy::text;

/// Fonts that have Chinese, on each system; then whatever the viewer has.
const FONTS: &str = "'Noto Sans CJK SC', 'Noto Sans SC', 'Source Han Sans SC', 'PingFang SC', 'Microsoft YaHei', sans-serif";

/// The colour of words.
pub(super) const INK: RGBColor = RGBColor(36, 49, 61);
/// The colour of words that stand back.
pub(super) const QUIET: RGBColor = RGBColor(91, 104, 117);
/// The colour of lines behind the figures.
pub(super) const GRID: RGBColor = RGBColor(225, 230, 235);

/// A place: to the right, and down.
pub(super) type Point = (i32, i32);

/// How large words are.
#[derive(Clone, Copy, Debug)]
pub(super) enum Size {
    Title,
    Answer,
    Heading,
    Body,
    Small,
}

/// Which end of the words stands at their place.
#[derive(Clone, Copy, Debug)]
pub(super) enum Anchor {
    Start,
    Middle,
    End,
}

/// A picture being drawn.
pub(super) struct Canvas<'a> {
    svg: SVGBackend<'a>,
}

impl<'a> Canvas<'a> {
    /// A white page.
    ///
    /// # Errors
    /// If it can not be drawn.
    pub(super) fn new(out: &'a mut String, (wide, high): Point) -> Result<Self, Failure> {
        let size = (wide.unsigned_abs(), high.unsigned_abs());
        let mut canvas = Self { svg: SVGBackend::with_string(out, size) };
        canvas.rect((0, 0), (wide, high), RGBColor(255, 255, 255))?;
        Ok(canvas)
    }

    /// A filled box between two corners.
    pub(super) fn rect(&mut self, from: Point, to: Point, colour: RGBColor) -> Result<(), Failure> {
        self.svg.draw_rect(from, to, &colour, true).map_err(failed)
    }

    /// A thin line.
    pub(super) fn line(&mut self, from: Point, to: Point, colour: RGBColor) -> Result<(), Failure> {
        self.svg.draw_line(from, to, &colour).map_err(failed)
    }

    /// A filled shape through which one can see, `strength` of 1 being solid.
    pub(super) fn band(&mut self, points: Vec<Point>, colour: RGBColor, strength: f64) -> Result<(), Failure> {
        self.svg.fill_polygon(points, &colour.mix(strength)).map_err(failed)
    }

    /// Words on one line, in the middle of its height.
    pub(super) fn text(&mut self, at: Point, words: &str, size: Size, colour: RGBColor, anchor: Anchor) -> Result<(), Failure> {
        let weight = if matches!(size, Size::Title | Size::Answer | Size::Heading) { FontStyle::Bold } else { FontStyle::Normal };
        let side = match anchor {
            Anchor::Start => HPos::Left,
            Anchor::Middle => HPos::Center,
            Anchor::End => HPos::Right,
        };
        let style = TextStyle::from(FontDesc::new(FontFamily::Name(FONTS), size.points(), weight)).color(&colour).pos(Pos::new(side, VPos::Center));
        self.svg.draw_text(words, &style, at).map_err(failed)
    }

    /// Closes the picture.
    ///
    /// # Errors
    /// If it can not be drawn.
    pub(super) fn finish(mut self) -> Result<(), Failure> {
        self.svg.present().map_err(failed)
    }
}

impl Size {
    /// The height in pixels.
    fn pixels(self) -> i32 {
        match self {
            Self::Title => 22,
            Self::Answer => 17,
            Self::Heading => 15,
            Self::Body => 13,
            Self::Small => 12,
        }
    }

    /// The same as plotters takes it: 1.24 to the pixel.
    fn points(self) -> f64 {
        match self {
            Self::Title => 27.28,
            Self::Answer => 21.08,
            Self::Heading => 18.6,
            Self::Body => 16.12,
            Self::Small => 14.88,
        }
    }
}

/// About how many pixels words take on a line.
pub(super) fn long(words: &str, size: Size) -> i32 {
    i32::try_from(width(words)).unwrap_or(i32::MAX / 100).saturating_mul(size.pixels()) * 11 / 20
}

/// Words that fit, the cut marked by `…`.
pub(super) fn fitted(words: &str, room: i32, size: Size) -> String {
    if long(words, size) <= room {
        return words.to_owned();
    }
    let mut short = String::new();
    for c in words.chars() {
        short.push(c);
        if long(&short, size) > room - size.pixels() {
            short.pop();
            break;
        }
    }
    short + "…"
}

fn failed(error: impl Display) -> Failure {
    Failure::Message(text!("图无法画出：{error}。", "The chart could not be drawn: {error}."))
}
