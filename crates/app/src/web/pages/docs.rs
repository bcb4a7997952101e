//! `/api`: the API in words, made from the same document that programs read.

use crate::web::api::openapi::DOCUMENT;
use crate::web::api::problem::Code;
use crate::web::errors::Failed;
use crate::web::visit::Visit;
use axum::response::Response;
use minijinja::value::Serde;
use serde::Serialize;
use serde_json::Value;
use xueshi_policy::Lang;

#[derive(Serialize)]
struct Page {
    groups: Vec<Group>,
    schemas: Vec<Shape>,
    problems: Vec<Problem>,
}

/// Operations about one thing.
#[derive(Serialize)]
struct Group {
    tag: String,
    operations: Vec<Operation>,
}

#[derive(Serialize)]
struct Operation {
    id: String,
    method: String,
    path: String,
    summary: String,
    /// Anybody may use it.
    open: bool,
    parameters: Vec<Field>,
    /// What is sent, by the names of schemas; of a file its media types.
    body: Vec<Kind>,
    answers: Vec<Answer>,
}

#[derive(Serialize)]
struct Answer {
    status: String,
    what: String,
    kind: Vec<Kind>,
    /// Codes of problems.
    codes: Vec<String>,
}

/// A parameter or a property.
#[derive(Serialize)]
struct Field {
    name: String,
    /// Where a parameter stands: `path`, `query`, `header`.
    place: String,
    required: bool,
    kind: Vec<Kind>,
    what: String,
}

/// A part of what something can be: words, or the name of a schema.
#[derive(Serialize)]
struct Kind {
    text: String,
    schema: bool,
}

/// A schema.
#[derive(Serialize)]
struct Shape {
    name: String,
    what: String,
    fields: Vec<Field>,
}

#[derive(Serialize)]
struct Problem {
    code: &'static str,
    status: u16,
    title: String,
    detail: String,
    remedy: String,
}

/// `GET /api`.
pub(in crate::web) async fn get(visit: Visit) -> Result<Response, Failed> {
    let document = &*DOCUMENT;
    let mut groups: Vec<Group> = Vec::new();
    for (path, operations) in document["paths"].as_object().into_iter().flatten() {
        for (method, operation) in operations.as_object().into_iter().flatten() {
            let tag = text(&operation["tags"][0]);
            let one = operation_of(&visit, path, method, operation);
            match groups.iter_mut().find(|group| group.tag == tag) {
                Some(group) => group.operations.push(one),
                None => groups.push(Group { tag, operations: vec![one] }),
            }
        }
    }
    let schemas = document["components"]["schemas"].as_object().into_iter().flatten();
    let schemas = schemas.map(|(name, schema)| Shape { name: name.clone(), what: what(&visit, schema), fields: fields(&visit, schema) });
    let problems = Code::ALL.into_iter().map(|code| {
        let word = |part: &str| visit.word(&format!("api.problems.{}.{part}", code.word()), &[]);
        Ok(Problem { code: code.word(), status: code.status().as_u16(), title: word("title")?, detail: word("detail")?, remedy: word("remedy")? })
    });
    let page = Page { groups, schemas: schemas.collect(), problems: problems.collect::<Result<_, Failed>>()? };
    visit.page("docs.html", Serde(page))
}

fn operation_of(visit: &Visit, path: &str, method: &str, operation: &Value) -> Operation {
    let summary = if visit.lang == Lang::Zh { &operation["x-zh"] } else { &operation["summary"] };
    let parameters = operation["parameters"].as_array().into_iter().flatten().map(|parameter| Field {
        name: text(&parameter["name"]),
        place: text(&parameter["in"]),
        required: parameter["required"] == true,
        kind: kinds(&parameter["schema"]),
        what: what(visit, parameter),
    });
    let answers = operation["responses"].as_object().into_iter().flatten().map(|(status, answer)| {
        let content = answer["content"].as_object();
        let problem = content.is_some_and(|content| content.contains_key("application/problem+json"));
        let described = what(visit, answer);
        Answer {
            status: status.clone(),
            what: if problem { String::new() } else { described.clone() },
            kind: kinds(&answer["content"]["application/json"]["schema"]),
            codes: if problem { text(&answer["description"]).split(", ").map(str::to_owned).collect() } else { Vec::new() },
        }
    });
    Operation {
        id: text(&operation["operationId"]),
        method: method.to_uppercase(),
        path: path.to_owned(),
        summary: text(summary),
        open: operation["security"].as_array().is_some_and(Vec::is_empty),
        parameters: parameters.collect(),
        body: body(&operation["requestBody"]["content"]),
        answers: answers.collect(),
    }
}

/// What a body holds: JSON of a schema, or a file.
fn body(content: &Value) -> Vec<Kind> {
    match &content["application/json"]["schema"] {
        Value::Null => content.as_object().into_iter().flatten().map(|(media, _)| Kind { text: media.clone(), schema: false }).collect(),
        schema => kinds(schema),
    }
}

/// What something is for, in the language of the page.
fn what(visit: &Visit, of: &Value) -> String {
    text(if visit.lang == Lang::Zh && of["x-zh"].is_string() { &of["x-zh"] } else { &of["description"] })
}

fn fields(visit: &Visit, schema: &Value) -> Vec<Field> {
    let required = |name: &str| schema["required"].as_array().is_some_and(|all| all.iter().any(|one| one == name));
    let all = schema["properties"].as_object().into_iter().flatten();
    all.map(|(name, of)| Field { name: name.clone(), place: String::new(), required: required(name), kind: kinds(of), what: what(visit, of) }).collect()
}

/// What a value can be: `string`, `integer`, one of some words, a list of a schema.
fn kinds(schema: &Value) -> Vec<Kind> {
    let word = |text: &str| Kind { text: text.to_owned(), schema: false };
    if let Some(name) = schema["$ref"].as_str().and_then(|name| name.rsplit('/').next()) {
        return vec![Kind { text: name.to_owned(), schema: true }];
    }
    if let Some(all) = schema["enum"].as_array() {
        let words: Vec<String> = all.iter().map(text).collect();
        return vec![word(&words.join(" · "))];
    }
    let choices = schema["anyOf"].as_array().or(schema["oneOf"].as_array());
    if let Some(choices) = choices {
        return choices.iter().flat_map(kinds).collect();
    }
    let types: Vec<String> = match &schema["type"] {
        Value::Array(all) => all.iter().map(text).collect(),
        one => vec![text(one)],
    };
    let mut all: Vec<Kind> = types.iter().filter(|one| !one.is_empty()).map(|one| word(one)).collect();
    all.extend(kinds_within(&schema["items"]));
    all.extend(kinds_within(&schema["additionalProperties"]));
    all
}

/// What stands in a list or under any name.
fn kinds_within(schema: &Value) -> Vec<Kind> {
    if schema.is_object() { kinds(schema) } else { Vec::new() }
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| if value.is_null() { String::new() } else { value.to_string() }, str::to_owned)
}
