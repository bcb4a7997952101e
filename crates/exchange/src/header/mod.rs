//! The header row: which column of the file is which, and what to say where that fails.

use std::collections::HashMap;

use crate::limits;
use crate::text::{Problem, Remark};

mod words;

use words::{Titles, header_elsewhere, unknown_columns};
pub(crate) use words::{headless_columns, too_many_columns};

/// A column the caller understands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    /// The column's English name, which is accepted as a header too.
    pub id: String,
    /// Every accepted spelling; the first one that is not ASCII is shown as the Chinese title.
    /// Compared without outer white space, byte order mark, case of ASCII letters and full width.
    pub names: Vec<String>,
    /// Whether a file without this column is refused.
    pub required: bool,
}

/// How many rows below the first are searched for a header, to say where it is.
pub(crate) const ROWS_SEARCHED: usize = 10;

/// The headers of the caller, to be looked up by any of their spellings.
pub(crate) struct Dictionary<'a> {
    pub(crate) headers: &'a [Header],
    by_name: HashMap<String, usize>,
}

/// A header row that was understood.
#[derive(Debug)]
pub(crate) struct Understood {
    /// File column → header.
    pub(crate) columns: Vec<Option<usize>>,
    /// For each column of the file, whether its title is blank.
    pub(crate) headless: Vec<bool>,
    /// Columns of the file up to the last one that has a title.
    pub(crate) width: usize,
    pub(crate) remarks: Vec<Remark>,
}

/// Understands the first of the rows as the header; the others are the rows below it, in which
/// the header may have ended up by mistake.
pub(crate) fn understand(rows: &[Vec<String>], known: &Dictionary<'_>) -> Result<Understood, Problem> {
    let headers = known.headers;
    let first = rows.first().map_or(&[][..], Vec::as_slice);
    if first.len() > limits::COLUMNS {
        return Err(too_many_columns());
    }
    let matched = Matched::new(first, known);
    if let Some(row) = better_row(rows, known, &matched) {
        return Err(header_elsewhere(row));
    }
    matched.check(headers, &Titles::Row(first))?;
    let remarks = unknown_columns(first, headers, &matched).into_iter().collect();
    let headless: Vec<bool> = first.iter().map(|title| is_blank(title)).collect();
    let width = headless.iter().rposition(|blank| !blank).map_or(0, |last| last + 1);
    Ok(Understood { columns: matched.columns, headless, width, remarks })
}

/// Understands the columns of a file whose columns have names and no header row: for each the header
/// it belongs to, and what is to be said.
pub(crate) fn understand_names(names: &[String], known: &Dictionary<'_>) -> Result<(Vec<Option<usize>>, Vec<Remark>), Problem> {
    if names.len() > limits::COLUMNS {
        return Err(too_many_columns());
    }
    let matched = Matched::new(names, known);
    matched.check(known.headers, &Titles::Names(names))?;
    let remarks = unknown_columns(names, known.headers, &matched).into_iter().collect();
    Ok((matched.columns, remarks))
}

/// A title as it is kept: of one that is longer than any header no more than shows it.
pub(crate) fn title(text: &str) -> &str {
    const BYTES: usize = 1000;
    &text[..text.floor_char_boundary(BYTES)]
}

/// Letters of a column as spreadsheets count them, the first column being 0: A, B … Z, AA.
pub(crate) fn column_letters(column: usize) -> String {
    let mut letters = Vec::new();
    let mut rest = column + 1;
    while rest > 0 {
        rest -= 1;
        letters.push(char::from(b'A' + (rest % 26) as u8));
        rest /= 26;
    }
    letters.iter().rev().collect()
}

/// A spelling as it is compared: sheets' names are, too.
pub(crate) fn fold(name: &str) -> String {
    name.chars()
        .map(|c| match c {
            '\u{3000}' => ' ',
            // Full-width forms stand in the same order as ASCII.
            '\u{FF01}'..='\u{FF5E}' => char::from_u32(c as u32 - 0xFEE0).unwrap_or(c),
            _ => c,
        })
        // A line break inside of a title is how a narrow column is laid out.
        .filter(|c| !matches!(c, '\n' | '\r' | '\u{FEFF}' | '\u{200B}'..='\u{200F}'))
        .collect::<String>()
        .trim()
        .to_ascii_lowercase()
}

pub(crate) fn is_blank(text: &str) -> bool {
    text.chars().all(|c| c.is_whitespace() || c == '\u{FEFF}')
}

impl<'a> Dictionary<'a> {
    pub(crate) fn new(headers: &'a [Header]) -> Dictionary<'a> {
        let mut by_name = HashMap::new();
        for (index, header) in headers.iter().enumerate() {
            for name in header.names.iter().chain([&header.id]) {
                by_name.entry(fold(name)).or_insert(index);
            }
        }
        Dictionary { headers, by_name }
    }

    /// How many titles of a row are known: by this the separator of a CSV file is found.
    pub(crate) fn known_in(&self, row: &[String]) -> usize {
        Matched::new(row, self).known()
    }
}

impl Header {
    /// The Chinese title with the English name, as a reader of either language looks for it.
    fn title(&self) -> String {
        match self.names.iter().find(|name| !name.is_ascii()) {
            Some(zh) => format!("{zh} ({})", self.id),
            None => self.id.clone(),
        }
    }
}

/// The titles of a row beside the headers they belong to.
struct Matched {
    columns: Vec<Option<usize>>,
}

impl Matched {
    fn new(titles: &[String], known: &Dictionary<'_>) -> Matched {
        let find = |title: &String| match fold(title) {
            folded if folded.is_empty() => None,
            folded => known.by_name.get(&folded).copied(),
        };
        Matched { columns: titles.iter().map(find).collect() }
    }

    /// Refuses titles that lack a required column, or have one twice.
    fn check(&self, headers: &[Header], titles: &Titles<'_>) -> Result<(), Problem> {
        if let Some(missing) = self.missing(headers) {
            return Err(titles.missing_columns(headers, self, &missing));
        }
        if self.known() == 0 {
            return Err(titles.nothing_known(headers));
        }
        match self.duplicate(headers) {
            Some((header, columns)) => Err(titles.duplicate_column(&headers[header], &columns)),
            None => Ok(()),
        }
    }

    fn known(&self) -> usize {
        self.columns.iter().flatten().count()
    }

    fn has(&self, header: usize) -> bool {
        self.columns.contains(&Some(header))
    }

    fn missing(&self, headers: &[Header]) -> Option<Vec<usize>> {
        let missing: Vec<usize> = (0..headers.len()).filter(|h| headers[*h].required && !self.has(*h)).collect();
        if missing.is_empty() { None } else { Some(missing) }
    }

    fn duplicate(&self, headers: &[Header]) -> Option<(usize, Vec<usize>)> {
        (0..headers.len()).find_map(|header| {
            let columns: Vec<usize> = (0..self.columns.len()).filter(|c| self.columns[*c] == Some(header)).collect();
            if columns.len() > 1 { Some((header, columns)) } else { None }
        })
    }
}

/// A row below the first that is the header more likely than the first: the first knows no title
/// at all, or lacks required ones that the other has.
fn better_row(rows: &[Vec<String>], known: &Dictionary<'_>, first: &Matched) -> Option<usize> {
    if first.known() > 0 && first.missing(known.headers).is_none() {
        return None;
    }
    let mut best = None;
    let mut known_most = first.known();
    for (row, titles) in rows.iter().enumerate().skip(1).take(ROWS_SEARCHED) {
        let matched = Matched::new(titles, known);
        let is_better = first.known() == 0 || matched.missing(known.headers).is_none();
        if is_better && matched.known() > known_most {
            known_most = matched.known();
            best = Some(row + 1);
        }
    }
    best
}
