//! The columns, units, buckets and windows that a policy declares.

use super::{Found, Said, Section, Seen, Voice};
use crate::program::Compiler;
use crate::program::atoms::Derived;
use crate::speak::{self, join};
use crate::syntax::ast::{self, FactType, Item, Of};
use crate::text::{Text, say};

impl<'a> Voice<'a> {
    pub(super) fn facts(&self, out: &mut Vec<Section>) {
        let policy = self.policy();
        self.section(out, Text::new("有名字的条件", "Named conditions"), "set", &policy.sets, Self::set);
        self.section(out, Text::new("名单", "Lists"), "list", &policy.lists, Self::list);
        self.section(out, Text::new("事实（表格的列）", "Facts (columns)"), "fact", &policy.facts, Self::fact);
        self.section(out, Text::new("计量单位", "Units"), "unit", &policy.units, Self::unit);
        self.section(out, Text::new("类别", "Buckets"), "bucket", &policy.buckets, Self::bucket);
        self.section(out, Text::new("期间", "Windows"), "window", &policy.windows, Self::window);
    }

    pub(super) fn set(&self, item: &'a Item<ast::Where>) -> Said {
        let words = self.seen.first().map(|seen| {
            let compiled = Compiler::over(seen.program, seen.names, seen.choice).wheres(seen.layer, &item.is);
            seen.written(&compiled, &item.is, Text::new("全部", "everything"))
        });
        Said::plain(words.into_iter().collect())
    }

    pub(super) fn fact(&self, item: &'a Item<ast::Fact>) -> Said {
        let is = &item.is;
        let mut parts = vec![match is.kind {
            Some((of, kind)) => kind_words(of, kind),
            None => Text::new("下层已声明，此处增补", "declared below, added to here"),
        }];
        if let Some(unit) = &is.unit {
            let unit = self.unit_title(&unit.is);
            parts.push(say!("以{unit}计", "in {unit}"; unit));
        }
        let flag = |on: bool, zh: &str, en: &str| on.then(|| Text::new(zh, en));
        parts.extend(flag(is.required, "每一行都须填写", "every row must fill it in"));
        parts.extend(flag(is.ordered, "由低到高", "from low to high"));
        if !is.codes.is_empty() {
            parts.push(join(is.codes.iter().map(|code| {
                let (title, id) = (&code.title, Text::same(code.id.is.as_str()));
                say!("{title}（{id}）", "{title} ({id})"; title, id)
            })));
        }
        parts.extend(flag(is.open, "也可填其他文字", "other text is accepted"));
        let (derived, tables) = self.seen.first().and_then(|seen| self.derived(seen, item)).unzip();
        parts.extend(derived);
        parts.extend(self.empty(item).map(|empty| say!("空白即{empty}", "blank means {empty}"; empty)));
        if let Some(problem) = &is.problem {
            let problem = self.problem_words(&problem.is);
            parts.push(say!("不满足时：{problem}", "when it fails: {problem}"; problem));
        }
        if !is.help.is_empty() {
            parts.push(is.help.clone());
        }
        Said { parts, tables: tables.unwrap_or_default(), rows: Vec::new(), found: Found::Always }
    }

    /// What an empty cell states.
    fn empty(&self, item: &Item<ast::Fact>) -> Option<Text> {
        let number = match &item.is.empty.as_ref()?.is {
            ast::Figure::Exact(number) => *number,
            ast::Figure::Name(name) => self.seen.first().and_then(|seen| seen.names.constant(seen.layer, name))?,
            _ => return None,
        };
        Some(Text::same(crate::exact::show(number)))
    }

    fn derived(&self, seen: &Seen<'a>, item: &'a Item<ast::Fact>) -> Option<(Text, Vec<Vec<speak::TableRow>>)> {
        let fact = seen.program.facts.find(&item.id.is)?;
        let mut figures = seen.figures();
        let written = item.is.derived.as_ref()?;
        let is = match seen.program.facts.get(fact).derived.as_ref()? {
            Derived::Number(figure) => figures.phrase(figure, Some((seen.layer, written))),
            Derived::Date(date) => speak::date(seen.program, date),
        };
        Some((say!("算出：{is}", "reckoned: {is}"; is), figures.tables.unwrap_or_default()))
    }

    pub(super) fn unit(&self, item: &'a Item<ast::Unit>) -> Said {
        let less = item.is.less.as_ref().map(|word| self.fact_title(&word.is)).map(|less| say!("先减{less}", "less {less}"; less));
        let whole = item.is.whole.then(|| Text::new("只收整数", "whole numbers only"));
        Said::plain(less.into_iter().chain(whole).collect())
    }

    pub(super) fn bucket(&self, item: &'a Item<ast::Bucket>) -> Said {
        let stack = self.seen.first().map(|seen| seen.names.stack).unwrap_or_default();
        let title = |id: &str| stack.iter().flat_map(|policy| &policy.buckets).find(|bucket| bucket.id.is == id).map_or_else(|| Text::same(id), |bucket| bucket.title.clone());
        let within = item.is.within.as_ref().map(|word| title(&word.is)).map(|within| say!("同时计入{within}", "counts in {within} too"; within));
        Said::plain(within.into_iter().collect())
    }

    pub(super) fn window(&self, item: &'a Item<ast::Window>) -> Said {
        let dated = self.fact_title(&item.is.dated.is);
        let mut parts = vec![self.window_shape(item), say!("按{dated}归入", "a record is placed by {dated}"; dated)];
        if item.is.numbered_by_end {
            parts.push(Text::new("以终止之年称呼", "named by the year it ends in"));
        }
        if let Some(other) = &item.is.stands_for {
            let other = self.window_title(&other.is);
            parts.push(say!("其记录算作同号的{other}", "its records count in the {other} of the same number"; other));
        }
        Said::plain(parts)
    }

    pub(super) fn fact_title(&self, id: &str) -> Text {
        let found = self.seen.first().and_then(|seen| seen.program.facts.find(id).map(|fact| (*seen.program.facts.get(fact).title).clone()));
        found.unwrap_or_else(|| Text::same(id))
    }

    fn unit_title(&self, id: &str) -> Text {
        let stack = self.seen.first().map(|seen| seen.names.stack).unwrap_or_default();
        stack.iter().flat_map(|policy| &policy.units).find(|unit| unit.id.is == id).map_or_else(|| Text::same(id), |unit| unit.title.clone())
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
