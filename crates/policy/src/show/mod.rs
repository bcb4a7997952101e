//! A policy spoken aloud, so that whoever knows the regulation can hold law against law.

mod clauses;
mod earning;
mod facts;
mod head;
mod lists;
mod people;
mod recital;
mod rules;
mod uses;
mod versions;

pub use recital::{ExampleWords, Recital, Section, Told};
pub(crate) use versions::sentences;

use crate::check::{region, stacks_of, years};
use crate::engine::Stack;
use crate::library::{Library, PolicyFile};
use crate::program::names::Names;
use crate::program::{Choice, Compiler, ItemRef, Program};
use crate::speak::{Figures, TableRow, wheres};
use crate::syntax::ast::{self, Item, Policy, Word};
use crate::text::{Lang, Text, say};
use std::fmt::Write as _;

/// Says a policy in words: who is covered, what is asked, what gives how much, where each stands in the regulation.
///
/// Wheres and figures are spoken from the compiled form, names resolved, as they hold in the latest year that has the item. `None`: no such policy.
pub fn show(library: &Library, id: &str, lang: Lang) -> Option<String> {
    let file = library.get(id)?;
    let stacks = compiled(library, file, years(library, file));
    let asts = asts(&stacks);
    let voice = Voice { library, file, seen: seen(&stacks, &asts) };
    let mut page = Page { lang, out: String::new() };
    voice.head(&mut page);
    if voice.seen.is_empty() {
        page.heading(Text::new("条目", "Items"));
        page.line(1, &Text::new("文件有错，还不能逐条读出；请先运行 policy check", "the file has errors and can not be read aloud yet; run policy check first"));
    } else {
        for section in voice.sections() {
            page.heading(section.heading);
            section.items.iter().for_each(|item| page.entry(item));
        }
        voice.readings(&mut page);
        voice.problems(&mut page);
    }
    voice.clauses(&mut page);
    Some(page.out)
}

/// A policy in words, item by item: what [`show`] says, for whoever lays it out otherwise. `None`: no such policy.
pub fn recite(library: &Library, id: &str) -> Option<Recital> {
    let file = library.get(id)?;
    let stacks = compiled(library, file, years(library, file));
    let asts = asts(&stacks);
    let voice = Voice { library, file, seen: seen(&stacks, &asts) };
    Some(Recital { head: voice.head_rows(), sections: voice.sections() })
}

fn asts(stacks: &[(Stack, Choice)]) -> Vec<Vec<&Policy>> {
    stacks.iter().map(|(stack, _)| stack.files().iter().map(|file| &*file.ast).collect()).collect()
}

fn seen<'a>(stacks: &'a [(Stack, Choice)], asts: &'a [Vec<&'a Policy>]) -> Vec<Seen<'a>> {
    let both = stacks.iter().zip(asts);
    both.map(|((stack, choice), asts)| Seen { choice, program: stack.program(), names: Names { stack: asts }, layer: asts.len().saturating_sub(1) }).collect()
}

/// The stacks that end with a policy, the latest year first.
fn compiled(library: &Library, file: &PolicyFile, years: Vec<i16>) -> Vec<(Stack, Choice)> {
    let place = region(file);
    let mut all = Vec::new();
    for year in years.into_iter().rev() {
        for mut files in stacks_of(library, file, &place, year).into_iter().take(1) {
            let end = files.iter().position(|member| member.id() == file.id()).map_or(files.len(), |at| at + 1);
            files.truncate(end);
            let choice = Choice { year, active: vec![true; end] };
            all.extend(Stack::compile(files, year).ok().map(|stack| (stack, choice)));
        }
    }
    all
}

/// The policy in one year: compiled, with everything below it.
struct Seen<'a> {
    choice: &'a Choice,
    program: &'a Program,
    names: Names<'a>,
    layer: usize,
}

impl<'a> Seen<'a> {
    fn figures(&self) -> Figures<'a> {
        Figures { program: self.program, names: Some(self.names), tables: Some(Vec::new()) }
    }

    fn wheres(&self, is: &crate::program::Where, all: Text) -> Text {
        wheres(self.program, is, all)
    }

    /// A where as its author wrote it, where he names the opposite of a set: written out, nobody could read it.
    fn written(&self, is: &crate::program::Where, written: &ast::Where, all: Text) -> Text {
        let opposite = |condition: &ast::Condition| condition.fact.is == "set" && matches!(condition.test, ast::Test::Not(_));
        if !written.any.iter().flatten().any(opposite) {
            return self.wheres(is, all);
        }
        let mut compiler = Compiler::over(self.program, self.names, self.choice);
        let ways = written.any.iter().map(|table| {
            let (sets, rest): (Vec<ast::Condition>, Vec<ast::Condition>) = table.iter().cloned().partition(opposite);
            let rest = if rest.is_empty() { None } else { Some(compiler.wheres(self.layer, &ast::Where { at: 0..0, any: vec![rest] })) };
            let sets = sets.iter().map(|condition| self.not_in_set(&condition.test));
            crate::speak::clauses(rest.map(|rest| self.wheres(&rest, Text::default())).into_iter().chain(sets))
        });
        crate::speak::or(ways.collect::<Vec<_>>().into_iter())
    }

    fn not_in_set(&self, test: &ast::Test) -> Text {
        let name = match test {
            ast::Test::Not(inner) => match &**inner {
                ast::Test::OneOf(names) => names.first().map(|name| &name.is),
                _ => None,
            },
            _ => None,
        };
        let Some(ast::Scalar::Text(name)) = name else { return Text::default() };
        let title = self.names.set(self.layer, name).map(|(_, item)| item.title.clone()).filter(|title| !title.is_empty()).unwrap_or_else(|| Text::same(name.as_str()));
        say!("不合条件“{title}”", "not “{title}”"; title)
    }
}

/// Who speaks: the policy in every year in which something of it changes.
struct Voice<'a> {
    library: &'a Library,
    file: &'a PolicyFile,
    seen: Vec<Seen<'a>>,
}

impl<'a> Voice<'a> {
    fn policy(&self) -> &'a Policy {
        &self.file.ast
    }

    /// An item of the policy in the latest year that has it, spoken there.
    fn said<T: 'a>(&self, items: impl Fn(&'a Program) -> &'a [T], mine: impl Fn(&T) -> bool, say: impl FnOnce(&Seen<'a>, &'a T, &mut Figures<'a>) -> Vec<Text>) -> Said {
        let found = self.seen.iter().find_map(|seen| Some((seen, items(seen.program).iter().find(|item| mine(item))?)));
        let Some((seen, item)) = found else { return Said { found: Found::Nowhere, ..Said::plain(Vec::new()) } };
        let mut figures = Figures { program: seen.program, names: Some(seen.names), tables: Some(Vec::new()) };
        let parts = say(seen, item, &mut figures);
        Said { parts, tables: figures.tables.unwrap_or_default(), rows: Vec::new(), found: Found::In(seen.choice.year) }
    }

    /// Whether a compiled item is the one of this policy and id.
    fn mine<T>(&self, item: &Item<T>) -> impl Fn(&ItemRef) -> bool {
        let policy = self.policy();
        move |is: &ItemRef| *is.policy == *policy.head.id.is && *is.id == *item.id.is
    }

    /// A policy of the library by its title, else by its id.
    fn document(&self, id: &str) -> Text {
        if id == "region" {
            return Text::new("当地的文件", "the documents of the place");
        }
        let title = self.library.get(id).map(|file| file.title().clone()).unwrap_or_default();
        let id = Text::same(id);
        if title.is_empty() { id } else { say!("{title}（{id}）", "{title} ({id})"; title, id) }
    }

    /// "附件3 第5条 国内（外）进修（A3-5）".
    fn name<T>(&self, item: &Item<T>) -> Text {
        let (cite, id, title) = (cites(&item.cite), Text::same(item.id.is.as_str()), &item.title);
        match (title.is_empty(), item.cite.is_empty()) {
            (true, true) => id,
            (true, false) => say!("{cite} {id}", "{cite} {id}"; cite, id),
            (false, true) => say!("{title}（{id}）", "{title} ({id})"; title, id),
            (false, false) => say!("{cite} {title}（{id}）", "{cite} {title} ({id})"; cite, title, id),
        }
    }

    /// What is said of an item that holds in no year, or of one that holds in earlier years only.
    fn when(&self, found: Found) -> Option<Text> {
        match found {
            Found::Nowhere => Some(Text::new("在本文件管辖的年度内都不成立", "holds in none of the years governed")),
            Found::In(year) if self.seen.first().is_some_and(|latest| latest.choice.year > year) => Some(crate::text!("照{year}年度读出", "as in {year}")),
            Found::In(_) | Found::Always => None,
        }
    }

    /// Every item under the heading of its kind; nothing where the file does not compile.
    fn sections(&self) -> Vec<Section> {
        let mut out = Vec::new();
        if !self.seen.is_empty() {
            self.people(&mut out);
            self.rules(&mut out);
            self.use_of_results(&mut out);
            self.facts(&mut out);
        }
        out
    }

    /// The items of a kind under a heading, each as one sentence.
    fn section<T>(&self, out: &mut Vec<Section>, heading: Text, kind: &'static str, items: &'a [Item<T>], say: impl Fn(&Self, &'a Item<T>) -> Said) {
        let told = items.iter().map(|item| {
            let mut said = say(self, item);
            said.parts.extend(self.when(said.found));
            said.parts.extend(self.readings_on(kind, &item.id.is, &said.parts));
            Told {
                id: item.id.is.clone(),
                title: item.title.clone(),
                cite: item.cite.iter().map(|word| word.is.clone()).collect(),
                name: self.name(item),
                parts: said.parts,
                tables: said.tables,
                rows: said.rows,
                examples: Vec::new(),
            }
        });
        let items: Vec<Told> = told.collect();
        if !items.is_empty() {
            out.push(Section { heading, kind, items });
        }
    }

    /// The readings that would change an item by its path, beside those that `parts` name.
    fn readings_on(&self, kind: &str, id: &str, parts: &[Text]) -> Option<Text> {
        let touches = |node: &crate::syntax::node::Node| {
            let key = node.get(kind).is_some_and(|items| items.get(id).is_some());
            let path = format!("{kind}.{id}");
            let dropped = node.get("drop").is_some_and(|drop| match &drop.kind {
                crate::syntax::node::NodeKind::List(items) => items.iter().any(|item| item.text() == Some(&path)),
                _ => drop.text() == Some(&path),
            });
            key || dropped
        };
        let readings = self.policy().readings.iter().filter(|reading| reading.is.alternatives.iter().any(|other| other.change.as_ref().is_some_and(touches)));
        let named = |id: &&str| parts.iter().any(|part| part.zh.contains(id));
        let names = crate::speak::ids(readings.map(|reading| reading.id.is.as_str()).filter(|id| !named(id)));
        (!names.zh.is_empty()).then(|| say!("另见解读 {names}", "see also reading {names}"; names))
    }
}

/// Where an item was found.
#[derive(Clone, Copy)]
enum Found {
    /// It needs no compiling.
    Always,
    In(i16),
    Nowhere,
}

/// An item in words: the parts of its sentence, and the tables they refer to.
struct Said {
    parts: Vec<Text>,
    tables: Vec<Vec<TableRow>>,
    /// What is listed beneath: entries, grounds.
    rows: Vec<Text>,
    found: Found,
}

impl Said {
    /// Of an item that needs no compiling.
    fn plain(parts: Vec<Text>) -> Self {
        Self { parts, tables: Vec::new(), rows: Vec::new(), found: Found::Always }
    }
}

/// Clauses as they are cited.
fn cites(words: &[Word]) -> Text {
    crate::speak::join(words.iter().map(|word| if word.is == "silent" { Text::new("文本未规定", "text silent") } else { Text::same(word.is.as_str()) }))
}

/// The text being written, in one language.
struct Page {
    lang: Lang,
    out: String,
}

impl Page {
    fn line(&mut self, indent: usize, text: &Text) {
        let _ = writeln!(self.out, "{}{}", "  ".repeat(indent), text.get(self.lang).trim_end());
    }

    fn heading(&mut self, text: Text) {
        let _ = writeln!(self.out, "\n{}", text.get(self.lang));
    }

    /// An item as one sentence, its tables beneath.
    fn entry(&mut self, said: &Told) {
        let parts: Vec<&str> = said.parts.iter().map(|part| part.get(self.lang)).filter(|part| !part.is_empty()).collect();
        let name = said.name.get(self.lang);
        let text = match (parts.is_empty(), self.lang) {
            (true, _) => name.to_owned(),
            (false, Lang::Zh) => format!("{name}：{}。", parts.join("；")),
            (false, Lang::En) => format!("{name}: {}.", parts.join("; ")),
        };
        self.line(1, &Text::same(text));
        for (n, rows) in said.tables.iter().enumerate() {
            let n = n + 1;
            self.line(3, &crate::text!("表{n}", "table {n}"));
            for row in rows {
                self.line(4, &row.line());
            }
        }
        for row in &said.rows {
            self.line(3, row);
        }
    }
}
