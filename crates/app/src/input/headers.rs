//! The columns that are understood: the built-in ones and those of every policy of the library.

use std::collections::HashMap;
use xueshi_exchange::{Header, Reading};
use xueshi_policy::{Column, Engine, FactType, Of, Text};

/// A column of a table.
#[derive(Clone, Debug)]
pub(crate) struct Head {
    /// The English header.
    pub(crate) id: String,
    /// The Chinese header, and others that policies give it.
    pub(crate) titles: Vec<String>,
    /// Whether a file without it is refused.
    pub(crate) required: bool,
    /// What its cells are read as where a file has columns.
    pub(crate) reading: Reading,
}

/// The columns of one table, each with a place.
#[derive(Clone, Debug, Default)]
pub(crate) struct Heads {
    list: Vec<Head>,
    index: HashMap<String, usize>,
}

impl Heads {
    /// The place of a column.
    pub(crate) fn find(&self, id: &str) -> Option<usize> {
        self.index.get(id).copied()
    }

    /// The place of a column by its id or one of its titles.
    pub(crate) fn named(&self, name: &str) -> Option<usize> {
        self.find(name).or_else(|| self.list.iter().position(|head| head.titles.iter().any(|title| title == name)))
    }

    /// Every column in its place.
    pub(crate) fn list(&self) -> &[Head] {
        &self.list
    }

    /// The Chinese title of a column, or its id.
    pub(crate) fn title(&self, id: &str) -> String {
        let head = self.find(id).and_then(|at| self.list.get(at));
        head.and_then(|head| head.titles.first()).map_or_else(|| id.to_owned(), Clone::clone)
    }

    /// The columns as the reader of tables takes them.
    pub(crate) fn headers(&self) -> Vec<Header> {
        let header = |head: &Head| Header { id: head.id.clone(), names: head.titles.clone(), required: head.required };
        self.list.iter().map(header).collect()
    }

    fn built_in(heads: &[(&str, &str, bool)]) -> Self {
        let mut all = Self::default();
        for (id, zh, required) in heads {
            all.push(Head { id: (*id).to_owned(), titles: vec![(*zh).to_owned()], required: *required, reading: if ["person", "record"].contains(id) { Reading::Id } else { Reading::Words } });
        }
        all
    }

    fn push(&mut self, head: Head) {
        self.index.insert(head.id.clone(), self.list.len());
        self.list.push(head);
    }

    /// Adds a policy's column. Policies may share a column; it is required where each of them requires it.
    fn add(&mut self, column: &Column) {
        let title = column.title.get(xueshi_policy::Lang::Zh);
        match self.find(&column.id) {
            Some(at) => {
                let head = &mut self.list[at];
                if !head.titles.iter().any(|known| known == title) {
                    head.titles.push(title.to_owned());
                }
                head.required &= column.required;
            }
            None => self.push(Head { id: column.id.clone(), titles: vec![title.to_owned()], required: column.required, reading: reading(column) }),
        }
    }
}

/// What the cells of a policy's column are read as.
fn reading(column: &Column) -> Reading {
    match column.kind {
        FactType::Number => Reading::Number,
        FactType::Date => Reading::Date,
        _ => Reading::Words,
    }
}

/// The columns of records and of persons.
#[derive(Clone, Debug)]
pub(crate) struct Columns {
    /// Of the table of records.
    pub(crate) records: Heads,
    /// Of the table of persons.
    pub(crate) persons: Heads,
}

impl Columns {
    /// Place of the person's id in both tables.
    pub(crate) const PERSON: usize = 0;
    /// Place of the record's id.
    pub(crate) const RECORD: usize = 1;
    /// Place of the person's region.
    pub(crate) const REGION: usize = 1;
    /// Place of the person's industry.
    pub(crate) const INDUSTRY: usize = 2;

    /// The columns of every policy of the library. Each is asked under a stack in which it stands; one that
    /// can not be compiled adds none, and is reported when it is needed.
    pub(crate) fn of(engine: &Engine, year: i16) -> Self {
        Self::built_in().and(engine, year)
    }

    /// These columns and those of every policy of another library.
    pub(crate) fn and(mut self, engine: &Engine, year: i16) -> Self {
        for file in engine.library().files() {
            let (from, to) = file.years();
            let year = if from.is_none_or(|from| from <= year) && to.is_none_or(|to| year <= to) { year } else { from.or(to).unwrap_or(year) };
            let place = file.place().trim_end_matches('*');
            for stack in engine.stacks(place, file.sector(), year).iter().flat_map(|stacks| stacks.iter()) {
                self.add(&stack.schema().columns);
            }
        }
        self
    }

    /// The columns that need no policy.
    pub(crate) fn built_in() -> Self {
        Self {
            records: Heads::built_in(&[("person", "人员编号", true), ("record", "记录编号", false)]),
            persons: Heads::built_in(&[("person", "人员编号", true), ("region", "行政区划", false), ("industry", "行业", false)]),
        }
    }

    fn add(&mut self, columns: &[Column]) {
        for column in columns.iter().filter(|column| !column.derived) {
            match column.of {
                Of::Record => self.records.add(column),
                Of::Person => self.persons.add(column),
            }
        }
    }
}

/// What a column is for that no policy explains.
pub(crate) fn help(id: &str) -> Text {
    match id {
        "person" => Text::new("必填；任何能区分人员的编号", "required; any identifier of the person"),
        "record" => Text::new("同一人员内不重复；空白即用行号", "unique for the person; the row number where blank"),
        "region" => Text::new("六位行政区划代码（GB/T 2260），如 510100", "six digits of GB/T 2260, such as 510100"),
        "industry" => Text::new("行业代码；有行业规定时填写", "code of the industry, where one has regulations of its own"),
        "quantity" => Text::new("必填；大于等于 0 的数，至多两位小数，不带单位", "required; a decimal of 0 or more with at most two places, without unit"),
        "unit" => Text::new("必填；数量的计量单位", "required; the unit of the quantity"),
        _ => Text::default(),
    }
}
