//! `/regulations/{id}`: a regulation clause by clause, the law beside what it came to.

use super::regulations::years;
use crate::web::errors::Failed;
use crate::web::places;
use crate::web::state::App;
use crate::web::visit::Visit;
use axum::extract::{Path, State};
use axum::response::Response;
use minijinja::value::Serde;
use serde::Serialize;
use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;
use xueshi_policy::{CoverageRow, ExampleWords, PolicyFile, ReadingText, Recital, Told, coverage, feature};

/// The clause of what no text says.
const SILENT: &str = "silent";
/// Kinds of items that are vocabulary and no rules: shown folded, after the clauses.
const VOCABULARY: [&str; 6] = ["set", "list", "fact", "unit", "bucket", "window"];

#[derive(Serialize)]
struct Page {
    id: String,
    title: String,
    number: String,
    authority: String,
    place: String,
    /// Six digits, for a trial; empty for the nation.
    code: String,
    years: String,
    /// A year in which it holds, for a trial.
    year: String,
    source: String,
    hash: String,
    head: Vec<(String, String)>,
    clauses: Vec<Clause>,
    /// Items and readings where the texts are silent.
    silent: Clause,
    vocabulary: Vec<Group>,
    accounted: usize,
    readings: usize,
    examples: usize,
}

/// A clause with what came of it.
#[derive(Default, Serialize)]
struct Clause {
    id: String,
    anchor: String,
    gist: String,
    became: Vec<String>,
    gap: bool,
    items: Vec<ItemShown>,
    /// Items that stand in full under another clause.
    also: Vec<Link>,
    readings: Vec<ReadingShown>,
}

#[derive(Serialize)]
struct Link {
    anchor: String,
    title: String,
}

#[derive(Serialize)]
struct Group {
    title: String,
    items: Vec<ItemShown>,
}

#[derive(Serialize)]
struct ItemShown {
    anchor: String,
    kind: String,
    title: String,
    parts: Vec<Vec<Piece>>,
    /// When, and how much.
    tables: Vec<Vec<(String, String)>>,
    rows: Vec<String>,
    examples: Vec<ExampleShown>,
}

/// Words, or the number of a reading that is shown on the page.
#[derive(Serialize)]
struct Piece {
    text: String,
    anchor: String,
}

#[derive(Serialize)]
struct ExampleShown {
    given: String,
    comes: String,
    refused: bool,
}

#[derive(Serialize)]
struct ReadingShown {
    anchor: String,
    /// Its place among the readings of the document.
    number: usize,
    text: String,
    alternatives: Vec<String>,
}

/// `GET /regulations/{id}`.
pub(in crate::web) async fn get(State(app): State<Arc<App>>, visit: Visit, Path(id): Path<String>) -> Result<Response, Failed> {
    let library = app.engine.library();
    let file = library.get(&id).ok_or(Failed::NotFound)?;
    let recital = app.recital(&id).ok_or(Failed::NotFound)?;
    let page = Teller { app: &app, visit: &visit, file, recital: &recital }.page()?;
    visit.page("regulation.html", Serde(page))
}

/// The anchor of a clause on its page.
pub(in crate::web) fn anchor(clause: &str) -> String {
    format!("c-{}", clause.replace(char::is_whitespace, "-"))
}

struct Teller<'a> {
    app: &'a App,
    visit: &'a Visit,
    file: &'a PolicyFile,
    recital: &'a Recital,
}

impl Teller<'_> {
    fn page(&self) -> Result<Page, Failed> {
        let (visit, file) = (self.visit, self.file);
        let look = self.app.look()?;
        let rows = coverage(file);
        let mut shown = HashSet::new();
        let readings = self.readings();
        let clauses = rows.iter().map(|row| self.clause(row, &mut shown, &readings)).collect::<Result<Vec<_>, _>>()?;
        let silent = self.silent(&readings);
        let vocabulary = self.recital.sections.iter().filter(|section| VOCABULARY.contains(&section.kind));
        let vocabulary = vocabulary.map(|section| Group { title: visit.say(&section.heading).to_owned(), items: section.items.iter().map(|item| self.item(section.kind, item)).collect() });
        let nation = file.place() == "*";
        Ok(Page {
            id: file.id().to_owned(),
            title: visit.say(file.title()).to_owned(),
            number: file.number().unwrap_or_default().to_owned(),
            authority: visit.say(file.authority()).to_owned(),
            place: if nation { visit.word("regulations.nation", &[])? } else { visit.say(&places::name(&look.words, file.place())).to_owned() },
            code: if nation { String::new() } else { places::code(file.place()) },
            years: years(file, visit)?,
            year: self.year(),
            source: file.source_sha256().unwrap_or_default().to_owned(),
            hash: file.hash().to_owned(),
            head: self.recital.head.iter().map(|(label, text)| (visit.say(label).to_owned(), visit.say(text).to_owned())).collect(),
            accounted: rows.iter().filter(|row| !row.gap).count(),
            readings: file.readings().count(),
            examples: self.recital.sections.iter().flat_map(|section| &section.items).map(|item| item.examples.len()).sum(),
            clauses,
            silent,
            vocabulary: vocabulary.collect(),
        })
    }

    /// The latest year that it governs, or this one.
    fn year(&self) -> String {
        let today = crate::web::clock::today().year();
        let (from, to) = self.file.years();
        from.filter(|from| *from > today).or(to.filter(|to| *to < today)).unwrap_or(today).to_string()
    }

    /// Readings by the first clause that they read.
    fn readings(&self) -> BTreeMap<String, Vec<ReadingText<'_>>> {
        let mut by_clause: BTreeMap<String, Vec<ReadingText<'_>>> = BTreeMap::new();
        for reading in self.file.readings() {
            by_clause.entry(reading.cite.first().copied().unwrap_or(SILENT).to_owned()).or_default().push(reading);
        }
        by_clause
    }

    fn clause<'t>(&'t self, row: &CoverageRow, shown: &mut HashSet<(&'static str, &'t str)>, readings: &BTreeMap<String, Vec<ReadingText<'_>>>) -> Result<Clause, Failed> {
        let (mut items, mut also) = (Vec::new(), Vec::new());
        for (kind, told) in self.items().filter(|(_, told)| told.cite.contains(&row.clause)) {
            if shown.insert((kind, &told.id)) {
                items.push(self.item(kind, told));
            } else {
                also.push(Link { anchor: item_anchor(kind, &told.id), title: self.title(told) });
            }
        }
        let became = row.became.iter().map(|(kind, by)| {
            let word = self.visit.word(&format!("became.{kind}"), &[])?;
            let by = by.as_deref().and_then(feature);
            by.map_or(Ok(word.clone()), |by| self.visit.word("became.by", &[("what", &word), ("feature", self.visit.say(&by))]))
        });
        Ok(Clause {
            id: row.clause.clone(),
            anchor: anchor(&row.clause),
            gist: self.visit.say(&row.gist).to_owned(),
            became: became.collect::<Result<_, _>>()?,
            gap: row.gap,
            items,
            also,
            readings: self.shown(readings.get(&row.clause)),
        })
    }

    /// What stands on no clause.
    fn silent(&self, readings: &BTreeMap<String, Vec<ReadingText<'_>>>) -> Clause {
        let items = self.items().filter(|(_, told)| told.cite.iter().all(|clause| clause == SILENT));
        Clause { items: items.map(|(kind, told)| self.item(kind, told)).collect(), readings: self.shown(readings.get(SILENT)), ..Clause::default() }
    }

    /// Every item that is no vocabulary.
    fn items(&self) -> impl Iterator<Item = (&'static str, &Told)> {
        let rules = self.recital.sections.iter().filter(|section| !VOCABULARY.contains(&section.kind));
        rules.flat_map(|section| section.items.iter().map(|told| (section.kind, told)))
    }

    fn item(&self, kind: &'static str, told: &Told) -> ItemShown {
        let visit = self.visit;
        let say = |texts: &[xueshi_policy::Text]| texts.iter().map(|text| visit.say(text).to_owned()).filter(|text| !text.is_empty()).collect::<Vec<_>>();
        let example = |example: &ExampleWords| ExampleShown { given: visit.say(&example.given).to_owned(), comes: visit.say(&example.comes).to_owned(), refused: example.refused };
        let heading = self.recital.sections.iter().find(|section| section.kind == kind);
        ItemShown {
            anchor: item_anchor(kind, &told.id),
            kind: heading.map(|section| visit.say(&section.heading).to_owned()).unwrap_or_default(),
            title: self.title(told),
            parts: say(&told.parts).iter().map(|part| self.pieces(part)).collect(),
            tables: told.tables.iter().map(|table| table.iter().map(|row| (visit.say(&row.when).to_owned(), visit.say(&row.gives).to_owned())).collect()).collect(),
            rows: say(&told.rows),
            examples: told.examples.iter().map(example).collect(),
        }
    }

    /// A sentence in which readings are named by their ids, cut into words and links.
    fn pieces(&self, part: &str) -> Vec<Piece> {
        let of_id = |c: char| c.is_ascii_alphanumeric() || c == '-';
        let mut pieces: Vec<Piece> = Vec::new();
        let mut words = String::new();
        let mut rest = part;
        while !rest.is_empty() {
            let end = rest.find(of_id).unwrap_or(rest.len());
            let (before, after) = rest.split_at(end);
            words.push_str(before);
            let (id, after) = after.split_at(after.find(|c| !of_id(c)).unwrap_or(after.len()));
            match self.number(id) {
                Some(number) => {
                    pieces.push(Piece { text: std::mem::take(&mut words), anchor: String::new() });
                    pieces.push(Piece { text: number.to_string(), anchor: item_anchor("reading", id) });
                }
                None => words.push_str(id),
            }
            rest = after;
        }
        pieces.push(Piece { text: words, anchor: String::new() });
        pieces
    }

    /// The place of a reading among those of the document, the first being 1.
    fn number(&self, id: &str) -> Option<usize> {
        self.file.readings().position(|reading| reading.id == id).map(|at| at + 1)
    }

    fn title(&self, told: &Told) -> String {
        if told.title.is_empty() { told.id.clone() } else { self.visit.say(&told.title).to_owned() }
    }

    fn shown(&self, readings: Option<&Vec<ReadingText<'_>>>) -> Vec<ReadingShown> {
        let shown = |reading: &ReadingText<'_>| ReadingShown {
            anchor: item_anchor("reading", reading.id),
            number: self.number(reading.id).unwrap_or_default(),
            text: self.visit.say(reading.text).to_owned(),
            alternatives: reading.alternatives.iter().map(|other| self.visit.say(other).to_owned()).collect(),
        };
        readings.into_iter().flatten().map(shown).collect()
    }
}

fn item_anchor(kind: &str, id: &str) -> String {
    format!("{kind}-{id}")
}
