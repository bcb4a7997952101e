//! Cards and forms: what stands on the paper comes from a file beside the policies, what fills it from the registry.

use crate::certificate::Proof;
use crate::hours::Hours;
use crate::text::{Error, Text};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// A card or form as a regulation describes it, read from `forms/<id>.toml`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Form {
    /// Its id, the name of the file.
    pub id: String,
    /// What is printed on it.
    pub prints: Prints,
    /// The title as printed, with an English one for lists and the document's properties.
    pub title: Text,
    /// A line above the title, where the form has one.
    #[serde(default)]
    pub above: Option<String>,
    /// The edition under the title.
    #[serde(default)]
    pub edition: Option<String>,
    /// The policy to which it belongs; `*` for the layout of a regulation that has none of its own, which who prints names.
    pub policy: String,
    /// The regulation's short name, as printed.
    pub regulation: String,
    /// The clause that shows or names it.
    pub cite: String,
    /// How much of its layout the regulation's text shows.
    pub shown: Shown,
    /// Whether the page lies on its long side.
    #[serde(default)]
    pub landscape: bool,
    /// Its parts, from top to bottom.
    #[serde(rename(deserialize = "part"))]
    pub parts: Vec<Part>,
    /// What stands below the last part.
    #[serde(default)]
    pub notes: Option<Notes>,
}

/// What a form is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Prints {
    /// The registration card (登记卡): records over years.
    Card,
    /// The recognition of hours (学时认定).
    Recognition,
    /// An application for exemption (免学).
    Exemption,
}

/// How much of a form's layout the text at hand shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Shown {
    /// All its cells.
    Whole,
    /// Some of it: what is our own is marked so.
    Part,
    /// Nothing: the text only names what it holds.
    Nothing,
}

/// A part of a form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Part {
    /// Lines of label and value without a grid, at the head of a card.
    Head {
        /// The fields, set in two columns.
        fields: Vec<Field>,
    },
    /// A grid of labels and values.
    Grid {
        /// Cells across; values share what labels leave.
        columns: usize,
        /// The fields of each row.
        rows: Vec<Vec<Field>>,
    },
    /// Rows of records in blocks, each closed by an opinion where there is one.
    Records {
        /// The columns.
        columns: Vec<Field>,
        /// The opinion that closes each block.
        #[serde(default)]
        opinion: Option<Opinion>,
    },
    /// An opinion that stands by itself.
    Opinion(Opinion),
}

/// A labelled place for a value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Field {
    /// What fills it.
    pub key: String,
    /// The label as printed.
    pub label: String,
    /// Its share of the width, among the columns of a record.
    #[serde(default = "one")]
    pub width: u32,
    /// How many lines of handwriting it leaves room for, in a grid.
    #[serde(default = "one")]
    pub lines: u32,
    /// The clause that asks for it, where it is another than the form's; `silent` if no text at hand does and the system added it.
    #[serde(default)]
    pub cite: Option<String>,
}

/// The place where somebody states an opinion, seals and dates it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Opinion {
    /// What fills it.
    pub key: String,
    /// The label as printed.
    pub label: String,
    /// The sentence that is asked for, `{key}` standing for a blank.
    #[serde(default)]
    pub sentence: Option<String>,
    /// What stands where the seal goes.
    pub seal: String,
}

/// Notes below a form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Notes {
    /// What they are called.
    pub label: String,
    /// Each of them.
    pub texts: Vec<String>,
}

fn one() -> u32 {
    1
}

/// What fills a form. What is not given stays blank, to be written by hand.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Filled {
    /// Values of heads and grids, and of the blanks of opinions, by key.
    pub values: BTreeMap<String, Value>,
    /// The blocks of records, in order.
    pub blocks: Vec<Block>,
    /// Opinions that stand by themselves, by key.
    pub opinions: BTreeMap<String, Given>,
    /// What the system says of the print, below everything; empty for nothing.
    pub remark: String,
    /// How to check the document, where it is in the ledger.
    pub proof: Option<Proof>,
}

/// Records that stand together: a year.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Block {
    /// What they have in common: `2023 年度`.
    pub title: String,
    /// Values by the keys of the columns.
    pub rows: Vec<BTreeMap<String, Value>>,
    /// The opinion on them, once there is one.
    pub opinion: Option<Given>,
}

/// An opinion that was given.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Given {
    /// What it says, below the sentence of the form if there is one.
    pub text: String,
    /// Who gave it, or empty.
    pub by: String,
    /// When; without it the place of the date stays blank.
    pub on: Option<Date>,
    /// The blanks of the sentence, by key.
    pub values: BTreeMap<String, Value>,
}

/// A value, set by its kind: texts to the left, hours and days in figures of one width.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "is", content = "value", rename_all = "kebab-case")]
pub enum Value {
    /// Words.
    Text(String),
    /// Hours, printed exactly.
    Hours(Hours),
    /// A day.
    Day(Date),
}

impl Form {
    /// Reads a form from the text of its file, named `name` in messages.
    ///
    /// # Errors
    /// If the text is no form: with the line, what is wrong there, and what to do.
    pub fn parse(name: &str, text: &str) -> Result<Self, Error> {
        let form: Self = toml::from_str(text).map_err(|why| {
            let line = why.span().map_or(1, |span| text.get(..span.start).unwrap_or(text).matches('\n').count() + 1);
            wrong(
                Text::new(format!("{name} 第 {line} 行"), format!("{name}, line {line}")),
                Text::new(format!("不合登记卡、表的格式：{}", why.message()), format!("this is not how a form is written: {}", why.message())),
            )
        })?;
        match form.fault() {
            Some(cause) => Err(wrong(Text::new(name, name), cause)),
            None => Ok(form),
        }
    }

    /// What no line of the file shows by itself.
    fn fault(&self) -> Option<Text> {
        let mut seen = BTreeSet::new();
        if let Some((_, key)) = self.places().into_iter().find(|place| !seen.insert(*place)) {
            return Some(Text::new(format!("键“{key}”用了两次"), format!("the key \"{key}\" is used twice")));
        }
        if self.parts.iter().filter(|part| matches!(part, Part::Records { .. })).count() > 1 {
            return Some(Text::new("有不止一个 records 部分", "it has more than one part of records"));
        }
        self.parts.iter().find_map(Part::fault)
    }

    /// The keys of heads and grids, in order.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.places().into_iter().filter(|(place, _)| *place == Place::Value).map(|(_, key)| key)
    }

    /// Every place for a value, with the kind of place.
    fn places(&self) -> Vec<(Place, &str)> {
        let mut places = Vec::new();
        for part in &self.parts {
            match part {
                Part::Head { fields } => places.extend(fields.iter().map(|field| (Place::Value, field.key.as_str()))),
                Part::Grid { rows, .. } => places.extend(rows.iter().flatten().map(|field| (Place::Value, field.key.as_str()))),
                Part::Records { columns, opinion } => {
                    places.extend(columns.iter().map(|field| (Place::Column, field.key.as_str())));
                    places.extend(opinion.iter().flat_map(Opinion::blanks).map(|key| (Place::BlockBlank, key)));
                }
                Part::Opinion(opinion) => {
                    places.push((Place::Opinion, &opinion.key));
                    places.extend(opinion.blanks().into_iter().map(|key| (Place::Blank, key)));
                }
            }
        }
        places
    }
}

impl Part {
    fn fault(&self) -> Option<Text> {
        match self {
            Self::Grid { columns, rows } if rows.iter().any(|row| row.is_empty() || row.len() * 2 > *columns) => {
                Some(Text::new(format!("grid 的一行放不进 {columns} 格：每栏要标签、值各一格"), format!("a row of the grid does not fit {columns} cells: each field takes a label and a value")))
            }
            Self::Records { columns, .. } if columns.is_empty() => Some(Text::new("records 没有列", "records have no columns")),
            Self::Opinion(opinion) | Self::Records { opinion: Some(opinion), .. } if !opinion.whole() => {
                let sentence = opinion.sentence.as_deref().unwrap_or_default();
                Some(Text::new(format!("“{sentence}”中的花括号不成对"), format!("the braces of \"{sentence}\" do not match")))
            }
            _ => None,
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Place {
    Value,
    Column,
    Opinion,
    Blank,
    BlockBlank,
}

impl Opinion {
    /// Whether every brace of the sentence opens or closes a blank.
    fn whole(&self) -> bool {
        let mut pieces = self.sentence.as_deref().unwrap_or_default().split('{');
        !pieces.next().unwrap_or_default().contains('}') && pieces.all(|piece| piece.matches('}').count() == 1)
    }

    /// The keys of the blanks of the sentence.
    fn blanks(&self) -> Vec<&str> {
        let sentence = self.sentence.as_deref().unwrap_or_default();
        sentence.split('{').skip(1).filter_map(|after| Some(after.split_once('}')?.0)).collect()
    }
}

impl Filled {
    /// Whether everything that is filled in has its place on the form.
    ///
    /// # Errors
    /// If something has none: it would be lost without a word.
    pub(crate) fn fits(&self, form: &Form) -> Result<(), Error> {
        let places = form.places();
        let has = |place: Place, key: &str| places.contains(&(place, key));
        let blocked = form.parts.iter().any(|part| matches!(part, Part::Records { .. }));
        let closed = form.parts.iter().any(|part| matches!(part, Part::Records { opinion: Some(_), .. }));
        let values = self.values.keys().filter(|key| !has(Place::Value, key));
        let opinions = self.opinions.keys().filter(|key| !has(Place::Opinion, key));
        let blanks = self.opinions.values().flat_map(|given| given.values.keys()).filter(|key| !has(Place::Blank, key));
        let cells = self.blocks.iter().flat_map(|block| &block.rows).flat_map(BTreeMap::keys).filter(|key| !has(Place::Column, key));
        let closing = self.blocks.iter().filter_map(|block| block.opinion.as_ref()).flat_map(|given| given.values.keys()).filter(|key| !has(Place::BlockBlank, key));
        if let Some(key) = values.chain(opinions).chain(blanks).chain(cells).chain(closing).next() {
            return Err(no_place(form, key));
        }
        match self.blocks.iter().find(|block| !blocked || (block.opinion.is_some() && !closed)) {
            Some(block) => Err(no_place(form, &block.title)),
            None => Ok(()),
        }
    }
}

fn no_place(form: &Form, key: &str) -> Error {
    Error::new(
        "form-value",
        Text::new(format!("《{}》", form.title.zh), form.title.en.clone()),
        Text::new(format!("表上没有“{key}”的位置"), format!("the form has no place for \"{key}\"")),
        Text::new(format!("请在 {}.toml 中加上这一栏，或不要填写它", form.id), format!("Add it to {}.toml, or leave it out", form.id)),
    )
}

fn wrong(place: Text, cause: Text) -> Error {
    Error::new("form", place, cause, Text::new("请对照 forms/ 中现有的文件改正", "Correct it after the files in forms/"))
}
