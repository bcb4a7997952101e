//! The parts of a package, gone through as bytes before anything parses them: what would make the reader take memory on trust.

use std::io::{BufReader, Read};

use memchr::{memchr_iter, memmem};
use quick_xml::events::Event;

use super::package::{Archive, bomb, damaged_zip};
use crate::text::{Problem, Text, excerpt};

/// What a part was found to have.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Found {
    /// Merged cells.
    pub(crate) merged: bool,
}

/// The longest stretch without a tag. The longest text of a cell is a twentieth of it, however it is written. A picture may have
/// a longer one, if it is no larger than this.
const STRETCH: u64 = 4 << 20;
const PICTURE: u64 = 64 << 20;
/// The most elements of the part of shared texts, two for each of more texts than a sheet has cells of them; and of the part of
/// styles, of which a workbook can have 65,490 with a few elements each. They take more memory than they take bytes.
const TEXT_ELEMENTS: u64 = 24_000_000;
const STYLE_ELEMENTS: u64 = 500_000;
/// The depth at which elements may stand in each other; those of workbooks stand some ten deep. The parser keeps each name.
const DEPTH: u64 = 1000;
/// So many more elements begin than end by a tag of their own before the depth is looked at.
const OPEN: u64 = 100_000;

/// Longer than anything looked for, so that nothing is lost between two pieces.
const OVERLAP: usize = 256;
const PIECE: usize = 1 << 18;

/// Goes through a part.
///
/// # Errors
/// If it has what no spreadsheet program writes and what only serves to take memory or time.
pub(crate) fn part(archive: &mut Archive<'_>, part: usize, name: &str) -> Result<Found, Problem> {
    let mut entry = archive.by_index(part).map_err(|_| damaged_zip())?;
    let size = entry.size();
    let texts_max = (size / 5).min(TEXT_ELEMENTS / 2);
    let mut buffer = vec![0; OVERLAP + PIECE];
    let (mut kept, mut found, mut tags) = (0_usize, Found::default(), Tags::default());
    loop {
        let count = entry.read(&mut buffer[kept..]).map_err(|_| damaged_zip())?;
        let filled = kept + count;
        let piece = &buffer[..filled];
        found.merged = found.merged || memmem::find(piece, b"mergeCell").is_some();
        let mut counts = memmem::find_iter(piece, b"uniqueCount").map(|at| &piece[at + 11..]);
        if counts.any(|rest| declared_texts(rest) > texts_max) {
            return Err(damaged_zip());
        }
        // From the last two bytes of the piece before, as what kind of tag begins there is seen in the next one.
        tags.count(&piece[kept.saturating_sub(2)..]);
        if let Some(problem) = tags.refused(name, size) {
            return Err(problem);
        }
        if count == 0 {
            break;
        }
        let keep = filled.min(OVERLAP);
        buffer.copy_within(filled - keep..filled, 0);
        kept = keep;
    }
    drop(entry);
    if tags.opened.saturating_sub(tags.closed) > OPEN {
        depth(archive, part, name)?;
    }
    Ok(found)
}

/// Tags as bytes. Not every `<` begins one, but no tag begins without it.
#[derive(Default)]
struct Tags {
    /// That begin an element, and that end one.
    opened: u64,
    closed: u64,
    /// Declarations of a document type, in which entities are declared.
    declared: u64,
    /// Bytes since the last `<`, and the most of them.
    since: u64,
    longest: u64,
}

impl Tags {
    /// Counts the tags that begin in all but the last two bytes of a stretch.
    fn count(&mut self, stretch: &[u8]) {
        let Some(all) = stretch.len().checked_sub(2) else { return };
        let mut last = 0;
        for at in memchr_iter(b'<', &stretch[..all]) {
            self.longest = self.longest.max(self.since + (at - last) as u64);
            (self.since, last) = (0, at);
            match (stretch[at + 1], stretch[at + 2]) {
                (b'/', _) => self.closed += 1,
                (b'!', b'D' | b'd') => self.declared += 1,
                (b'!' | b'?', _) => {}
                _ => self.opened += 1,
            }
        }
        self.since += (all - last) as u64;
        self.longest = self.longest.max(self.since);
    }

    fn refused(&self, name: &str, size: u64) -> Option<Problem> {
        let is_xml = name.ends_with(".xml") || name.ends_with(".rels");
        let most = if name.ends_with("sharedstrings.xml") {
            TEXT_ELEMENTS
        } else if name.ends_with("styles.xml") {
            STYLE_ELEMENTS
        } else {
            u64::MAX
        };
        // What follows is said to a person.
        let name = &excerpt(name);
        if is_xml && self.declared > 0 {
            Some(declaration(name))
        } else if self.opened > most {
            Some(bomb(Text::new(format!("其中的“{name}”有 {most} 个以上的元素"), format!("has a part \"{name}\" of more than {most} elements"))))
        } else if self.longest > STRETCH && (is_xml || size > PICTURE) {
            Some(bomb(Text::new(
                format!("其中的“{name}”有 {} MiB 以上的一段没有标记", STRETCH >> 20),
                format!("has a part \"{name}\" with a stretch of more than {} MiB without a tag", STRETCH >> 20),
            )))
        } else {
            None
        }
    }
}

/// Parses a part only to see how deep its elements stand.
fn depth(archive: &mut Archive<'_>, part: usize, name: &str) -> Result<(), Problem> {
    let entry = archive.by_index(part).map_err(|_| damaged_zip())?;
    let mut reader = quick_xml::Reader::from_reader(BufReader::new(entry));
    reader.config_mut().check_end_names = false;
    let (mut buffer, mut depth) = (Vec::new(), 0_u64);
    loop {
        buffer.clear();
        match reader.read_event_into(&mut buffer) {
            Ok(Event::Start(_)) => depth += 1,
            Ok(Event::End(_)) => depth = depth.saturating_sub(1),
            // What is no XML is refused by whoever reads it, if anybody does.
            Ok(Event::Eof) | Err(_) => return Ok(()),
            Ok(_) => {}
        }
        if depth > DEPTH {
            let name = &excerpt(name);
            return Err(bomb(Text::new(format!("其中的“{name}”嵌套超过 {DEPTH} 层"), format!("has a part \"{name}\" of elements more than {DEPTH} deep"))));
        }
    }
}

/// The number in ` = "…"`; 0 if there is none, and the largest one if it is written in a way that
/// could hide it between two pieces.
fn declared_texts(rest: &[u8]) -> u64 {
    const BLANKS_MAX: usize = 100;
    let value = rest.trim_ascii_start();
    let Some(value) = value.strip_prefix(b"=") else {
        return 0;
    };
    let quoted = value.trim_ascii_start();
    if rest.len() - quoted.len() > BLANKS_MAX {
        return u64::MAX;
    }
    let digits = quoted.iter().skip(1).take_while(|byte| byte.is_ascii_digit());
    digits.fold(0, |sum: u64, byte| sum.saturating_mul(10).saturating_add(u64::from(byte - b'0')))
}

/// Entities that stand for entities make gigabytes of a few lines; the standard of workbooks (ECMA-376, part 2) allows none.
fn declaration(name: &str) -> Problem {
    Problem::new(
        "damaged",
        Text::new(
            format!("工作簿的“{name}”带有文档类型声明（DOCTYPE），工作簿的标准不允许，没有打开。"),
            format!("The workbook's part \"{name}\" has a document type declaration (DOCTYPE), which the standard of workbooks forbids; it was not opened."),
        ),
        Text::new(
            "请用 Excel 或 WPS 打开，另存为新的 .xlsx；来历不明的文件请勿打开。",
            "Open it in a spreadsheet program and save it as a new .xlsx; do not open a file from somebody you do not know.",
        ),
    )
}
