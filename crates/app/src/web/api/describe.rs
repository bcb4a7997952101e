//! What an operation takes and answers, told by the types of its handler: the OpenAPI document says what the code does.

use super::problem::{Code, MEDIA};
use crate::web::state::App;
use axum::extract::State;
use axum::handler::Handler;
use axum::routing::{self, MethodRouter};
use schemars::generate::{SchemaGenerator, SchemaSettings};
use schemars::{JsonSchema, Schema};
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;
use std::sync::Arc;

/// An operation in words.
#[derive(Debug)]
pub(in crate::web) struct About {
    /// Its name for programs; never changes.
    pub(in crate::web) id: &'static str,
    /// The group it stands in.
    pub(in crate::web) tag: &'static str,
    /// What it does, in Chinese.
    pub(in crate::web) zh: &'static str,
    /// In English.
    pub(in crate::web) en: &'static str,
    /// Problems beside those that its door, its parameters and its body bring about.
    pub(in crate::web) refuses: &'static [Code],
}

/// An operation of an address.
#[derive(Clone, Copy, Debug)]
pub(in crate::web) struct Described {
    /// `get`, `post`, `put`, `delete`.
    pub(in crate::web) method: &'static str,
    /// In words.
    pub(in crate::web) about: &'static About,
    /// Draws what goes in and what comes out.
    pub(in crate::web) draw: fn(&mut Sketch<'_>),
}

/// The operations of an address with what tells of them.
#[derive(Default)]
pub(in crate::web) struct Methods {
    /// The handlers.
    pub(in crate::web) router: MethodRouter<Arc<App>>,
    /// What tells of them.
    pub(in crate::web) described: Vec<Described>,
    /// Bytes of a body at most, where it differs from other addresses.
    pub(in crate::web) body_max: Option<usize>,
}

/// A handler that takes `I` and answers `O`.
pub(in crate::web) trait Does<I, O> {}

/// What a handler can take.
pub(in crate::web) trait Input {
    /// Draws the parameters or the body.
    fn draw(_: &mut Sketch<'_>) {}
}

/// What a handler can answer.
pub(in crate::web) trait Output {
    /// Draws the answers.
    fn draw(sketch: &mut Sketch<'_>);
}

macro_rules! handlers {
    ($($part:ident)*) => {
        impl<F, Fut, O, $($part: Input,)*> Does<($($part,)*), O> for F
        where
            F: Fn($($part,)*) -> Fut,
            Fut: Future<Output = O>,
            O: Output,
        {
        }

        impl<$($part: Input,)*> Input for ($($part,)*) {
            fn draw(_sketch: &mut Sketch<'_>) {
                $($part::draw(_sketch);)*
            }
        }
    };
}

handlers!();
handlers!(A);
handlers!(A B);
handlers!(A B C);
handlers!(A B C D);
handlers!(A B C D E);
handlers!(A B C D E G);
handlers!(A B C D E G H);

impl<S> Input for State<S> {}
impl Input for crate::web::session::Signed {}
impl Input for crate::web::session::Current {}
impl Input for crate::web::visit::Visit {}
impl Input for crate::web::client::Client {}

impl<T: Output, E> Output for Result<T, E> {
    fn draw(sketch: &mut Sketch<'_>) {
        T::draw(sketch);
    }
}

macro_rules! operations {
    (first $($first:ident)*; more $($verb:ident)*) => {
        impl Methods {
            $(
                /// Adds an operation.
                pub(in crate::web) fn $verb<H, T, I, O>(mut self, about: &'static About, handler: H) -> Self
                where
                    H: Handler<T, Arc<App>> + Does<I, O>,
                    T: 'static,
                    I: Input,
                    O: Output,
                {
                    self.router = self.router.$verb(handler);
                    self.described.push(described::<I, O>(stringify!($verb), about));
                    self
                }
            )*
        }

        $(
            /// An address with an operation.
            pub(in crate::web) fn $first<H, T, I, O>(about: &'static About, handler: H) -> Methods
            where
                H: Handler<T, Arc<App>> + Does<I, O>,
                T: 'static,
                I: Input,
                O: Output,
            {
                Methods { router: routing::$first(handler), described: vec![described::<I, O>(stringify!($first), about)], body_max: None }
            }
        )*
    };
}

operations!(first get post put delete; more put post);

impl Methods {
    /// Takes bodies of so many bytes at most.
    pub(in crate::web) fn body_max(mut self, bytes: usize) -> Self {
        self.body_max = Some(bytes);
        self
    }
}

fn described<I: Input, O: Output>(method: &'static str, about: &'static About) -> Described {
    Described {
        method,
        about,
        draw: |sketch| {
            I::draw(sketch);
            O::draw(sketch);
        },
    }
}

/// The schemas of a document: what is sent and what is answered have their own rules of what must be there.
pub(super) struct Schemas {
    sent: SchemaGenerator,
    answered: SchemaGenerator,
}

impl Schemas {
    pub(super) fn new() -> Self {
        let settings = || {
            SchemaSettings::draft2020_12().with(|settings| {
                settings.definitions_path = "/components/schemas".into();
                settings.meta_schema = None;
            })
        };
        Self { sent: settings().for_deserialize().into_generator(), answered: settings().for_serialize().into_generator() }
    }

    /// The schemas that were asked for, by name.
    pub(super) fn taken(mut self) -> Map<String, Value> {
        self.sent.take_definitions(true).into_iter().chain(self.answered.take_definitions(true)).collect()
    }

    pub(super) fn answered<T: JsonSchema>(&mut self) -> Schema {
        self.answered.subschema_for::<T>()
    }
}

/// An operation as it is drawn.
pub(in crate::web) struct Sketch<'g> {
    schemas: &'g mut Schemas,
    /// The names of the path's parameters, in order.
    names: Vec<&'static str>,
    parameters: Vec<Value>,
    body: Option<Value>,
    answers: Map<String, Value>,
    refused: BTreeSet<Code>,
}

impl<'g> Sketch<'g> {
    /// An operation at an address.
    pub(super) fn new(schemas: &'g mut Schemas, path: &'static str) -> Self {
        let names = path.split(['{', '}']).skip(1).step_by(2).collect();
        Self { schemas, names, parameters: Vec::new(), body: None, answers: Map::new(), refused: BTreeSet::from([Code::Internal, Code::Busy]) }
    }

    /// The parameters of the path, each with the schema of its type.
    pub(super) fn path(&mut self, schemas: &[Value]) {
        for (name, schema) in self.names.clone().into_iter().zip(schemas) {
            let (zh, en) = match name {
                "year" => ("年度。", "The year."),
                "code" => ("验证码。", "The code on the document."),
                _ => ("编号。", "The id."),
            };
            self.parameters.push(json!({ "name": name, "in": "path", "required": true, "description": en, "x-zh": zh, "schema": schema }));
        }
        self.refuses(&[Code::Malformed, Code::NotFound]);
    }

    /// A parameter for each property of `T`.
    pub(super) fn query<T: JsonSchema>(&mut self) {
        let mut schema = T::json_schema(&mut self.schemas.sent).to_value();
        let required = schema["required"].take();
        let properties = schema["properties"].as_object().cloned().unwrap_or_default();
        for (name, mut schema) in properties {
            let (description, zh) = (schema["description"].take(), schema["x-zh"].take());
            if let Some(schema) = schema.as_object_mut() {
                schema.retain(|key, _| !["description", "x-zh", "default"].contains(&key.as_str()));
            }
            let must = required.as_array().is_some_and(|all| all.iter().any(|one| *one == name));
            self.parameters.push(json!({ "name": name, "in": "query", "required": must, "description": description, "x-zh": zh, "schema": schema }));
        }
        self.refuses(&[Code::Malformed, Code::Invalid]);
    }

    /// A header.
    pub(super) fn header(&mut self, name: &str, required: bool, schema: &Value, zh: &str, en: &str) {
        self.parameters.push(json!({ "name": name, "in": "header", "required": required, "description": en, "x-zh": zh, "schema": schema }));
    }

    /// A body of JSON.
    pub(super) fn body<T: JsonSchema>(&mut self) {
        let schema = self.schemas.sent.subschema_for::<T>();
        self.body = Some(json!({ "required": true, "content": { "application/json": { "schema": schema } } }));
        self.refuses(&[Code::Malformed, Code::TooLarge, Code::MediaType, Code::Invalid]);
    }

    /// A body that is a file of one of some media types.
    pub(super) fn file(&mut self, media: &[&str]) {
        let content: Map<String, Value> = media.iter().map(|media| ((*media).to_owned(), json!({}))).collect();
        self.body = Some(json!({ "required": true, "content": content }));
        self.refuses(&[Code::TooLarge, Code::MediaType, Code::Invalid]);
    }

    /// An answer of JSON, with headers.
    pub(super) fn json<T: JsonSchema>(&mut self, status: u16, headers: Value, en: &str, zh: &str) {
        let schema = self.schemas.answered::<T>();
        self.answer(status, json!({ "description": en, "x-zh": zh, "headers": headers, "content": { "application/json": { "schema": schema } } }));
    }

    /// Any answer.
    pub(super) fn answer(&mut self, status: u16, answer: Value) {
        self.answers.insert(status.to_string(), answer);
    }

    /// Problems that may be answered.
    pub(super) fn refuses(&mut self, codes: &[Code]) {
        self.refused.extend(codes);
    }

    /// The operation as it stands in the document.
    pub(super) fn finish(mut self, about: &About, security: Option<Value>) -> Value {
        self.refuses(about.refuses);
        let mut by_status: Map<String, Value> = Map::new();
        for code in &self.refused {
            let codes = by_status.entry(code.status().as_str()).or_insert_with(|| json!([]));
            if let Some(codes) = codes.as_array_mut() {
                codes.push(code.word().into());
            }
        }
        for (status, codes) in by_status {
            let schema = json!({ "allOf": [{ "$ref": "#/components/schemas/Problem" }, { "properties": { "code": { "enum": codes } } }] });
            let words: Vec<&str> = codes.as_array().into_iter().flatten().filter_map(Value::as_str).collect();
            self.answers.insert(status, json!({ "description": words.join(", "), "content": { MEDIA: { "schema": schema } } }));
        }
        let mut operation = json!({
            "operationId": about.id, "tags": [about.tag], "summary": about.en, "x-zh": about.zh, "parameters": self.parameters, "responses": self.answers,
        });
        operation["security"] = security.unwrap_or_else(|| json!([]));
        if let Some(body) = self.body {
            operation["requestBody"] = body;
        }
        operation
    }
}
