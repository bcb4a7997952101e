//! The parts of the schema that the table of kinds does not spell out: wheres, figures, proofs, and tables with a grammar of their own.

use crate::syntax::grammar::FIGURE_KEYS;
use serde_json::{Map, Value, json};

/// A reference to a definition.
pub(super) fn reference(name: &str) -> Value {
    json!({ "$ref": format!("#/$defs/{name}") })
}

/// The definitions that keys of several kinds share.
pub(super) fn shared() -> Map<String, Value> {
    let parts = [
        ("text", "文字，或 { zh, en }\na text, or { zh, en }", any_of([string(), closed(&[("zh", string()), ("en", string())], &["zh"])])),
        ("date", "日期，如 2019-05-14，不加引号\na date such as 2019-05-14, without quotes", json!({ "type": "string", "format": "date", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$" })),
        ("scalar", "一个值\na single value", json!({ "type": ["string", "number", "boolean"] })),
        ("names", "一个名称，或几个\na name, or several", one_or_more(string())),
        ("cite", "条款，或几个条款；文本没有规定的写 silent\na clause, or several; `silent` where the text says nothing", one_or_more(string())),
        (
            "where",
            "条件：\"all\"；一张表（各项都须成立）；几张表（其一成立即可）\na where: \"all\", a table (all of it holds), or tables (any of them holds)",
            any_of([json!({ "const": "all" }), reference("conditions"), at_least_one(reference("conditions"))]),
        ),
        ("conditions", "事实 = 值、[值] 或比较；另有 set、rule、bucket\nfact = value, [values] or a test; also `set`, `rule`, `bucket`", map_of(reference("test"))),
        ("test", "值、[值]，或一种比较\na value, [values], or a test", test()),
        ("figure", "数：数字，分数 \"1/3\"，名称，\"none\"（不设限），或算式\na figure: a number, a ratio \"1/3\", a name, \"none\" (no bound), or a reckoning", figure()),
        (
            "date-figure",
            "日期：日期事实名、日期、window.begin、window.end、asked_on，或 plus、first、earliest、latest\na date: a date fact, a day, window.begin, window.end, asked_on, or plus, first, earliest, latest",
            date_figure(),
        ),
        ("measure", "量度\na measure", any_of([json!({ "enum": ["sum", "largest", "records"] }), closed(&[("distinct", string())], &["distinct"]), closed(&[("sum", reference("figure"))], &["sum"])])),
        ("units", "单位 = 数\nunit = figure", units()),
        ("gives", "单位 = 每单位的数；或一个数；或 [value] 的名称\nunit = so much each; or one figure; or the name of a value", any_of([reference("figure"), reference("units")])),
        ("proof", "none、any、[value] 的名称，或 [[其一], [并其一]]\nnone, any, the name of a value, or [[one of], [and one of]]", any_of([string(), at_least_one(at_least_one(string()))])),
        ("row", "记录或人员：列 = 值\na record or a person: column = value", map_of(any_of([reference("scalar"), json!({ "type": "array", "items": reference("scalar") })]))),
    ];
    parts
        .into_iter()
        .map(|(name, description, is)| {
            let mut with = Map::from_iter([("description".to_owned(), json!(description))]);
            if let Value::Object(is) = is {
                with.extend(is);
            }
            (name.to_owned(), Value::Object(with))
        })
        .collect()
}

/// The schema of a key whose shape the table of kinds leaves open, or says too narrowly.
pub(super) fn special(path: &str) -> Option<Value> {
    Some(match path {
        "policy.place" => json!({ "type": "string", "pattern": "^([0-9]{1,6}|\\*)$" }),
        "policy.source_sha256" => json!({ "type": "string", "pattern": "^[0-9A-Fa-f]{64}$" }),
        "policy.not_in_hand" | "stage.checks" => list_of(reference("text")),
        "layer.takes_over" => any_of([json!({ "const": "nothing" }), reference("where")]),
        "clause.is" => one_or_more(json!({ "type": "string", "pattern": "^(rule|text|(flow|register|document|report|access):.+)$" })),
        "fact.codes" => codes(),
        "list.entries" => list_of(any_of([string(), closed(&[("id", string()), ("title", reference("text")), ("from", reference("date")), ("to", reference("date"))], &["id"])])),
        "window.begins" | "stage.until" => json!({ "type": "string", "pattern": "^[0-9]{1,2}-[0-9]{1,2}$" }),
        "reading.value" | "reading.alternatives.value" => reference("scalar"),
        "reading.alternatives.change" => json!({ "type": "object", "properties": { "drop": reference("names") }, "additionalProperties": { "type": "object" } }),
        "rule.counted_in" | "rule.quantity_at_most" => any_of([reference("figure"), reference("units")]),
        "rule.times" => list_of(reference("figure")),
        "rule.spread" => spread(),
        "surplus.to" => any_of([closed(&[("bucket", string())], &["bucket"]), closed(&[("windows", json!({ "type": "integer", "minimum": 1 }))], &["windows"])]),
        "requirement.per" => any_of([reference("names"), map_of(string())]),
        "requirement.measure" | "requirement.any_of.measure" => reference("measure"),
        "gate.asks" => asks(),
        "examples.base" | "examples.cases.person" | "rule.examples.given" | "rule.examples.person" => reference("row"),
        "examples.cases.records" => list_of(reference("row")),
        "rule.examples.hours" | "rule.examples.cut" | "examples.cases.expect.total" => json!({ "type": "number" }),
        "rule.examples.exact" => json!({ "type": ["number", "string"] }),
        "rule.examples.later" => map_of(json!({ "type": "number" })),
        "examples.cases.expect.hours" | "examples.cases.expect.cut" => list_of(json!({ "type": "number" })),
        "examples.cases.expect.problem" | "examples.cases.expect.rule" | "examples.cases.expect.warnings" => list_of(string()),
        "examples.cases.expect.bucket" | "examples.cases.expect.short" => map_of(json!({ "type": "number" })),
        // A figure; "?" where it is not known, "—" where nothing is asked.
        "examples.cases.expect.asked" => map_of(any_of([json!({ "type": "number" }), json!({ "enum": ["?", "—"] })])),
        "examples.cases.expect.gates" => any_of([list_of(string()), map_of(json!({ "enum": ["yes", "no", "unknown"] }))]),
        "examples.cases.expect.looks" | "examples.cases.expect.window" => map_of(string()),
        "examples.cases.expect.governed" => json!({ "enum": [true, false, "yes", "no"] }),
        _ => return None,
    })
}

/// What the keys of a kind demand of each other.
pub(super) fn demands(kind: &str) -> Option<Value> {
    let exactly_one = |keys: &[&str]| json!({ "oneOf": keys.iter().map(|key| json!({ "required": [key] })).collect::<Vec<_>>() });
    Some(match kind {
        "fact" => json!({ "dependentRequired": { "of": ["type"], "type": ["of"] } }),
        "value" => exactly_one(&["is", "gives", "proof"]),
        "limit" => json!({ "oneOf": [{ "required": ["at_most"] }, { "required": ["keep_one", "which"] }] }),
        "requirement" => exactly_one(&["at_least", "any_of"]),
        _ => return None,
    })
}

fn test() -> Value {
    let bound = json!({ "type": ["number", "string"] });
    let bounds: Vec<(&str, Value)> = ["at_least", "above", "at_most", "below"].into_iter().map(|name| (name, bound.clone())).collect();
    let mut range = closed(&bounds, &[]);
    range["minProperties"] = json!(1);
    any_of([
        reference("scalar"),
        at_least_one(reference("scalar")),
        closed(&[("not", reference("test"))], &["not"]),
        closed(&[("given", json!({ "type": "boolean" }))], &["given"]),
        closed(&[("in", string())], &["in"]),
        closed(&[("same_as", string())], &["same_as"]),
        closed(&[("among", string())], &["among"]),
        range,
    ])
}

fn figure() -> Value {
    let (figure, date) = (reference("figure"), reference("date-figure"));
    let cell = any_of([reference("test"), figure.clone()]);
    let table = [("by", reference("names")), ("across", at_least_one(reference("test"))), ("rows", at_least_one(json!({ "type": "array", "minItems": 2, "items": cell }))), ("else", figure.clone())];
    let pieces = at_least_one(json!({ "type": "array", "prefixItems": [{ "type": "number" }, figure], "minItems": 2, "maxItems": 2 }));
    let mut all = vec![
        json!({ "type": "number" }),
        string(),
        closed(&table, &["by", "rows"]),
        closed(&[("of", figure.clone()), ("each", any_of([figure.clone(), pieces]))], &["of", "each"]),
        closed(&[("measure", reference("measure")), ("of", reference("where"))], &["measure"]),
    ];
    for name in FIGURE_KEYS {
        let operand = match *name {
            "sum" | "product" | "least" | "greatest" | "first" => at_least_one(figure.clone()),
            "difference" | "ratio" => pair(figure.clone()),
            "days" | "months" | "years" | "calendar_years" => pair(date.clone()),
            "year_of" => date.clone(),
            "count" => string(),
            "over_years" => figure.clone(),
            "plus" => plus(),
            "earliest" | "latest" => at_least_one(date.clone()),
            _ => continue,
        };
        all.push(closed(&[(name, operand)], &[name]));
    }
    any_of(all)
}

/// Units with figures; the words of a reckoning are no units, but for those that are both.
fn units() -> Value {
    let words: Vec<&str> = FIGURE_KEYS.iter().copied().filter(|word| !["days", "months"].contains(word)).collect();
    json!({ "type": "object", "minProperties": 1, "propertyNames": { "pattern": "^[A-Za-z0-9_-]+$", "not": { "enum": words } }, "additionalProperties": reference("figure") })
}

fn date_figure() -> Value {
    let several = ["first", "earliest", "latest"].map(|name| closed(&[(name, at_least_one(reference("date-figure")))], &[name]));
    any_of([string(), closed(&[("plus", plus())], &["plus"])].into_iter().chain(several))
}

/// A date and how much later: `["start", "6 months"]`.
fn plus() -> Value {
    json!({ "type": "array", "prefixItems": [reference("date-figure"), { "type": "string", "pattern": "^-?[0-9]+ (day|month|year)s?$" }], "minItems": 2, "maxItems": 2 })
}

fn codes() -> Value {
    let spelling = any_of([string(), closed(&[("value", string()), ("sets", map_of(string()))], &["value"])]);
    map_of(any_of([string(), closed(&[("zh", string()), ("en", string()), ("also", list_of(spelling))], &["zh"])]))
}

fn spread() -> Value {
    let rung = closed(&[("year", json!({ "type": "integer" })), ("at_most", reference("figure")), ("part", reference("figure"))], &["year"]);
    let (from, to) = (reference("date-figure"), reference("date-figure"));
    any_of([at_least_one(rung), closed(&[("from", from), ("to", to), ("share", json!({ "enum": ["days", "each"] }))], &["from", "to", "share"])])
}

fn asks() -> Value {
    let status = json!({ "enum": ["met", "short", "exempt", "not-covered", "undetermined"] });
    let statuses = any_of([one_or_more(status.clone()), closed(&[("not", one_or_more(status))], &["not"])]);
    any_of([closed(&[("status", statuses.clone())], &["status"]), closed(&[("requirement", string()), ("is", statuses)], &["requirement", "is"])])
}

fn string() -> Value {
    json!({ "type": "string" })
}

fn any_of(choices: impl IntoIterator<Item = Value>) -> Value {
    json!({ "anyOf": choices.into_iter().collect::<Vec<_>>() })
}

fn one_or_more(is: Value) -> Value {
    any_of([is.clone(), at_least_one(is)])
}

fn list_of(is: Value) -> Value {
    json!({ "type": "array", "items": is })
}

fn at_least_one(is: Value) -> Value {
    json!({ "type": "array", "minItems": 1, "items": is })
}

fn pair(is: Value) -> Value {
    json!({ "type": "array", "minItems": 2, "maxItems": 2, "items": is })
}

fn map_of(is: Value) -> Value {
    json!({ "type": "object", "additionalProperties": is })
}

/// A table of these keys and no others.
fn closed(keys: &[(&str, Value)], required: &[&str]) -> Value {
    let properties: Map<String, Value> = keys.iter().map(|(name, is)| ((*name).to_owned(), is.clone())).collect();
    json!({ "type": "object", "properties": properties, "required": required, "additionalProperties": false })
}
