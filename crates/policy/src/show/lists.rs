//! What a policy declares: lists, facts, buckets, units, windows, readings, problems.

use super::people::titled;
use super::{Page, Seen, Voice, cites};
use crate::program::atoms::Derived;
use crate::speak::{self, join};
use crate::syntax::ast::{self, FactType, Item, Of, Scalar, Sp};
use crate::syntax::node::{Node, NodeKind};
use crate::text::{Text, say};

/// So many entries of a list are read out.
const MOST_ENTRIES: usize = 60;

impl<'a> Voice<'a> {
    pub(super) fn declared(&self, page: &mut Page) {
        self.sets(page);
        self.lists(page);
        self.facts(page);
        self.small(page);
        self.windows(page);
        self.readings(page);
        self.problems(page);
    }

    fn fact_title(&self, id: &str) -> Text {
        let found = self.seen.first().and_then(|seen| seen.program.facts.find(id).map(|fact| (*seen.program.facts.get(fact).title).clone()));
        found.unwrap_or_else(|| Text::same(id))
    }

    fn sets(&self, page: &mut Page) {
        let policy = self.policy();
        let Some(seen) = self.seen.first().filter(|_| !policy.sets.is_empty()) else { return };
        page.heading(Text::new("有名字的条件", "Named conditions"));
        for item in &policy.sets {
            let compiled = crate::program::Compiler::over(seen.program, seen.names, seen.choice).wheres(seen.layer, &item.is);
            let words = seen.written(&compiled, &item.is, Text::new("全部", "everything"));
            let mut parts = vec![words];
            parts.extend(self.readings_on("set", &item.id.is, &parts));
            page.entry(&titled(item), parts, Vec::new());
        }
    }

    fn lists(&self, page: &mut Page) {
        let policy = self.policy();
        if policy.lists.is_empty() {
            return;
        }
        page.heading(Text::new("名单", "Lists"));
        for item in &policy.lists {
            let of = join(item.is.of.iter().map(|word| self.fact_title(&word.is)));
            let by = if item.is.kept_by == "operator" { Text::new("操作者", "the operator") } else { Text::same(item.is.kept_by.as_str()) };
            let count = Text::same(item.is.entries.len().to_string());
            let parts = vec![say!("列{of}，共{count}项，由{by}维护", "of {of}, {count} entries, kept by {by}"; of, count, by)];
            page.entry(&titled(item), parts, Vec::new());
            for entry in item.is.entries.iter().take(MOST_ENTRIES) {
                page.line(3, &entry_words(entry));
            }
            if let Some(more) = item.is.entries.len().checked_sub(MOST_ENTRIES).filter(|more| *more > 0) {
                page.line(3, &crate::text!("…… 另有{more}项", "… and {more} more"));
            }
        }
    }

    /// The columns that the policy adds, and what it adds to those below.
    fn facts(&self, page: &mut Page) {
        let policy = self.policy();
        if policy.facts.is_empty() {
            return;
        }
        page.heading(Text::new("事实（表格的列）", "Facts (columns)"));
        for item in &policy.facts {
            let mut parts = Vec::new();
            parts.push(match item.is.kind {
                Some((of, kind)) => kind_words(of, kind),
                None => Text::new("下层已声明，此处增补", "declared below, added to here"),
            });
            if let Some(unit) = &item.is.unit {
                let unit = self.unit_title(&unit.is);
                parts.push(say!("以{unit}计", "in {unit}"; unit));
            }
            if item.is.ordered {
                parts.push(Text::new("由低到高", "from low to high"));
            }
            if !item.is.codes.is_empty() {
                let codes = join(item.is.codes.iter().map(|code| {
                    let (title, id) = (&code.title, Text::same(code.id.is.as_str()));
                    say!("{title}（{id}）", "{title} ({id})"; title, id)
                }));
                parts.push(codes);
            }
            if item.is.open {
                parts.push(Text::new("也可填其他文字", "other text is accepted"));
            }
            let derived = self.seen.first().and_then(|seen| self.derived(seen, item));
            let mut tables = Vec::new();
            if let Some((words, apart)) = derived {
                parts.push(words);
                tables = apart;
            }
            if let Some(empty) = item.is.empty.as_ref().and_then(|empty| self.seen.first().map(|seen| (seen, empty))).and_then(|(seen, empty)| match &empty.is {
                ast::Figure::Exact(number) => Some(Text::same(crate::exact::show(*number))),
                ast::Figure::Name(name) => seen.names.constant(seen.layer, name).map(|number| Text::same(crate::exact::show(number))),
                _ => None,
            }) {
                parts.push(say!("空白即{empty}", "blank means {empty}"; empty));
            }
            if let Some(problem) = &item.is.problem {
                let problem = self.problem_words(&problem.is);
                parts.push(say!("不满足时：{problem}", "when it fails: {problem}"; problem));
            }
            if !item.is.help.is_empty() {
                parts.push(item.is.help.clone());
            }
            parts.extend(self.readings_on("fact", &item.id.is, &parts));
            page.entry(&titled(item), parts, tables);
        }
    }

    fn derived(&self, seen: &Seen<'a>, item: &'a Item<ast::Fact>) -> Option<(Text, Vec<Vec<Text>>)> {
        let fact = seen.program.facts.find(&item.id.is)?;
        let mut figures = seen.figures();
        let written = item.is.derived.as_ref()?;
        let is = match seen.program.facts.get(fact).derived.as_ref()? {
            Derived::Number(figure) => figures.phrase(figure, Some((seen.layer, written))),
            Derived::Date(date) => speak::date(seen.program, date),
        };
        Some((say!("算出：{is}", "reckoned: {is}"; is), figures.tables.unwrap_or_default()))
    }

    fn unit_title(&self, id: &str) -> Text {
        let stack = self.seen.first().map(|seen| seen.names.stack).unwrap_or_default();
        stack.iter().flat_map(|policy| &policy.units).find(|unit| unit.id.is == id).map_or_else(|| Text::same(id), |unit| unit.title.clone())
    }

    fn problem_words(&self, id: &str) -> Text {
        let found = self.seen.first().and_then(|seen| seen.program.problems.iter().find(|problem| *problem.id == *id));
        found.map_or_else(|| Text::same(id), |problem| (*problem.text).clone())
    }

    fn small(&self, page: &mut Page) {
        let policy = self.policy();
        if !policy.units.is_empty() {
            page.heading(Text::new("计量单位", "Units"));
        }
        for item in &policy.units {
            let less = item.is.less.as_ref().map(|word| self.fact_title(&word.is)).map(|less| say!("先减{less}", "less {less}"; less));
            let whole = item.is.whole.then(|| Text::new("只收整数", "whole numbers only"));
            page.entry(&titled(item), less.into_iter().chain(whole).collect(), Vec::new());
        }
        if !policy.buckets.is_empty() {
            page.heading(Text::new("类别", "Buckets"));
        }
        for item in &policy.buckets {
            let stack = self.seen.first().map(|seen| seen.names.stack).unwrap_or_default();
            let title = |id: &str| stack.iter().flat_map(|policy| &policy.buckets).find(|bucket| bucket.id.is == id).map_or_else(|| Text::same(id), |bucket| bucket.title.clone());
            let within = item.is.within.as_ref().map(|word| title(&word.is)).map(|within| say!("同时计入{within}", "counts in {within} too"; within));
            page.entry(&titled(item), within.into_iter().collect(), Vec::new());
        }
    }

    fn windows(&self, page: &mut Page) {
        let policy = self.policy();
        if policy.windows.is_empty() {
            return;
        }
        page.heading(Text::new("期间", "Windows"));
        for item in &policy.windows {
            let mut parts = vec![self.window_shape(item)];
            let dated = self.fact_title(&item.is.dated.is);
            parts.push(say!("按{dated}归入", "a record is placed by {dated}"; dated));
            if item.is.numbered_by_end {
                parts.push(Text::new("以终止之年称呼", "named by the year it ends in"));
            }
            if let Some(other) = &item.is.stands_for {
                let other = self.window_title(&other.is);
                parts.push(say!("其记录算作同号的{other}", "its records count in the {other} of the same number"; other));
            }
            parts.extend(self.readings_on("window", &item.id.is, &parts));
            page.entry(&titled(item), parts, Vec::new());
        }
    }

    /// The title of a window, else of a date fact.
    fn window_title(&self, id: &str) -> Text {
        let found = self.seen.first().and_then(|seen| seen.program.windows.iter().find(|window| window.id == *id));
        found.map(|window| &window.title).map_or_else(|| self.fact_title(id), |title| say!("“{title}”", "“{title}”"; title))
    }

    fn window_shape(&self, item: &'a Item<ast::Window>) -> Text {
        match &item.is.shape {
            ast::WindowShape::Ever => Text::new("不限期", "for ever"),
            ast::WindowShape::Term { from, to } => {
                let (from, to) = (self.fact_title(&from.is), self.fact_title(&to.is));
                say!("自{from}至{to}", "from {from} to {to}"; from, to)
            }
            ast::WindowShape::Back { years, ending } => {
                let (years, ending) = (Text::same(years.to_string()), self.window_title(&ending.is));
                say!("终于{ending}的{years}年", "the {years} years that end with {ending}"; years, ending)
            }
            ast::WindowShape::Calendar { years, begins: (month, day), first } => {
                let shape = match years {
                    1 => crate::text!("每年{month}月{day}日起一年", "a year from {month}-{day}"),
                    n => crate::text!("{month}月{day}日起{n}年", "{n} years from {month}-{day}"),
                };
                let first = first.as_ref().and_then(|first| {
                    let seen = self.seen.first()?;
                    let at = seen.program.windows.iter().find(|window| window.id == item.id.is)?;
                    match &at.shape {
                        crate::program::WindowShape::Calendar { first: Some(figure), .. } => Some(seen.figures().phrase(figure, Some((seen.layer, first)))),
                        _ => None,
                    }
                });
                match first {
                    Some(first) => say!("{shape}，首个自{first}年", "{shape}, the first from {first}"; shape, first),
                    None => shape,
                }
            }
        }
    }

    fn readings(&self, page: &mut Page) {
        let policy = self.policy();
        if policy.readings.is_empty() {
            return;
        }
        page.heading(Text::new("解读（现取第一行，另有其下各种取法）", "Readings (the first line is taken; below it what else it could be)"));
        for item in &policy.readings {
            let (cite, id, text) = (cites(&item.cite), Text::same(item.id.is.as_str()), &item.is.text);
            let value = item.is.value.as_ref().map(|value| {
                let value = scalar_words(value);
                say!("（现作 {value}）", " (taken as {value})"; value)
            });
            let value = value.unwrap_or_default();
            page.line(1, &say!("{cite} {id}：{text}{value}", "{cite} {id}: {text}{value}"; cite, id, text, value));
            for other in &item.is.alternatives {
                let (text, change) = (&other.text, alternative_words(other));
                page.line(3, &say!("另一种：{text}{change}", "else: {text}{change}"; text, change));
            }
        }
    }

    fn problems(&self, page: &mut Page) {
        let policy = self.policy();
        let Some(seen) = self.seen.first().filter(|_| !policy.problems.is_empty()) else { return };
        page.heading(Text::new("问题（依次检查）", "Problems (in the order in which they are checked)"));
        for problem in seen.program.problems.iter().filter(|problem| policy.problems.iter().any(|item| item.id.is == *problem.id)) {
            let (id, text) = (Text::same(&*problem.id), &*problem.text);
            page.line(1, &say!("{id}：{text}", "{id}: {text}"; id, text));
        }
    }
}

fn entry_words(entry: &ast::Entry) -> Text {
    let (id, title) = (Text::same(entry.id.as_str()), &entry.title);
    let named = if title.is_empty() || title.zh == entry.id { id } else { say!("{title}（{id}）", "{title} ({id})"; title, id) };
    let days = match (entry.from, entry.to) {
        (None, None) => return named,
        (Some(from), None) => crate::text!("自{from}", "from {from}"),
        (None, Some(to)) => crate::text!("至{to}", "until {to}"),
        (Some(from), Some(to)) => crate::text!("{from}至{to}", "{from} to {to}"),
    };
    say!("{named}，{days}", "{named}, {days}"; named, days)
}

fn kind_words(of: Of, kind: FactType) -> Text {
    let of = match of {
        Of::Record => Text::new("记录的", "of records, "),
        Of::Person => Text::new("人员的", "of persons, "),
    };
    let kind = match kind {
        FactType::Code => Text::new("代码", "a code"),
        FactType::Codes => Text::new("代码，可多个", "codes"),
        FactType::Number => Text::new("数", "a number"),
        FactType::Date => Text::new("日期", "a date"),
        FactType::Text => Text::new("文字", "a text"),
        FactType::Texts => Text::new("文字，可多个", "texts"),
        FactType::YesNo => Text::new("是或否", "yes or no"),
        FactType::Years => Text::new("年度，可多个", "years"),
    };
    say!("{of}{kind}", "{of}{kind}"; of, kind)
}

fn scalar_words(value: &Sp<Scalar>) -> Text {
    crate::library::scalar_words(&value.is)
}

/// What an alternative would put in place: another value, or changes of items.
fn alternative_words(other: &ast::Alternative) -> Text {
    let mut parts: Vec<String> = other.value.iter().map(written).collect();
    for (kind, inner) in other.change.iter().flat_map(Node::entries) {
        match &inner.kind {
            NodeKind::Table(items) => {
                for (id, keys) in items {
                    match &keys.kind {
                        NodeKind::Table(keys) if !["policy", "account", "layer"].contains(&kind.name.as_str()) => {
                            parts.extend(keys.iter().map(|(key, value)| format!("{}.{}.{} = {}", kind.name, id.name, key.name, written(value))));
                        }
                        _ => parts.push(format!("{}.{} = {}", kind.name, id.name, written(keys))),
                    }
                }
            }
            _ => parts.push(format!("{} = {}", kind.name, written(inner))),
        }
    }
    let all = Text::same(parts.join("；"));
    if all.zh.is_empty() { all } else { say!("〔{all}〕", " [{all}]"; all) }
}

/// A value as it stands in the file, on one line.
fn written(node: &Node) -> String {
    match &node.kind {
        NodeKind::Text(text) => format!("\"{text}\""),
        NodeKind::Number(number) => crate::exact::show(*number),
        NodeKind::Bool(yes) => yes.to_string(),
        NodeKind::Date(date) => date.to_string(),
        NodeKind::List(items) => format!("[{}]", items.iter().map(written).collect::<Vec<_>>().join(", ")),
        NodeKind::Table(entries) => format!("{{ {} }}", entries.iter().map(|(key, value)| format!("{} = {}", key.name, written(value))).collect::<Vec<_>>().join(", ")),
        NodeKind::Bad => "?".to_owned(),
    }
}
