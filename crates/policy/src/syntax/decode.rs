//! A tree to typed items, kind by kind.

use super::ast::*;
use super::grammar::{self, KINDS};
use super::node::{Node, NodeKind};
use super::reader::Reader;
use crate::diagnostic::{Code, Diagnostic, Source};
use crate::text::Text;
use std::sync::Arc;

/// Decodes a file's tree. `None` only where not even its head can be read; everything that is wrong is reported in `out`.
pub(crate) fn decode(source: &Arc<Source>, root: &Node, out: &mut Vec<Diagnostic>) -> Option<Policy> {
    let mut reader = Reader { source, out };
    unknown_kinds(&mut reader, root);
    let head = head(&mut reader, root)?;
    let mut r = reader;
    Some(Policy {
        source: Arc::clone(source),
        account: one(&mut r, root, "account", account),
        layer: one(&mut r, root, "layer", |r, n| Some(layer(r, n))),
        clauses: clauses(&mut r, root),
        facts: many(&mut r, root, "fact", |r, n| Some(fact(r, n))),
        units: many(&mut r, root, "unit", |r, n| Some(Unit { less: r.opt_word(n, "less"), whole: r.bool(n, "whole") })),
        buckets: many(&mut r, root, "bucket", |r, n| Some(Bucket { within: r.opt_word(n, "within") })),
        windows: many(&mut r, root, "window", window),
        duties: many(&mut r, root, "duty", duty),
        problems: many(&mut r, root, "problem", |r, n| Some(Problem { text: r.opt_text(n, "text"), after: r.opt_word(n, "after") })),
        lists: many(&mut r, root, "list", list),
        sets: many(&mut r, root, "set", |r, n| n.get("where").map(|at| r.where_of(at))),
        values: many(&mut r, root, "value", value),
        readings: many(&mut r, root, "reading", reading),
        coverages: many(&mut r, root, "coverage", |r, n| Some(Coverage { persons: r.where_at(n, "for"), drops_layer: r.one_of(n, "effect", &["layer", "status"])? == "layer" })),
        checks: many(&mut r, root, "check", |r, n| Some(Check { of: r.where_at(n, "where"), needs: r.where_of(n.get("needs")?), everyone: r.bool(n, "everyone") })),
        rules: many(&mut r, root, "rule", rule),
        limits: many(&mut r, root, "limit", limit),
        surpluses: many(&mut r, root, "surplus", surplus),
        requirements: many(&mut r, root, "requirement", requirement),
        exemptions: many(&mut r, root, "exemption", |r, n| Some(exemption(r, n))),
        gates: many(&mut r, root, "gate", gate),
        papers: many(&mut r, root, "paper", |_, _| Some(())),
        actors: many(&mut r, root, "actor", |_, _| Some(())),
        stages: many(&mut r, root, "stage", stage),
        warnings: many(&mut r, root, "warning", |r, n| Some(warning(r, n))),
        cases: cases(&mut r, root),
        head,
    })
}

fn unknown_kinds(r: &mut Reader<'_>, root: &Node) {
    for (key, _) in root.entries() {
        if grammar::kind(&key.name).is_none() {
            let names: Vec<&str> = KINDS.iter().map(|kind| kind.name).collect();
            let near = crate::diagnostic::nearest(&key.name, names.iter().copied()).map(str::to_owned);
            let (name, all) = (&key.name, names.join("、"));
            let remedy = near.map_or_else(|| crate::text!("可用的种类：{all}", "the kinds are: {all}"), |near| crate::text!("改为 [{near}]", "write [{near}]"));
            r.report(Code::UnknownKind, &key.at, crate::text!("没有 [{name}] 这种条目", "there is no kind of item called [{name}]"), remedy);
        }
    }
}

fn head(r: &mut Reader<'_>, root: &Node) -> Option<Head> {
    let kind = grammar::kind("policy")?;
    let Some(node) = root.get("policy") else {
        r.report(
            Code::MissingKey,
            &(0..0),
            Text::new("文件没有 [policy] 一节", "the file has no [policy] section"),
            Text::new(
                "在开头写 [policy]，至少有 id、title、authority、place、issued、known_since、governs",
                "begin with [policy] and its id, title, authority, place, issued, known_since and governs",
            ),
        );
        return None;
    };
    let at = root.entries().iter().find(|(key, _)| key.name == "policy").map(|(key, _)| key.at.clone()).unwrap_or_default();
    r.kind_keys(node, kind, &Sp { is: String::new(), at });
    let not_in_hand = r.list(node, "not_in_hand").into_iter().map(|item| r.text(item)).collect();
    Some(Head {
        id: r.opt_word(node, "id")?,
        title: r.opt_text(node, "title"),
        number: r.opt_word(node, "number").map(|word| word.is),
        short: node.get("short").map(|short| r.text(short)),
        authority: r.opt_text(node, "authority"),
        place: place(r, node)?,
        sector: r.opt_word(node, "sector").map(|word| word.is),
        issued: r.date(node, "issued"),
        known_since: r.date(node, "known_since"),
        governs: governs(r, node),
        source_sha256: sha256(r, node),
        not_in_hand,
        note: node.get("note").map(|note| r.text(note)),
    })
}

fn place(r: &mut Reader<'_>, node: &Node) -> Option<Word> {
    let word = r.opt_word(node, "place")?;
    let code = word.is.len() <= 6 && !word.is.is_empty() && word.is.bytes().all(|b| b.is_ascii_digit());
    if !code && word.is != "*" {
        let is = &word.is;
        r.report(
            Code::BadWord,
            &word.at,
            crate::text!("“{is}”不是行政区划代码的前缀", "`{is}` is not a prefix of a GB/T 2260 code"),
            Text::new("写二至六位数字，全国写 \"*\"", "write two to six digits, or \"*\" for the nation"),
        );
    }
    Some(word)
}

fn sha256(r: &mut Reader<'_>, node: &Node) -> Option<Word> {
    let word = r.opt_word(node, "source_sha256")?;
    if word.is.len() != 64 || !word.is.bytes().all(|b| b.is_ascii_hexdigit()) {
        r.report(
            Code::BadWord,
            &word.at,
            Text::new("SHA-256 应为64位十六进制数", "a SHA-256 has 64 hexadecimal digits"),
            Text::new("用 xueshi policy new 原文 得到它", "`xueshi policy new TEXT` prints it"),
        );
    }
    Some(word)
}

fn governs(r: &mut Reader<'_>, node: &Node) -> Governs {
    let year = |r: &mut Reader<'_>, at: &Node, key: &str| {
        let figure = r.figure_at(at, key)?;
        if matches!(figure.is, Figure::Exact(_) | Figure::Name(_)) {
            return Some(figure);
        }
        if let Some(node) = at.get(key) {
            r.wrong_type(node, Text::new("年份或解读名", "a year or the name of a reading"), "2016");
        }
        None
    };
    node.get("governs").map_or_else(Governs::default, |at| Governs { from: year(r, at, "from"), to: year(r, at, "to") })
}

/// The item of a kind of which there is one.
fn one<T>(r: &mut Reader<'_>, root: &Node, name: &str, read: impl FnOnce(&mut Reader<'_>, &Node) -> Option<T>) -> Option<Item<T>> {
    let (key, node) = root.entries().iter().find(|(key, _)| key.name == name)?;
    let id = Sp { is: name.to_owned(), at: key.at.clone() };
    r.kind_keys(node, grammar::kind(name)?, &id);
    let is = read(r, node)?;
    Some(Item { id, cite: Vec::new(), title: Text::default(), is })
}

/// All items of a kind, `[kind.ID]`, in the order of the file.
fn many<T>(r: &mut Reader<'_>, root: &Node, name: &str, mut read: impl FnMut(&mut Reader<'_>, &Node) -> Option<T>) -> Vec<Item<T>> {
    let (Some(kind), Some(table)) = (grammar::kind(name), root.get(name)) else { return Vec::new() };
    if !matches!(table.kind, NodeKind::Table(_)) {
        r.wrong_type(table, Text::new("带标识的条目", "items with ids"), &format!("[{name}.ID]"));
        return Vec::new();
    }
    let mut items = Vec::new();
    for (key, node) in table.entries() {
        if !r.id_ok(&key.name, &key.at) {
            continue;
        }
        let id = Sp { is: key.name.clone(), at: key.at.clone() };
        r.kind_keys(node, kind, &id);
        let (cite, title) = (r.words(node, "cite"), r.opt_text(node, "title"));
        if let Some(is) = read(r, node) {
            items.push(Item { id, cite, title, is });
        }
    }
    items.sort_by_key(|item| item.id.at.start);
    items
}

fn clauses(r: &mut Reader<'_>, root: &Node) -> Vec<Item<Clause>> {
    let (Some(kind), Some(table)) = (grammar::kind("clause"), root.get("clause")) else { return Vec::new() };
    let mut items: Vec<Item<Clause>> = table
        .entries()
        .iter()
        .map(|(key, node)| {
            let id = Sp { is: key.name.clone(), at: key.at.clone() };
            r.kind_keys(node, kind, &id);
            let became = r.words(node, "is");
            for word in &became {
                let head = word.is.split(':').next().unwrap_or("");
                let plain = ["rule", "text"].contains(&word.is.as_str());
                let feature = ["flow", "register", "document", "report", "access"].contains(&head) && word.is.len() > head.len() + 1;
                if !plain && !feature {
                    r.bad_word(&word.at, &word.is, &["rule", "text", "flow:planned", "register:planned", "document:planned", "report:planned", "access:planned"]);
                }
            }
            Item { id, cite: Vec::new(), title: Text::default(), is: Clause { became, gist: r.opt_text(node, "gist") } }
        })
        .collect();
    items.sort_by_key(|item| item.id.at.start);
    items
}

fn account(r: &mut Reader<'_>, node: &Node) -> Option<Account> {
    Some(Account { unit: r.opt_word(node, "unit")?, round: round(r, node)?, subject: r.opt_word(node, "subject"), dated: r.opt_word(node, "dated"), label: r.opt_word(node, "label") })
}

fn round(r: &mut Reader<'_>, node: &Node) -> Option<Round> {
    let at = node.get("round")?;
    let way = match r.one_of(at, "way", &["down", "up", "half-up"])?.as_str() {
        "up" => Way::Up,
        "half-up" => Way::HalfUp,
        _ => Way::Down,
    };
    Some(Round { step: r.figure_at(at, "step")?, way })
}

fn layer(r: &mut Reader<'_>, node: &Node) -> Layer {
    let takes_over = match node.get("takes_over") {
        Some(at) if at.text() == Some("nothing") => TakesOver::Nothing,
        Some(at) => TakesOver::Records(r.where_of(at)),
        None => TakesOver::Nothing,
    };
    let delegates = r.tables(node, "layer", "delegates").into_iter().filter_map(|item| Some(Delegate { cite: r.words(item, "cite"), to: r.opt_text(item, "to"), what: r.where_of(item.get("what")?) }));
    let delegates = delegates.collect();
    let drop = r.tables(node, "layer", "drop").into_iter().filter_map(|item| Some((r.words(item, "cite"), r.opt_word(item, "item")?))).collect();
    let own_requirements = r.one_of(node, "requirements", &["higher", "own"]).is_some_and(|word| word == "own");
    Layer { on: r.words(node, "on"), takes_over, own_requirements, delegates, drop }
}

fn fact(r: &mut Reader<'_>, node: &Node) -> Fact {
    let of = r.one_of(node, "of", &["record", "person"]);
    let kind = r.one_of(node, "type", &["code", "codes", "number", "date", "text", "texts", "yes-no", "years"]);
    if of.is_some() != kind.is_some() {
        r.report(
            Code::MissingKey,
            &node.at,
            Text::new("of 与 type 要么都写，要么都不写（只扩充代码）", "`of` and `type` go together; both are left out only to add codes"),
            Text::new("补写，例如 of = \"record\", type = \"number\"", "add them, for instance of = \"record\", type = \"number\""),
        );
    }
    let kind = of.zip(kind).map(|(of, kind)| {
        let of = if of == "record" { Of::Record } else { Of::Person };
        let kind = match kind.as_str() {
            "code" => FactType::Code,
            "codes" => FactType::Codes,
            "number" => FactType::Number,
            "date" => FactType::Date,
            "texts" => FactType::Texts,
            "yes-no" => FactType::YesNo,
            "years" => FactType::Years,
            _ => FactType::Text,
        };
        (of, kind)
    });
    Fact {
        kind,
        help: r.opt_text(node, "help"),
        unit: r.opt_word(node, "unit"),
        codes: codes(r, node),
        ordered: r.bool(node, "ordered"),
        open: r.bool(node, "open"),
        required: r.bool(node, "required"),
        problem: r.opt_word(node, "problem"),
        empty: r.figure_at(node, "empty"),
        derived: r.figure_at(node, "is"),
    }
}

fn codes(r: &mut Reader<'_>, node: &Node) -> Vec<CodeDef> {
    let Some(table) = node.get("codes") else { return Vec::new() };
    let mut codes = Vec::new();
    for (key, value) in table.entries() {
        let mut also = Vec::new();
        let title = match value.get("also") {
            Some(_) => {
                r.only(value, "codes", &["zh", "en", "also"]);
                for alias in r.list(value, "also") {
                    r.only(alias, "also", &["value", "sets"]);
                    let sets = alias.get("sets").map_or(&[][..], Node::entries);
                    let sets = sets.iter().filter_map(|(fact, code)| Some((Sp { is: fact.name.clone(), at: fact.at.clone() }, r.word(code)?))).collect();
                    match alias.text().or_else(|| alias.get("value").and_then(Node::text)) {
                        Some(spelling) => also.push(Alias { value: spelling.to_owned(), sets }),
                        None => r.wrong_type(alias, Text::new("别名", "another spelling"), r#""研修班""#),
                    }
                }
                let part = |name: &str| value.get(name).and_then(Node::text).unwrap_or("").to_owned();
                Text::new(part("zh"), part("en"))
            }
            None => r.text(value),
        };
        codes.push(CodeDef { id: Sp { is: key.name.clone(), at: key.at.clone() }, title, also });
    }
    codes.sort_by_key(|code| code.id.at.start);
    codes
}

fn month_day(r: &mut Reader<'_>, node: &Node, key: &str) -> Option<(i8, i8)> {
    let word = r.opt_word(node, key)?;
    let parsed = word.is.split_once('-').and_then(|(m, d)| Some((m.parse::<i8>().ok()?, d.parse::<i8>().ok()?)));
    match parsed.filter(|(m, d)| jiff::civil::Date::new(2001, *m, *d).is_ok()) {
        Some(found) => Some(found),
        None => {
            let is = &word.is;
            r.report(Code::BadDate, &word.at, crate::text!("“{is}”不是月-日", "`{is}` is not a month and day"), Text::new("例如 \"11-01\"", "for instance \"11-01\""));
            None
        }
    }
}

fn window(r: &mut Reader<'_>, node: &Node) -> Option<Window> {
    let dated = r.opt_word(node, "dated")?;
    let years = r.integer(node, "years").filter(|years| *years > 0);
    let (from, to, ending) = (r.opt_word(node, "from"), r.opt_word(node, "to"), r.opt_word(node, "ending"));
    let begins = month_day(r, node, "begins");
    let first = r.figure_at(node, "first");
    let shape = match (years, from, to, ending, begins) {
        (Some(years), None, None, Some(ending), None) => WindowShape::Back { years, ending },
        (None, Some(from), Some(to), None, None) => WindowShape::Term { from, to },
        (Some(years), None, None, None, _) if years > 1 && first.is_none() => {
            r.report(
                Code::MissingKey,
                &node.at,
                Text::new("多年的期间须写 first：从哪一年起算", "a window of several years needs `first`: the year it begins with"),
                Text::new("例如 first = \"cycle_first_year\"（人员事实）或 first = 2016", "for instance first = \"cycle_first_year\" (a fact of the person) or first = 2016"),
            );
            return None;
        }
        (Some(years), None, None, None, begins) => WindowShape::Calendar { years, begins: begins.unwrap_or((1, 1)), first },
        (None, None, None, None, None) => WindowShape::Ever,
        _ => {
            r.report(
                Code::Conflict,
                &node.at,
                Text::new(
                    "期间的写法有四种：years（与 begins、first）；from 与 to；years 与 ending；都不写即不限期",
                    "a window is `years` (with `begins`, `first`), or `from` and `to`, or `years` and `ending`, or none of them: for ever",
                ),
                Text::new("只留其中一种", "keep one of the four"),
            );
            return None;
        }
    };
    Some(Window { dated, shape, numbered_by_end: r.one_of(node, "numbered_by", &["begin", "end"]).is_some_and(|w| w == "end"), stands_for: r.opt_word(node, "stands_for") })
}

fn duty(r: &mut Reader<'_>, node: &Node) -> Option<Duty> {
    let role = r.opt_word(node, "role")?;
    r.id_ok(&role.is, &role.at);
    Some(Duty { window: r.opt_word(node, "window")?, role: role.is, persons: r.where_at(node, "for") })
}

fn list(r: &mut Reader<'_>, node: &Node) -> Option<List> {
    let mut entries = Vec::new();
    for item in r.list(node, "entries") {
        match (item.text(), item.get("id").and_then(Node::text)) {
            (Some(id), _) => entries.push(Entry { id: id.to_owned(), title: Text::default(), from: None, to: None }),
            (None, Some(id)) => {
                r.only(item, "entries", &["id", "title", "from", "to"]);
                entries.push(Entry { id: id.to_owned(), title: r.opt_text(item, "title"), from: r.date(item, "from"), to: r.date(item, "to") });
            }
            _ => r.wrong_type(item, Text::new("名称，或 { id, title, from, to }", "a name, or { id, title, from, to }"), r#"{ id = "sc-online", title = "省平台" }"#),
        }
    }
    let register = r.one_of(node, "register", &crate::registers::REGISTERS);
    Some(List { of: r.words(node, "of"), kept_by: r.opt_word(node, "kept_by").map(|word| word.is).unwrap_or_default(), register, entries })
}

fn value(r: &mut Reader<'_>, node: &Node) -> Option<Value> {
    let found = [node.get("is"), node.get("gives"), node.get("proof")].iter().flatten().count();
    if found != 1 {
        r.report(Code::Conflict, &node.at, Text::new("[value] 只写 is、gives、proof 之一", "a value has one of `is`, `gives`, `proof`"), Text::new("分成几个 [value]", "make several values of it"));
        return None;
    }
    match (node.get("is"), node.get("gives")) {
        (Some(_), _) => r.figure_at(node, "is").map(Value::Figure),
        (None, Some(_)) => r.gives(node).map(Value::Gives),
        (None, None) => r.proof(node).map(Value::Proof),
    }
}

fn reading(r: &mut Reader<'_>, node: &Node) -> Option<Reading> {
    let value = node.get("value").and_then(|at| r.scalar(at));
    let mut alternatives = Vec::new();
    for item in r.tables(node, "reading", "alternatives") {
        alternatives.push(Alternative { text: r.opt_text(item, "text"), at: item.at.clone(), value: item.get("value").cloned(), change: item.get("change").cloned() });
    }
    Some(Reading { text: r.opt_text(node, "text"), value, alternatives })
}

fn rule(r: &mut Reader<'_>, node: &Node) -> Option<Rule> {
    let spread = match node.get("spread").map(|at| (&at.kind, at)) {
        None => None,
        Some((NodeKind::List(rungs), _)) => Some(Spread::Ladder(
            rungs
                .iter()
                .map(|rung| {
                    r.only(rung, "spread", &["year", "at_most", "part"]);
                    Rung { year: r.integer(rung, "year").unwrap_or(0), at_most: r.not_negative(rung, "at_most"), part: r.figure_at(rung, "part") }
                })
                .collect(),
        )),
        Some((_, at)) => {
            r.only(at, "spread", &["from", "to", "share"]);
            let (from, to) = (at.get("from").and_then(|d| r.date_figure(d))?, at.get("to").and_then(|d| r.date_figure(d))?);
            Some(Spread::Across { from, to, each: r.one_of(at, "share", &["days", "each"])? == "each" })
        }
    };
    let times = r.list(node, "times").into_iter().filter_map(|item| r.figure(item)).collect();
    let quantity_at_most = r.per_unit(node, "quantity_at_most");
    let examples = r.tables(node, "rule", "examples").into_iter().map(|item| Example { at: item.at.clone(), node: item.clone() }).collect();
    let gives = r.gives(node);
    let proof = r.proof(node);
    let matches = r.where_of(node.get("match")?);
    let needs = node.get("needs").map(|at| r.where_of(at));
    Some(Rule {
        matches,
        before: r.words(node, "before"),
        duties: r.words(node, "duty"),
        governs: governs(r, node),
        needs,
        counted_in: r.per_unit(node, "counted_in"),
        quantity_at_most,
        gives: gives?,
        times,
        round: round(r, node),
        at_most: r.not_negative(node, "at_most"),
        bucket: r.opt_word(node, "bucket"),
        dated: r.opt_word(node, "dated"),
        counts_in: r.opt_word(node, "counts_in"),
        spread,
        proof: proof?,
        replaces: r.opt_word(node, "replaces"),
        examples,
    })
}

fn limit(r: &mut Reader<'_>, node: &Node) -> Option<Limit> {
    let keep = match (r.not_negative(node, "at_most"), r.opt_word(node, "keep_one"), r.opt_word(node, "which")) {
        (Some(at_most), None, None) => Keep::AtMost(at_most),
        (None, Some(what), Some(which)) => Keep::One { what, which },
        _ => {
            r.report(
                Code::Conflict,
                &node.at,
                Text::new("限额要么写 at_most，要么写 keep_one 与 which", "a limit has `at_most`, or `keep_one` and `which`"),
                Text::new("例如 at_most = 50，或 keep_one = \"platform\", which = \"most\"", "for instance at_most = 50, or keep_one = \"platform\", which = \"most\""),
            );
            return None;
        }
    };
    Some(Limit {
        of: r.where_at(node, "of"),
        window: r.opt_word(node, "in")?,
        per: r.words(node, "per"),
        persons: r.where_at(node, "for"),
        keep,
        problem: r.opt_word(node, "problem"),
        round: round(r, node),
        after: r.words(node, "after"),
        replaces: r.opt_word(node, "replaces"),
        across_people: r.bool(node, "across_people"),
    })
}

fn surplus(r: &mut Reader<'_>, node: &Node) -> Option<Surplus> {
    let to = node.get("to")?;
    r.only(to, "to", &["bucket", "windows"]);
    let to = match (r.opt_word(to, "bucket"), r.integer(to, "windows")) {
        (Some(bucket), None) => SurplusTo::Bucket(bucket),
        (None, Some(windows)) if windows > 0 => SurplusTo::Windows(windows),
        _ => {
            r.wrong_type(to, Text::new("{ bucket = 类别 } 或 { windows = 后移期数 }", "{ bucket = … } or { windows = n }"), "{ windows = 1 }");
            return None;
        }
    };
    Some(Surplus { of: r.where_at(node, "of"), persons: r.where_at(node, "for"), above: r.not_negative(node, "above")?, to, at_most: r.not_negative(node, "at_most"), after: r.words(node, "after") })
}

fn requirement(r: &mut Reader<'_>, node: &Node) -> Option<Requirement> {
    let mut ways = Vec::new();
    for item in r.tables(node, "requirement", "any_of") {
        ways.extend(measured(r, item));
    }
    match (ways.is_empty(), node.get("at_least").is_some()) {
        (true, true) => ways.extend(measured(r, node)),
        (false, false) => {}
        _ => {
            r.report(
                Code::Conflict,
                &node.at,
                Text::new("要求写 at_least 或 any_of 之一", "a requirement has one of `at_least` and `any_of`"),
                Text::new("例如 at_least = 90", "for instance at_least = 90"),
            );
            return None;
        }
    }
    let per = match node.get("per").map(|at| (&at.kind, at)) {
        Some((NodeKind::Table(pairs), _)) => pairs.iter().map(|(key, value)| (Sp { is: key.name.clone(), at: key.at.clone() }, r.word(value))).collect(),
        _ => r.words(node, "per").into_iter().map(|word| (word, None)).collect(),
    };
    Some(Requirement {
        duty: r.opt_word(node, "duty"),
        window: r.opt_word(node, "in"),
        each: r.opt_word(node, "each"),
        per,
        persons: r.where_at(node, "for"),
        only_for: r.words(node, "only_for"),
        ways,
        binding: r.scalar(node.get("binding")?)?,
        unit: r.opt_word(node, "unit"),
        governs: governs(r, node),
        replaces: r.opt_word(node, "replaces"),
    })
}

fn measured(r: &mut Reader<'_>, node: &Node) -> Option<Measured> {
    Some(Measured { title: r.opt_text(node, "title"), what: r.measure(node)?, of: r.where_at(node, "of"), at_least: r.not_negative(node, "at_least")? })
}

fn exemption(r: &mut Reader<'_>, node: &Node) -> Exemption {
    let grounds = r.tables(node, "exemption", "grounds").into_iter().map(|item| Ground {
        id: r.opt_word(item, "id").map(|word| word.is).unwrap_or_default(),
        title: r.opt_text(item, "title"),
        approver: r.opt_text(item, "approver"),
        returned: r.opt_text(item, "returned"),
    });
    let grounds = grounds.collect();
    let mut lifts = r.words(node, "lifts");
    lifts.retain(|word| word.is != "all");
    Exemption { persons: r.where_at(node, "for"), lifts, defers_years: r.integer(node, "defers_years").unwrap_or(0), grounds }
}

fn gate(r: &mut Reader<'_>, node: &Node) -> Option<Gate> {
    let strength = match r.one_of(node, "strength", &["bar", "important-condition", "important-basis", "other-law", "notice"])?.as_str() {
        "bar" => Strength::Bar,
        "important-condition" => Strength::ImportantCondition,
        "other-law" => Strength::OtherLaw,
        "notice" => Strength::Notice,
        _ => Strength::ImportantBasis,
    };
    let look = node.get("look")?;
    let asks_node = node.get("asks")?;
    r.only(asks_node, "asks", &["status", "requirement", "is"]);
    let (key, requirement) = if asks_node.get("requirement").is_some() { ("is", r.opt_word(asks_node, "requirement")) } else { ("status", None) };
    let negated = asks_node.get(key).is_some_and(|at| at.get("not").is_some());
    let is = match asks_node.get(key) {
        Some(at) if negated => r.words(at, "not"),
        _ => r.words(asks_node, key),
    };
    for word in &is {
        if !["met", "short", "exempt", "not-covered", "undetermined"].contains(&word.is.as_str()) {
            r.bad_word(&word.at, &word.is, &["met", "short", "exempt", "not-covered", "undetermined"]);
        }
    }
    Some(Gate {
        gate: r.opt_word(node, "gate")?,
        persons: r.where_at(node, "for"),
        from: r.figure_at(look, "from")?,
        to: r.figure_at(look, "to")?,
        duty: r.opt_word(node, "duty"),
        hold: r.opt_word(node, "hold"),
        asks: Asks { requirement, is, negated },
        unless: node.get("unless").map(|at| r.where_of(at)),
        strength,
        papers: r.words(node, "papers"),
        message: r.opt_text(node, "message"),
    })
}

fn stage(r: &mut Reader<'_>, node: &Node) -> Option<Stage> {
    month_day(r, node, "until");
    Some(Stage {
        by: r.words(node, "by"),
        after: r.opt_word(node, "after"),
        until: r.opt_word(node, "until"),
        checks: r.list(node, "checks").into_iter().map(|item| r.text(item)).collect(),
        decides: r.one_of(node, "decides", &["forward", "hours", "verification"])?,
    })
}

fn warning(r: &mut Reader<'_>, node: &Node) -> Warning {
    let mut pair = r.words(node, "overlap").into_iter();
    let overlap = pair.next().zip(pair.next());
    Warning { of: r.where_at(node, "of"), overlap, when: node.get("when").map(|at| r.where_of(at)), message: r.opt_text(node, "message") }
}

/// Whole cases, each with the base of the file laid under its records when it is run.
fn cases(r: &mut Reader<'_>, root: &Node) -> Vec<Case> {
    let Some(node) = root.get("examples") else { return Vec::new() };
    let at = root.entries().iter().find(|(key, _)| key.name == "examples").map(|(key, _)| key.at.clone()).unwrap_or_default();
    if let Some(kind) = grammar::kind("examples") {
        r.kind_keys(node, kind, &Sp { is: String::new(), at });
    }
    let base = node.get("base").map_or(&[][..], Node::entries).to_vec();
    let mut cases = Vec::new();
    for item in r.tables(node, "examples", "cases") {
        let mut case = item.clone();
        if let NodeKind::Table(entries) = &mut case.kind {
            for (_, records) in entries.iter_mut().filter(|(key, _)| key.name == "records") {
                lay_under(records, &base);
            }
        }
        if let Some(expect) = item.get("expect") {
            r.keys(expect, "expect", grammar::EXPECT, &expect.at);
            if matches!(&expect.kind, NodeKind::Table(entries) if entries.is_empty()) {
                let cause = Text::new("expect 什么也没有说：这个示例永远相符", "`expect` says nothing: the case can not fail");
                r.report(Code::MissingKey, &expect.at, cause, Text::new("写应得的结果，例如 expect = { status = \"met\" }", "say what must come out, for instance expect = { status = \"met\" }"));
            }
        }
        cases.push(Case { at: item.at.clone(), node: case });
    }
    cases
}

fn lay_under(records: &mut Node, base: &[(super::node::Key, Node)]) {
    if let NodeKind::List(records) = &mut records.kind {
        for record in records {
            if let NodeKind::Table(entries) = &mut record.kind {
                let missing: Vec<_> = base.iter().filter(|(key, _)| entries.iter().all(|(have, _)| have.name != key.name)).cloned().collect();
                entries.extend(missing);
            }
        }
    }
}
