//! Wheres, figures and dates: the two mechanisms of the language that ask "which?" and "how much?".

use super::ast::{Arith, Bound, Condition, DateFigure, DecisionTable, Figure, Gives, Measure, PerUnit, Proof, Scalar, Sp, SpanOf, Test, Where, Word};
use super::grammar::{FIGURE_KEYS, TEST_KEYS};
use super::node::{Node, NodeKind};
use super::reader::Reader;
use crate::diagnostic::Code;
use crate::exact::{Exact, parse_exact};
use crate::text::Text;

impl Reader<'_> {
    /// A where; everything where the key is left out.
    pub(crate) fn where_at(&mut self, table: &Node, key: &str) -> Where {
        table.get(key).map_or_else(Where::all, |node| self.where_of(node))
    }

    pub(crate) fn where_of(&mut self, node: &Node) -> Where {
        let any = match &node.kind {
            NodeKind::Text(word) if word == "all" => vec![Vec::new()],
            NodeKind::Table(_) => vec![self.conditions(node)],
            NodeKind::List(tables) if !tables.is_empty() => tables.iter().map(|table| self.conditions(table)).collect(),
            _ => {
                self.wrong_type(node, Text::new("条件：\"all\"、一张表，或几张表", "a where: \"all\", a table, or tables"), r#"{ activity = "class" }"#);
                vec![Vec::new()]
            }
        };
        Where { at: node.at.clone(), any }
    }

    fn conditions(&mut self, node: &Node) -> Vec<Condition> {
        let NodeKind::Table(entries) = &node.kind else {
            self.wrong_type(node, Text::new("条件表", "a table of conditions"), r#"{ activity = "class" }"#);
            return Vec::new();
        };
        entries
            .iter()
            .filter_map(|(key, value)| {
                let fact = Sp { is: key.name.clone(), at: key.at.clone() };
                Some(Condition { fact, test: self.test(value)?, at: value.at.clone() })
            })
            .collect()
    }

    pub(crate) fn test(&mut self, node: &Node) -> Option<Test> {
        match &node.kind {
            NodeKind::List(items) if items.is_empty() => {
                self.wrong_type(node, Text::new("至少一个值", "at least one value"), r#"["national"]"#);
                None
            }
            NodeKind::List(items) => Some(Test::OneOf(items.iter().filter_map(|item| self.scalar(item)).collect())),
            NodeKind::Table(entries) => self.test_table(node, entries),
            NodeKind::Bad => None,
            _ => Some(Test::OneOf(vec![self.scalar(node)?])),
        }
    }

    fn test_table(&mut self, node: &Node, entries: &[(super::node::Key, Node)]) -> Option<Test> {
        let mut bounds = Vec::new();
        let mut single = None;
        for (key, value) in entries {
            let bound = match key.name.as_str() {
                "at_least" => Some(Bound::AtLeast),
                "above" => Some(Bound::Above),
                "at_most" => Some(Bound::AtMost),
                "below" => Some(Bound::Below),
                _ => None,
            };
            match (bound, key.name.as_str()) {
                (Some(bound), _) => bounds.extend(self.bound_value(value).map(|value| (bound, value))),
                (None, "not") => single = self.test(value).map(|test| Test::Not(Box::new(test))),
                (None, "given") => single = Some(Test::Given(self.bool(node, "given"))),
                (None, "in") => single = self.word(value).map(Test::In),
                (None, "same_as") => single = self.word(value).map(Test::SameAs),
                (None, "among") => single = self.word(value).map(Test::Among),
                _ => self.bad_word(&key.at, &key.name, TEST_KEYS),
            }
        }
        match (single, bounds.is_empty()) {
            (None, false) => Some(Test::Range(bounds)),
            (Some(test), true) if entries.len() == 1 => Some(test),
            _ => {
                self.report(
                    Code::Conflict,
                    &node.at,
                    Text::new("一个事实只能有一种比较；只有上下界可以并用", "one test a fact; only bounds combine"),
                    Text::new("分成两个事实或两张条件表", "use two facts or two tables of conditions"),
                );
                None
            }
        }
    }

    /// A bound: a number, a ratio as text, a date, or the name of a fact.
    fn bound_value(&mut self, node: &Node) -> Option<Sp<Scalar>> {
        let mut value = self.scalar(node)?;
        if let Scalar::Text(text) = &value.is
            && let Some(number) = parse_exact(text)
        {
            value.is = Scalar::Number(number);
        }
        Some(value)
    }

    pub(crate) fn figure_at(&mut self, table: &Node, key: &str) -> Option<Sp<Figure>> {
        table.get(key).and_then(|node| self.figure(node))
    }

    /// A figure that can not be below nothing: what is asked, and what is at most given.
    pub(crate) fn not_negative(&mut self, table: &Node, key: &str) -> Option<Sp<Figure>> {
        let figure = self.figure_at(table, key)?;
        if let Figure::Exact(number) = &figure.is
            && *number < Exact::from_integer(0)
        {
            self.report(Code::BadNumber, &figure.at, crate::text!("{key} 不能是负数", "`{key}` can not be negative"), Text::new("写 0 或正数", "write 0 or more"));
        }
        Some(figure)
    }

    pub(crate) fn figure(&mut self, node: &Node) -> Option<Sp<Figure>> {
        let is = match &node.kind {
            NodeKind::Number(number) => Figure::Exact(*number),
            NodeKind::Text(word) if word == "none" => Figure::Unbounded,
            NodeKind::Text(word) => parse_exact(word).map_or_else(|| Figure::Name(word.clone()), Figure::Exact),
            NodeKind::Date(date) => Figure::Date(Box::new(Sp { is: DateFigure::Date(*date), at: node.at.clone() })),
            NodeKind::Table(entries) => self.figure_table(node, entries)?,
            _ => {
                self.wrong_type(node, Text::new("数：数字、名称，或算式表", "a figure: a number, a name, or a table"), "60");
                return None;
            }
        };
        Some(Sp { is, at: node.at.clone() })
    }

    fn figure_table(&mut self, node: &Node, entries: &[(super::node::Key, Node)]) -> Option<Figure> {
        for (key, _) in entries {
            if !FIGURE_KEYS.contains(&key.name.as_str()) {
                self.bad_word(&key.at, &key.name, FIGURE_KEYS);
                return None;
            }
        }
        if node.get("by").is_some() {
            return self.decision_table(node).map(|table| Figure::Table(Box::new(table)));
        }
        if node.get("measure").is_some() {
            let measure = self.measure(node)?;
            return Some(Figure::Measured(Box::new((measure, self.where_at(node, "of")))));
        }
        if node.get("each").is_some() {
            return self.line(node);
        }
        let [(key, value)] = entries else {
            self.report(
                Code::Conflict,
                &node.at,
                Text::new("一个算式只有一个运算", "one operation a figure"),
                Text::new("把里面的一个写成 [value] 再用其名", "name the inner one in [value] and use its name"),
            );
            return None;
        };
        match key.name.as_str() {
            "sum" => self.many(Arith::Sum, value),
            "product" => self.many(Arith::Product, value),
            "least" => self.many(Arith::Least, value),
            "greatest" => self.many(Arith::Greatest, value),
            "first" => self.many(Arith::First, value),
            "difference" => self.pair(value).map(|pair| Figure::Difference(Box::new(pair))),
            "ratio" => self.pair(value).map(|pair| Figure::Ratio(Box::new(pair))),
            "days" => self.span_of(SpanOf::Days, value),
            "months" => self.span_of(SpanOf::Months, value),
            "years" => self.span_of(SpanOf::Years, value),
            "calendar_years" => self.span_of(SpanOf::CalendarYears, value),
            "year_of" => Some(Figure::YearOf(Box::new(self.date_figure(value)?))),
            "count" => self.word(value).map(Figure::Count),
            "over_years" => Some(Figure::OverYears(Box::new(self.figure(value)?))),
            "plus" | "earliest" | "latest" => Some(Figure::Date(Box::new(self.date_figure(node)?))),
            other => {
                self.bad_word(&key.at, other, FIGURE_KEYS);
                None
            }
        }
    }

    fn items<'n>(&mut self, node: &'n Node, least: usize) -> Option<&'n [Node]> {
        match &node.kind {
            NodeKind::List(items) if items.len() >= least => Some(items),
            _ => {
                self.wrong_type(node, crate::text!("至少{least}项的列表", "a list of at least {least}"), "[ …, … ]");
                None
            }
        }
    }

    fn many(&mut self, arith: Arith, node: &Node) -> Option<Figure> {
        let items = self.items(node, 1)?;
        Some(Figure::Many(arith, items.iter().filter_map(|item| self.figure(item)).collect()))
    }

    fn pair(&mut self, node: &Node) -> Option<(Sp<Figure>, Sp<Figure>)> {
        match self.items(node, 2)? {
            [a, b] => Some((self.figure(a)?, self.figure(b)?)),
            _ => {
                self.wrong_type(node, Text::new("两项的列表", "a list of two"), "[ …, … ]");
                None
            }
        }
    }

    fn span_of(&mut self, span: SpanOf, node: &Node) -> Option<Figure> {
        match self.items(node, 2)? {
            [from, to] => Some(Figure::Span(span, Box::new((self.date_figure(from)?, self.date_figure(to)?)))),
            _ => {
                self.wrong_type(node, Text::new("[起, 止]", "[from, to]"), r#"["start", "end"]"#);
                None
            }
        }
    }

    fn line(&mut self, node: &Node) -> Option<Figure> {
        let of = match node.get("of") {
            Some(of) => self.figure(of)?,
            None => {
                self.wrong_type(node, Text::new("直线须写 of：对哪个数", "a line with `of`: of which figure"), r#"{ of = "days", each = 10 }"#);
                return None;
            }
        };
        let each = node.get("each")?;
        let pieces = match &each.kind {
            NodeKind::List(items) => {
                let mut pieces = Vec::new();
                for item in items {
                    let parts = self.items(item, 2)?;
                    let over = match parts.first().map(|part| &part.kind) {
                        Some(NodeKind::Number(over)) => *over,
                        _ => {
                            self.wrong_type(item, Text::new("[超过多少, 每单位多少]", "[over, each]"), r#"[320, "1/4"]"#);
                            return None;
                        }
                    };
                    pieces.push((over, self.figure(parts.get(1)?)?));
                }
                pieces.sort_by_key(|(over, _)| *over);
                pieces
            }
            _ => vec![(Exact::from_integer(0), self.figure(each)?)],
        };
        Some(Figure::Line { of: Box::new(of), pieces })
    }

    /// A decision table. A cross table is unfolded: every column is a row of its own.
    fn decision_table(&mut self, node: &Node) -> Option<DecisionTable> {
        let by = self.words(node, "by");
        let mut across = Vec::new();
        for cell in self.list(node, "across") {
            across.push(self.test(cell)?);
        }
        let mut rows = Vec::new();
        for row in self.list(node, "rows") {
            let cells = match &row.kind {
                NodeKind::List(cells) if across.is_empty() && cells.len() == by.len() + 1 => cells,
                NodeKind::List(cells) if !across.is_empty() && cells.len() == by.len() - 1 + across.len() => cells,
                _ => {
                    let width = if across.is_empty() { by.len() + 1 } else { by.len() - 1 + across.len() };
                    self.wrong_type(row, crate::text!("{width}格的一行：各事实的值，最后是数", "a row of {width} cells: the facts, then the figure"), r#"["national", 12]"#);
                    continue;
                }
            };
            let heads = if across.is_empty() { by.len() } else { by.len() - 1 };
            let mut tests = Vec::new();
            for cell in &cells[..heads] {
                tests.push(self.test(cell)?);
            }
            for (column, figure) in cells[heads..].iter().enumerate() {
                let mut tests = tests.clone();
                tests.extend(across.get(column).cloned());
                rows.push((tests, self.figure(figure)?, row.at.clone()));
            }
        }
        if rows.is_empty() {
            self.wrong_type(node, Text::new("至少一行", "at least one row"), r#"rows = [["national", 12]]"#);
            return None;
        }
        Some(DecisionTable { by, rows, otherwise: self.figure_at(node, "else"), at: node.at.clone() })
    }

    pub(crate) fn measure(&mut self, table: &Node) -> Option<Measure> {
        let Some(node) = table.get("measure") else { return Some(Measure::Sum) };
        match &node.kind {
            NodeKind::Text(word) => match word.as_str() {
                "sum" => Some(Measure::Sum),
                "largest" => Some(Measure::Largest),
                "records" => Some(Measure::Records),
                _ => {
                    self.bad_word(&node.at, word, &["sum", "largest", "records"]);
                    None
                }
            },
            NodeKind::Table(_) if node.get("distinct").is_some() => self.opt_word(node, "distinct").map(Measure::Distinct),
            NodeKind::Table(_) if node.get("sum").is_some() => Some(Measure::SumOf(Box::new(self.figure_at(node, "sum")?))),
            _ => {
                self.wrong_type(node, Text::new("量度", "a measure"), r#""records" 或 { distinct = "title" }"#);
                None
            }
        }
    }

    pub(crate) fn date_figure(&mut self, node: &Node) -> Option<Sp<DateFigure>> {
        let at = node.at.clone();
        let is = match &node.kind {
            NodeKind::Text(name) => DateFigure::Name(name.clone()),
            NodeKind::Date(date) => DateFigure::Date(*date),
            NodeKind::Table(_) if node.get("plus").is_some() => self.plus(node.get("plus")?)?,
            NodeKind::Table(_) => {
                let (build, key): (Build, _) = match node.entries() {
                    [(key, _)] if key.name == "first" => (DateFigure::First, "first"),
                    [(key, _)] if key.name == "earliest" => (DateFigure::Earliest, "earliest"),
                    [(key, _)] if key.name == "latest" => (DateFigure::Latest, "latest"),
                    _ => return self.not_a_date(node),
                };
                let items = self.list(node, key);
                build(items.into_iter().filter_map(|item| self.date_figure(item)).collect())
            }
            _ => return self.not_a_date(node),
        };
        Some(Sp { is, at })
    }

    fn not_a_date(&mut self, node: &Node) -> Option<Sp<DateFigure>> {
        self.wrong_type(node, Text::new("日期：事实名、日期，或 plus、first、earliest、latest", "a date: a fact, a day, or plus, first, earliest, latest"), r#""start""#);
        None
    }

    fn plus(&mut self, node: &Node) -> Option<DateFigure> {
        let parts = self.items(node, 2)?;
        let date = self.date_figure(parts.first()?)?;
        let term = parts.get(1).and_then(Node::text).unwrap_or("");
        let (count, unit) = term.split_once(' ').unwrap_or(("", ""));
        let unit = match unit.trim_end_matches('s') {
            "day" => Some(SpanOf::Days),
            "month" => Some(SpanOf::Months),
            "year" => Some(SpanOf::Years),
            _ => None,
        };
        match (count.parse::<i32>(), unit) {
            (Ok(count), Some(unit)) => Some(DateFigure::Plus(Box::new(date), count, unit)),
            _ => {
                self.wrong_type(node, Text::new("[日期, \"数 days/months/years\"]", "[date, \"n days/months/years\"]"), r#"["start", "6 months"]"#);
                None
            }
        }
    }

    /// Units with figures, a figure alone, or the name of a value.
    pub(crate) fn gives(&mut self, table: &Node) -> Option<Gives> {
        let node = table.get("gives")?;
        match &node.kind {
            NodeKind::Text(name) if name != "none" && parse_exact(name).is_none() => Some(Gives::Named(Sp { is: name.clone(), at: node.at.clone() })),
            NodeKind::Table(entries) if entries.iter().all(|(key, _)| !FIGURE_KEYS.contains(&key.name.as_str()) || key.name == "days" || key.name == "months") && !looks_like_span(node) => {
                Some(Gives::Units(self.units(entries)))
            }
            _ => self.figure(node).map(Gives::Grant),
        }
    }

    fn units(&mut self, entries: &[(super::node::Key, Node)]) -> Vec<(Word, Sp<Figure>)> {
        entries.iter().filter_map(|(key, value)| Some((Sp { is: key.name.clone(), at: key.at.clone() }, self.figure(value)?))).collect()
    }

    /// One figure for every unit, or one for each.
    pub(crate) fn per_unit(&mut self, table: &Node, key: &str) -> Option<PerUnit> {
        let node = table.get(key)?;
        match &node.kind {
            NodeKind::Table(entries) if !entries.iter().any(|(key, _)| FIGURE_KEYS.contains(&key.name.as_str()) && key.name != "days" && key.name != "months") => {
                Some(PerUnit::Units(self.units(entries)))
            }
            _ => self.figure(node).map(PerUnit::All),
        }
    }

    pub(crate) fn proof(&mut self, table: &Node) -> Option<Proof> {
        let node = table.get("proof")?;
        match &node.kind {
            NodeKind::Text(word) if word == "none" => Some(Proof::None),
            NodeKind::Text(word) if word == "any" => Some(Proof::Any),
            NodeKind::Text(word) => Some(Proof::Named(Sp { is: word.clone(), at: node.at.clone() })),
            NodeKind::List(groups) if !groups.is_empty() => {
                let mut all = Vec::new();
                for group in groups {
                    match &group.kind {
                        NodeKind::List(codes) if !codes.is_empty() => all.push(codes.iter().filter_map(|code| self.word(code)).collect()),
                        _ => self.wrong_type(group, Text::new("一组代码", "a group of codes"), r#"[["transcript", "school-proof"]]"#),
                    }
                }
                Some(Proof::Groups(all))
            }
            _ => {
                self.wrong_type(node, Text::new("none、any 或各组代码", "none, any or groups of codes"), r#"[["transcript", "school-proof"]]"#);
                None
            }
        }
    }
}

/// Makes a date of several.
type Build = fn(Vec<Sp<DateFigure>>) -> DateFigure;

/// `gives = { days = [from, to] }` would be the length of a period; `{ days = 8 }` is a rate for each day.
fn looks_like_span(node: &Node) -> bool {
    node.entries().iter().any(|(_, value)| matches!(value.kind, NodeKind::List(_)))
}
