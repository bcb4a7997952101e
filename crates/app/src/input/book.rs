//! The two tables that an assessment reads, and what is said once about them.

use super::cards::Cards;
use super::columns::{ColumnFiles, parquet_among};
use super::error::{RowError, Table};
use super::frame::Frame;
use super::headers::Columns;
use super::index::{Entry, Index, Place};
use super::source::Source;
use crate::failure::Failure;
use crate::progress::Progress;
use std::borrow::Cow;
use std::path::Path;
use std::sync::Arc;
use xueshi_exchange::{self as exchange, Header, Limits, Which};
use xueshi_policy::{Text, text};

/// The names of the sheet of persons in a workbook.
const PERSON_SHEETS: [&str; 2] = ["persons", "人员"];

/// The files to be read.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Files<'a> {
    /// The learning records: one table, or several files of columns.
    pub(crate) records: &'a [&'a Path],
    /// The persons, where they have a file of their own.
    pub(crate) persons: Option<&'a Path>,
}

/// What the command line says of everyone of whom the persons table says nothing else.
#[derive(Clone, Debug)]
pub(crate) struct Defaults {
    /// Region and industry.
    pub(crate) place: Place,
    /// Facts of the person: column and value.
    pub(crate) facts: Vec<(String, String)>,
}

/// Records and persons, indexed by person.
#[derive(Debug)]
pub(crate) struct Book {
    pub(crate) records: Source,
    /// The table of persons.
    pub(crate) cards: Option<Arc<Cards>>,
    pub(crate) columns: Columns,
    pub(crate) defaults: Defaults,
    /// Rows that no person's assessment can report: unreadable ones, and those that name nobody.
    pub(crate) errors: Vec<RowError>,
    /// What is to be said once about the files.
    pub(crate) notes: Vec<Text>,
    index: Index,
}

impl Book {
    /// Reads the files.
    ///
    /// # Errors
    /// If nothing of a file can be used.
    pub(crate) fn read(files: Files<'_>, columns: Columns, defaults: Defaults, progress: &Progress) -> Result<Self, Failure> {
        Ok(Self::of(Tables::read(files, &columns, &defaults, progress)?, columns, defaults))
    }

    /// Indexes what was read.
    pub(crate) fn of(tables: Tables, columns: Columns, defaults: Defaults) -> Self {
        let mut book = Self::new(tables.records, tables.cards, columns, defaults);
        book.notes = tables.notes;
        book.notes.extend(missing_cards(book.index.without_card));
        book
    }

    /// Records of which some were taken out of columns, of persons some of whom have cards.
    pub(crate) fn framed(records: Frame, columns: Columns, defaults: Defaults, cards: Option<Arc<Cards>>) -> Self {
        let records = Source::Frame(Box::new(records));
        let index = Index::new(&records, cards.as_deref(), &columns, false);
        Self::indexed(records, cards, columns, defaults, index)
    }

    /// Persons without records, by their cards.
    pub(crate) fn of_cards(which: impl Iterator<Item = u32>, no_rows: Frame, columns: Columns, defaults: Defaults, cards: Arc<Cards>) -> Self {
        let index = Index::of_cards(which, &cards);
        Self::indexed(Source::Frame(Box::new(no_rows)), Some(cards), columns, defaults, index)
    }

    /// Somebody without records, whom the command line describes.
    pub(crate) fn somebody(no_rows: Frame, columns: Columns, defaults: Defaults) -> Self {
        Self::indexed(Source::Frame(Box::new(no_rows)), None, columns, defaults, Index::somebody())
    }

    /// One record and one person that were typed, each a text for every column.
    pub(crate) fn typed(record: Vec<String>, person: Vec<String>, columns: Columns, defaults: Defaults) -> Self {
        Self::sent(vec![record], vec![person], columns, defaults)
    }

    /// Records and persons that were sent, each a text for every column; without persons, nothing more is known of them.
    pub(crate) fn sent(records: Vec<Vec<String>>, persons: Vec<Vec<String>>, columns: Columns, defaults: Defaults) -> Self {
        let cards = (!persons.is_empty()).then(|| Arc::new(Cards::new(Source::Typed(persons), &columns, &defaults)));
        Self::new(Source::Typed(records), cards, columns, defaults)
    }

    fn new(records: Source, cards: Option<Arc<Cards>>, columns: Columns, defaults: Defaults) -> Self {
        let index = Index::new(&records, cards.as_deref(), &columns, true);
        let mut book = Self::indexed(records, cards, columns, defaults, index);
        book.errors.extend(book.cards.iter().flat_map(|cards| cards.errors.iter().cloned()));
        book.errors.extend(unreadable(&book.records));
        book
    }

    fn indexed(records: Source, cards: Option<Arc<Cards>>, columns: Columns, defaults: Defaults, mut index: Index) -> Self {
        let errors = std::mem::take(&mut index.errors);
        Self { records, cards, columns, defaults, errors, notes: Vec::new(), index }
    }

    /// How many persons there are.
    pub(crate) fn len(&self) -> usize {
        self.index.people.len()
    }

    /// The person of an id.
    pub(crate) fn find(&self, id: &str) -> Option<usize> {
        self.index.people.iter().position(|person| person.id == id)
    }

    pub(crate) fn entry(&self, person: usize) -> &Entry {
        &self.index.people[person]
    }

    /// The person's rows in the table of records.
    pub(crate) fn rows(&self, person: usize) -> &[u32] {
        self.index.rows(person)
    }

    /// Where a person stands; none where its row of the persons table can not be read.
    pub(crate) fn place(&self, person: usize) -> Option<&Place> {
        self.places().get(self.entry(person).place?)
    }

    /// Every place that some person stands in, the command line's first.
    pub(crate) fn places(&self) -> &[Place] {
        self.cards.as_ref().map_or(std::slice::from_ref(&self.defaults.place), |cards| &cards.places)
    }

    /// The table of persons, and the row of a person in it.
    pub(crate) fn card(&self, person: usize) -> Option<(&Source, usize)> {
        let cards = self.cards.as_ref()?;
        Some((&cards.source, cards.list.get(self.entry(person).card? as usize)?.row))
    }

    /// The person's name, where the table has one.
    pub(crate) fn name(&self, person: usize) -> Option<String> {
        self.fact(person, "name").map(Cow::into_owned)
    }

    /// What stands in a column of the person, else what the command line says of everyone; none where that is blank or unreadable.
    pub(crate) fn fact(&self, person: usize, column: &str) -> Option<Cow<'_, str>> {
        let stated = || {
            let (persons, row) = self.card(person)?;
            persons.text(row, self.columns.persons.find(column)?).ok().filter(|text| !text.is_empty())
        };
        let of_everyone = || self.defaults.facts.iter().find(|(known, _)| known == column).map(|(_, value)| Cow::Borrowed(value.as_str()));
        stated().or_else(of_everyone)
    }

    /// Whether the records have a column for a fact.
    pub(crate) fn has(&self, column: &str) -> bool {
        self.columns.records.find(column).is_some_and(|header| self.records.has(header))
    }
}

/// The tables of records and persons, as they were read.
#[derive(Debug)]
pub(crate) struct Tables {
    pub(crate) records: Source,
    pub(crate) cards: Option<Arc<Cards>>,
    /// What is to be said once about the files.
    pub(crate) notes: Vec<Text>,
}

impl Tables {
    /// Reads the files.
    ///
    /// # Errors
    /// If nothing of a file can be used.
    pub(crate) fn read(files: Files<'_>, columns: &Columns, defaults: &Defaults, progress: &Progress) -> Result<Self, Failure> {
        let mut notes = Vec::new();
        let (records, persons) = match parquet_among(files.records)? {
            Some(paths) => {
                let found = ColumnFiles::open(&paths, &columns.records)?;
                notes.extend(found.notes.iter().cloned());
                let records = Source::Frame(Box::new(found.whole(progress)?));
                let persons = files.persons.map(|path| read_persons(path, columns, progress, &mut notes)).transpose()?.flatten();
                (records, persons)
            }
            None => read_tables(files, columns, progress, &mut notes)?,
        };
        let cards = persons.map(|persons| Arc::new(Cards::new(persons, columns, defaults)));
        Ok(Self { records, cards, notes })
    }
}

/// The rows of a table of records that could not be read.
pub(crate) fn unreadable(records: &Source) -> Vec<RowError> {
    let Source::File(name, rows) = records else { return Vec::new() };
    rows.row_errors.iter().map(|fault| RowError::unreadable(Table::Records, name, fault)).collect()
}

/// Reads a table of records, and the persons from their own file or a sheet of the same workbook.
fn read_tables(files: Files<'_>, columns: &Columns, progress: &Progress, notes: &mut Vec<Text>) -> Result<(Source, Option<Source>), Failure> {
    let path = files.records.first().copied().unwrap_or(Path::new(""));
    let (of_records, of_persons) = (columns.records.headers(), columns.persons.headers());
    let mut wanted = vec![(&of_records[..], Which::First)];
    if files.persons.is_none() {
        wanted.push((&of_persons[..], Which::Named(&PERSON_SHEETS)));
    }
    let mut tables = read_tables_of(path, &wanted, progress)?.into_iter();
    let Some(mut records) = tables.next().flatten() else {
        return Err(Failure::new("没有可读的表。", "There is no table to read."));
    };
    if let Some(persons) = files.persons {
        say(&records, notes);
        let persons = read_persons(persons, columns, progress, notes)?;
        return Ok((source(records, false), persons));
    }
    let persons = tables.next().flatten();
    // A workbook whose first sheet is the one of persons is read as one of records.
    let mut persons = persons.filter(|persons| persons.sheet != records.sheet);
    leave_out_persons_sheet(&mut records, persons.as_ref());
    // A sheet of persons that nobody filled in says nothing.
    persons = persons.filter(|persons| !persons.is_empty() || !persons.row_errors.is_empty());
    [Some(&records), persons.as_ref()].into_iter().flatten().for_each(|table| say(table, notes));
    Ok((source(records, false), persons.map(|table| source(table, true))))
}

/// Reads a table of persons, and what is to be said about it.
///
/// # Errors
/// If nothing of the file can be used.
pub(crate) fn read_persons(path: &Path, columns: &Columns, progress: &Progress, notes: &mut Vec<Text>) -> Result<Option<Source>, Failure> {
    if let Some(paths) = parquet_among(&[path])? {
        let found = ColumnFiles::open(&paths, &columns.persons)?;
        notes.extend(found.notes.iter().cloned());
        return Ok(Some(Source::Frame(Box::new(found.whole(progress)?))));
    }
    let table = read_tables_of(path, &[(&columns.persons.headers(), Which::First)], progress)?.pop().flatten();
    table.iter().for_each(|table| say(table, notes));
    Ok(table.map(|table| source(table, false)))
}

fn read_tables_of(path: &Path, wanted: &[(&[Header], Which<'_>)], progress: &Progress) -> Result<Vec<Option<exchange::Table>>, Failure> {
    let tell = |done, total| progress.tell(&path.display().to_string(), done, total);
    Ok(exchange::read_all(path, wanted, &Limits::default(), &tell)?)
}

/// What is to be said once about a table.
fn say(table: &exchange::Table, notes: &mut Vec<Text>) {
    notes.extend(table.notices.iter().map(|notice| Text::new(format!("{}：{}", notice.file, notice.text.zh), format!("{}: {}", notice.file, notice.text.en))));
}

fn source(table: exchange::Table, name_sheet: bool) -> Source {
    let name = match &table.sheet {
        Some(sheet) if name_sheet => format!("{}[{sheet}]", table.file),
        _ => table.file.clone(),
    };
    Source::File(Arc::from(name), Box::new(table))
}

/// The sheet of persons is read too: only sheets beside it were not.
fn leave_out_persons_sheet(records: &mut exchange::Table, persons: Option<&exchange::Table>) {
    let Some(read) = persons.and_then(|persons| persons.sheet.as_ref()) else { return };
    records.other_sheets.retain(|sheet| sheet != read);
    let others: Vec<String> = records.other_sheets.iter().map(|sheet| format!("“{sheet}”")).collect();
    for notice in records.notices.iter_mut().filter(|notice| notice.code == "other-sheets") {
        notice.text.zh = format!("没有读取工作表{}。", others.join("、"));
        notice.text.en = format!("Sheets not read: {}.", others.join(", "));
    }
    if others.is_empty() {
        records.notices.retain(|notice| notice.code != "other-sheets");
    }
}

/// What is said of persons whom the table of persons lacks.
pub(crate) fn missing_cards(count: usize) -> Option<Text> {
    (count > 0).then(|| {
        text!(
            "人员表中没有其中 {count} 人：按命令行的地区处理，其余事实视为未填",
            "{count} persons are not in the persons table: the command line's region is taken, and their other facts as not given"
        )
    })
}
