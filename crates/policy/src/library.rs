//! Policy files and sets of them: reading, the alternatives of readings, choosing what governs a place, sector and year.

use crate::diagnostic::{Code, Diagnostic, Severity, Source, list};
use crate::program::names::Names;
use crate::syntax::ast::{Figure, Policy, Scalar, Sp};
use crate::syntax::node::{Node, NodeKind};
use crate::syntax::{decode, node};
use crate::text::Text;
use sha2::{Digest as _, Sha256};
use std::sync::Arc;

/// The policy on which every stack stands.
pub(crate) const COMMON: &str = "common";

/// A policy file that was read.
#[derive(Clone, Debug)]
pub struct PolicyFile {
    pub(crate) ast: Arc<Policy>,
    pub(crate) root: Arc<Node>,
    pub(crate) hash: Arc<str>,
}

/// A reading as its file states it: what is chosen, and the other ways.
#[derive(Clone, Debug)]
pub struct ReadingText<'a> {
    /// Its id.
    pub id: &'a str,
    /// The clauses it reads; `silent` where the texts say nothing.
    pub cite: Vec<&'a str>,
    /// What is chosen, and why.
    pub text: &'a Text,
    /// The other ways, in the order of the file.
    pub alternatives: Vec<&'a Text>,
}

impl PolicyFile {
    /// The most bytes of a policy file: twenty times the longest that is shipped. What is proved about a file takes time that grows
    /// faster than the file.
    pub const BYTES_MAX: usize = 1 << 20;

    /// Reads a file. Everything wrong in it is reported; `None` where not even its head can be read.
    pub fn parse(name: &str, text: &str) -> (Option<Self>, Vec<Diagnostic>) {
        let source = Arc::new(Source { name: name.to_owned(), text: text.to_owned() });
        let mut out = Vec::new();
        if text.len() > Self::BYTES_MAX {
            return (None, vec![too_large(&source)]);
        }
        let root = node::parse(&source, &mut out);
        let ast = decode(&source, &root, &mut out);
        list(&source, &mut out);
        let hash = Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect::<String>();
        (ast.map(|ast| Self { ast: Arc::new(ast), root: Arc::new(root), hash: hash.into() }), out)
    }

    /// The text it was read from.
    pub fn text(&self) -> &str {
        &self.ast.source.text
    }

    /// The policy's id.
    pub fn id(&self) -> &str {
        &self.ast.head.id.is
    }

    /// The title of the document.
    pub fn title(&self) -> &Text {
        &self.ast.head.title
    }

    /// The document number, where it has one.
    pub fn number(&self) -> Option<&str> {
        self.ast.head.number.as_deref()
    }

    /// What it is cited by: its short name, else its number, else its title.
    pub fn cited_as(&self, lang: crate::Lang) -> &str {
        match (&self.ast.head.short, &self.ast.head.number) {
            (Some(short), _) => short.get(lang),
            (None, Some(number)) => number,
            (None, None) => self.ast.head.title.get(lang),
        }
    }

    /// The issuing authority.
    pub fn authority(&self) -> &Text {
        &self.ast.head.authority
    }

    /// The prefix of the GB/T 2260 code where it holds, `*` for the nation.
    pub fn place(&self) -> &str {
        &self.ast.head.place.is
    }

    /// Its sector, where it is of one.
    pub fn sector(&self) -> Option<&str> {
        self.ast.head.sector.as_deref()
    }

    /// Whether it can answer for a GB/T 2260 code and a sector, whatever the year.
    pub(crate) fn answers_for(&self, region: &str, sector: Option<&str>) -> bool {
        (self.place() == "*" || region.starts_with(self.place())) && (self.sector().is_none() || self.sector() == sector)
    }

    /// The years in which something of it begins to hold, or holds no longer.
    pub fn turning_years(&self) -> Vec<i16> {
        let items = self.ast.rules.iter().map(|rule| &rule.is.governs).chain(self.ast.requirements.iter().map(|requirement| &requirement.is.governs));
        let mut years: Vec<i16> =
            std::iter::once(&self.ast.head.governs).chain(items).flat_map(|governs| self.year(&governs.from).into_iter().chain(self.year(&governs.to).map(|to| to + 1))).collect();
        years.sort_unstable();
        years.dedup();
        years
    }

    /// SHA-256 of the file.
    pub fn hash(&self) -> &str {
        &self.hash
    }

    /// SHA-256 of the source text it encodes, where it names one.
    pub fn source_sha256(&self) -> Option<&str> {
        self.ast.head.source_sha256.as_ref().map(|word| word.is.as_str())
    }

    /// How many items it has: everything under an id, its clauses and examples aside.
    pub fn items(&self) -> usize {
        let single = ["policy", "account", "layer", "clause", "examples"];
        self.root.entries().iter().filter(|(kind, _)| !single.contains(&kind.name.as_str())).map(|(_, items)| items.entries().len()).sum()
    }

    /// First and last year it governs.
    pub fn years(&self) -> (Option<i16>, Option<i16>) {
        (self.year(&self.ast.head.governs.from), self.year(&self.ast.head.governs.to))
    }

    /// A year that is written as a number or as the name of a reading.
    fn year(&self, figure: &Option<Sp<Figure>>) -> Option<i16> {
        let number = match &figure.as_ref()?.is {
            Figure::Exact(number) => *number,
            Figure::Name(name) => Names { stack: &[&self.ast] }.constant(0, name)?,
            _ => return None,
        };
        i16::try_from(number.to_integer()).ok()
    }

    /// Its readings, in the order of the file.
    pub fn readings(&self) -> impl Iterator<Item = ReadingText<'_>> {
        self.ast.readings.iter().map(|item| ReadingText {
            id: &item.id.is,
            cite: item.cite.iter().map(|word| word.is.as_str()).collect(),
            text: &item.is.text,
            alternatives: item.is.alternatives.iter().map(|other| &other.text).collect(),
        })
    }

    /// The same file with an alternative of a reading in place of what it chose; both by their positions. What the change can not be applied to
    /// is reported; `None` where there is no such alternative, or nothing of the file can be read any more.
    pub fn with_alternative(&self, reading: usize, alternative: usize, out: &mut Vec<Diagnostic>) -> Option<Self> {
        let item = &self.ast.readings.get(reading)?;
        let chosen = item.is.alternatives.get(alternative)?;
        let mut root = (*self.root).clone();
        if let Some(value) = &chosen.value {
            root.set(&["reading", &item.id.is, "value"], Some(value.clone()));
        }
        if let Some(change) = &chosen.change {
            apply_change(&mut root, change, &self.ast, out);
        }
        self.redecode(root, out)
    }

    pub(crate) fn redecode(&self, root: Node, out: &mut Vec<Diagnostic>) -> Option<Self> {
        let ast = decode(&self.ast.source, &root, out)?;
        Some(Self { ast: Arc::new(ast), root: Arc::new(root), hash: self.hash.clone() })
    }
}

fn too_large(source: &Arc<Source>) -> Diagnostic {
    let (bytes, most) = (source.text.len(), PolicyFile::BYTES_MAX);
    let cause = crate::text!("文件有 {bytes} 字节以上，政策文件最大 {most} 字节", "the file has {bytes} bytes or more; a policy file has {most} at most");
    Diagnostic::new(
        Code::TooLarge,
        source,
        0..0,
        cause,
        Text::new("检查是否选对了文件；政策文件只写规则，不含原文", "check that it is the right file; a policy file holds rules, not the text of the regulation"),
    )
}

/// Applies the changes of an alternative to a file's tree.
fn apply_change(root: &mut Node, change: &Node, policy: &Policy, out: &mut Vec<Diagnostic>) {
    let report = |out: &mut Vec<Diagnostic>, at: &Node, path: &str| {
        out.push(Diagnostic::new(
            Code::BadChange,
            &policy.source,
            at.at.clone(),
            crate::text!("改动所指的 {path} 不存在", "the change points at {path}, which is not there"),
            Text::new("写成 种类.标识.键 = 值，或 drop = [\"种类.标识\"]", "write kind.id.key = value, or drop = [\"kind.id\"]"),
        ));
    };
    for (kind, inner) in change.entries() {
        if kind.name == "drop" {
            let items: Vec<&Node> = match &inner.kind {
                NodeKind::List(items) => items.iter().collect(),
                _ => vec![inner],
            };
            for item in items {
                let path = item.text().unwrap_or("").split_once('.');
                let gone = path.is_some_and(|(kind, id)| root.set(&[kind, id], None));
                if !gone {
                    report(out, item, item.text().unwrap_or("?"));
                }
            }
            continue;
        }
        if kind.name == "policy" || kind.name == "account" || kind.name == "layer" {
            patch_item(root, &[&kind.name], inner);
            continue;
        }
        for (id, keys) in inner.entries() {
            if root.get(&kind.name).and_then(|items| items.get(&id.name)).is_none() {
                report(out, keys, &format!("{}.{}", kind.name, id.name));
                continue;
            }
            patch_item(root, &[&kind.name, &id.name], keys);
        }
    }
}

/// Replaces whole keys of an item; `look` and `governs` may be changed in part.
fn patch_item(root: &mut Node, path: &[&str], keys: &Node) {
    for (key, value) in keys.entries() {
        if ["look", "governs"].contains(&key.name.as_str()) {
            for (part, value) in value.entries() {
                let path: Vec<&str> = path.iter().copied().chain([key.name.as_str(), part.name.as_str()]).collect();
                root.set(&path, Some(value.clone()));
            }
        } else {
            let path: Vec<&str> = path.iter().copied().chain([key.name.as_str()]).collect();
            root.set(&path, Some(value.clone()));
        }
    }
}

/// Policies by id. Later ones of an id replace earlier ones.
#[derive(Clone, Debug, Default)]
pub struct Library {
    files: Vec<PolicyFile>,
}

impl Library {
    /// Adds a policy, or replaces the one of its id. Says whether it replaced one.
    pub fn add(&mut self, file: PolicyFile) -> bool {
        match self.files.iter_mut().find(|known| known.id() == file.id()) {
            Some(known) => {
                *known = file;
                true
            }
            None => {
                self.files.push(file);
                false
            }
        }
    }

    /// Every policy.
    pub fn files(&self) -> &[PolicyFile] {
        &self.files
    }

    /// The policy of an id.
    pub fn get(&self, id: &str) -> Option<&PolicyFile> {
        self.files.iter().find(|file| file.id() == id)
    }

    /// The stacks that answer for a place, sector and year, from the bottom up; `common` lies under each.
    pub(crate) fn select(&self, region: &str, sector: Option<&str>, year: i16) -> Vec<Vec<PolicyFile>> {
        let here: Vec<&PolicyFile> = self
            .files
            .iter()
            .filter(|file| file.id() != COMMON)
            .filter(|file| file.answers_for(region, sector))
            .filter(|file| {
                let (from, to) = file.years();
                from.is_none_or(|from| year >= from) && to.is_none_or(|to| year <= to)
            })
            .collect();
        let mut group: Vec<usize> = (0..here.len()).collect();
        for (at, file) in here.iter().enumerate() {
            for below in on(file) {
                let joined: Vec<usize> =
                    if below == "region" { (0..here.len()).filter(|n| here[*n].sector().is_none()).collect() } else { (0..here.len()).filter(|n| here[*n].id() == below).collect() };
                for other in joined {
                    let (from, to) = (group[at], group[other]);
                    group.iter_mut().filter(|g| **g == from).for_each(|g| *g = to);
                }
            }
        }
        let mut stacks: Vec<Vec<PolicyFile>> = Vec::new();
        let mut groups: Vec<usize> = group.clone();
        groups.sort_unstable();
        groups.dedup();
        for one in groups {
            let members: Vec<&PolicyFile> = here.iter().zip(&group).filter(|(_, g)| **g == one).map(|(file, _)| *file).collect();
            let mut stack: Vec<PolicyFile> = self.get(COMMON).into_iter().cloned().collect();
            stack.extend(layered(members));
            stacks.push(stack);
        }
        stacks
    }
}

/// The policies a file lies on.
fn on(file: &PolicyFile) -> Vec<&str> {
    file.ast.layer.as_ref().map(|layer| layer.is.on.iter().map(|word| word.is.as_str()).collect()).unwrap_or_default()
}

/// Sorts the members of a stack: below before above; among equals the wider place, then no sector, then the earlier.
fn layered(mut members: Vec<&PolicyFile>) -> Vec<PolicyFile> {
    let wide = |file: &PolicyFile| if file.place() == "*" { 0 } else { file.place().len() };
    members.sort_by_key(|file| (file.sector().is_some(), wide(file), file.ast.head.issued));
    let mut sorted: Vec<PolicyFile> = Vec::new();
    while !members.is_empty() {
        let ready = members.iter().position(|file| {
            let below = on(file);
            let waits = |other: &&PolicyFile| other.id() != file.id() && (below.contains(&other.id()) || below.contains(&"region") && other.sector().is_none());
            !members.iter().any(waits)
        });
        sorted.push(members.remove(ready.unwrap_or(0)).clone());
    }
    sorted
}

/// The word of a reading's value, for showing.
pub(crate) fn scalar_words(value: &Scalar) -> Text {
    match value {
        Scalar::Text(word) => Text::same(word.clone()),
        Scalar::Number(number) => Text::same(crate::exact::show(*number)),
        Scalar::Date(date) => Text::same(date.to_string()),
        Scalar::Bool(true) => Text::new("是", "yes"),
        Scalar::Bool(false) => Text::new("否", "no"),
    }
}

/// Whether any finding is an error.
pub fn has_errors(diagnostics: &[Diagnostic]) -> bool {
    diagnostics.iter().any(|diagnostic| diagnostic.severity == Severity::Error)
}
