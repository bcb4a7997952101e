//! A policy spoken aloud, so that whoever knows the regulation can hold law against law.

mod clauses;
mod lists;
mod people;
mod rules;

use crate::check::{region, stacks_of, years};
use crate::engine::Stack;
use crate::library::{COMMON, Library, PolicyFile};
use crate::program::names::Names;
use crate::program::{Choice, Compiler, Program};
use crate::speak::{Figures, wheres};
use crate::syntax::ast::{self, Governs, Item, Policy, Word};
use crate::text::{Lang, Text, say};
use std::fmt::Write as _;

/// Says a policy in words: who is covered, what is asked, what gives how much, where each stands in the regulation.
///
/// Wheres and figures are spoken from the compiled form, names resolved, as they hold in the latest year that has the item. `None`: no such policy.
pub fn show(library: &Library, id: &str, lang: Lang) -> Option<String> {
    let file = library.get(id)?;
    let stacks = compiled(library, file);
    let asts: Vec<Vec<&Policy>> = stacks.iter().map(|(stack, _)| stack.files().iter().map(|file| &*file.ast).collect()).collect();
    let seen = stacks.iter().zip(&asts).map(|((stack, choice), asts)| Seen { choice, program: stack.program(), names: Names { stack: asts }, layer: asts.len().saturating_sub(1) });
    let voice = Voice { library, file, seen: seen.collect() };
    let mut page = Page { lang, out: String::new() };
    voice.head(&mut page);
    if voice.seen.is_empty() {
        page.heading(Text::new("条目", "Items"));
        page.line(1, &Text::new("文件有错，还不能逐条读出；请先运行 policy check", "the file has errors and can not be read aloud yet; run policy check first"));
    } else {
        voice.people(&mut page);
        voice.rules(&mut page);
        voice.use_of_results(&mut page);
        voice.declared(&mut page);
    }
    voice.clauses(&mut page);
    Some(page.out)
}

/// The stacks that end with a policy, the latest year first.
fn compiled(library: &Library, file: &PolicyFile) -> Vec<(Stack, Choice)> {
    let place = region(file);
    let mut all = Vec::new();
    for year in years(library, file).into_iter().rev() {
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

    /// An item of the policy in the latest year that has it.
    fn find<'s, T>(&'s self, items: impl Fn(&'a Program) -> &'a [T], mine: impl Fn(&T) -> bool) -> Option<(&'s Seen<'a>, &'a T)> {
        self.seen.iter().find_map(|seen| Some((seen, items(seen.program).iter().find(|item| mine(item))?)))
    }

    fn head(&self, page: &mut Page) {
        let policy = self.policy();
        let head = &policy.head;
        page.line(0, &head.title);
        let mut row = |zh: &str, en: &str, text: Text| {
            let pad = |word: &str, width: usize| " ".repeat(width.saturating_sub(word.chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum()));
            let text = Text::new(format!("{zh}{}  {}", pad(zh, 10), text.zh), format!("{en}{}  {}", pad(en, 12), text.get(Lang::En)));
            page.line(1, &text);
        };
        row("标识", "id", Text::same(head.id.is.as_str()));
        if let Some(number) = &head.number {
            row("文号", "number", Text::same(number.as_str()));
        }
        row("发文机关", "authority", head.authority.clone());
        let place = Text::same(head.place.is.as_str());
        row("地域", "place", if head.place.is == "*" { Text::new("全国", "the nation") } else { say!("行政区划代码以{place}开头", "codes that begin with {place}"; place) });
        if let Some(sector) = &head.sector {
            row("行业", "sector", Text::same(sector.as_str()));
        }
        row("管辖年度", "years", self.governed(&head.governs).unwrap_or_else(|| Text::new("各年度", "every year")));
        if let (Some(issued), Some(known)) = (head.issued, head.known_since) {
            row("发文日期", "issued", crate::text!("{issued}；自{known}起为人所知", "{issued}; known since {known}"));
        }
        if let Some(sha) = &head.source_sha256 {
            row("原文校验", "source", Text::same(format!("SHA-256 {}", sha.is)));
        }
        row("本文件校验", "this file", Text::same(format!("SHA-256 {}", self.file.hash())));
        for document in &head.not_in_hand {
            row("手头没有", "not in hand", document.clone());
        }
        if let Some(note) = &head.note {
            row("说明", "note", note.clone());
        }
        self.account(&mut row);
        self.layer(&mut row);
    }

    fn account(&self, row: &mut impl FnMut(&str, &str, Text)) {
        let (Some(account), Some(seen)) = (&self.policy().account, self.seen.first()) else { return };
        let step = seen.figures().phrase(&seen.program.step, Some((seen.layer, &account.is.round.step)));
        let (unit, way) = (&*seen.program.unit, rules::way_words(seen.program.way));
        row("计量", "account", say!("以{unit}计；每条记录的结果取{step}的整倍数，{way}", "in {unit}; the result of each record in whole steps of {step}, {way}"; unit, step, way));
    }

    fn layer(&self, row: &mut impl FnMut(&str, &str, Text)) {
        let policy = self.policy();
        let Some(layer) = &policy.layer else {
            if policy.head.id.is != COMMON {
                row("叠加", "layer", Text::new("不叠加在别的文件之上", "lies on no other document"));
            }
            return;
        };
        let on = crate::speak::join(layer.is.on.iter().map(|word| self.document(&word.is)));
        row("叠加于", "lies on", on);
        let own = self.seen.first();
        let takes = match (&layer.is.takes_over, own) {
            (ast::TakesOver::Nothing, _) => Text::new("不接管认定，只作增补", "takes over no recognition, only adds"),
            (ast::TakesOver::Records(is), _) if is.is_all() => Text::new("全部认定由本文件接管", "takes over all recognition"),
            (_, Some(seen)) => seen
                .program
                .takeovers
                .last()
                .map(|is| seen.wheres(is, Text::new("全部记录", "all records")))
                .map(|is| say!("接管这些记录的认定：{is}", "takes over the recognition of: {is}"; is))
                .unwrap_or_default(),
            (_, None) => Text::default(),
        };
        row("接管", "takes over", takes);
        row(
            "要求",
            "asks",
            if layer.is.own_requirements {
                Text::new("只用本文件的要求", "its own requirements only")
            } else {
                Text::new("与下层比较，从其高者", "the higher of its own and those below")
            },
        );
        for (cite, item) in &layer.is.drop {
            let (cite, item) = (cites(cite), Text::same(item.is.as_str()));
            row("取消", "drops", say!("{item}（{cite}）", "{item} ({cite})"; item, cite));
        }
        for delegate in own.iter().flat_map(|seen| seen.program.delegates.iter().filter(|delegate| *delegate.item.policy == *policy.head.id.is).map(move |delegate| (seen, delegate))) {
            let (seen, delegate) = delegate;
            let what = seen.wheres(&delegate.what, Text::new("全部记录", "all records"));
            let (to, cite) = (&*delegate.to, crate::speak::ids(delegate.item.cite.iter().map(|cite| &**cite)));
            row("留给别人", "left to", say!("{to}：{what}（{cite}）", "{to}: {what} ({cite})"; to, what, cite));
        }
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

    /// "2016年度起", with the reading it hangs on; `None` where no year is named.
    fn governed<'f>(&self, governs: &'f Governs) -> Option<Text> {
        let asts = [self.policy()];
        let names = self.seen.first().map_or(Names { stack: &asts }, |seen| seen.names);
        let layer = names.stack.len().saturating_sub(1);
        let year = |figure: &'f Option<ast::Sp<ast::Figure>>| {
            Some(match &figure.as_ref()?.is {
                ast::Figure::Name(name) => {
                    let year = names.constant(layer, name).map_or_else(|| "?".to_owned(), crate::exact::show);
                    (year, Some(name.as_str()))
                }
                ast::Figure::Exact(year) => (crate::exact::show(*year), None),
                _ => ("?".to_owned(), None),
            })
        };
        let (from, to) = (year(&governs.from), year(&governs.to));
        let readings = crate::speak::ids(from.iter().chain(&to).filter_map(|(_, reading)| *reading));
        let years = match (from, to) {
            (Some((from, _)), Some((to, _))) if from == to => crate::text!("{from}年度", "{from}"),
            (Some((from, _)), Some((to, _))) => crate::text!("{from}至{to}年度", "{from} to {to}"),
            (Some((from, _)), None) => crate::text!("{from}年度起", "from {from} on"),
            (None, Some((to, _))) => crate::text!("至{to}年度", "up to {to}"),
            (None, None) => return None,
        };
        if readings.is_empty() {
            return Some(years);
        }
        Some(say!("{years}（见解读 {readings}）", "{years} (reading {readings})"; years, readings))
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
    fn when(&self, found: Option<&Seen<'_>>) -> Option<Text> {
        match found {
            None => Some(Text::new("在本文件管辖的年度内都不成立", "holds in none of the years governed")),
            Some(seen) if self.seen.first().is_some_and(|latest| latest.choice.year > seen.choice.year) => {
                let year = seen.choice.year;
                Some(crate::text!("照{year}年度读出", "as in {year}"))
            }
            Some(_) => None,
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
    fn entry(&mut self, name: &Text, parts: Vec<Text>, tables: Vec<Vec<Text>>) {
        let parts: Vec<&str> = parts.iter().map(|part| part.get(self.lang)).filter(|part| !part.is_empty()).collect();
        let name = name.get(self.lang);
        let text = match (parts.is_empty(), self.lang) {
            (true, _) => name.to_owned(),
            (false, Lang::Zh) => format!("{name}：{}。", parts.join("；")),
            (false, Lang::En) => format!("{name}: {}.", parts.join("; ")),
        };
        self.line(1, &Text::same(text));
        for (n, rows) in tables.iter().enumerate() {
            let n = n + 1;
            self.line(3, &crate::text!("表{n}", "table {n}"));
            for row in rows {
                self.line(4, row);
            }
        }
    }
}
