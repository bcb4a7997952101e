//! What requests carry, read so that whatever does not fit is said with its place.

use super::describe::{Input, Sketch};
use super::problem::{Code, Problem};
use crate::web::errors::Failed;
use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Path, Request};
use axum::http::header::{CONTENT_TYPE, IF_MATCH};
use axum::http::request::Parts;
use schemars::JsonSchema;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::json;
use xueshi_policy::{Text, text};

/// Ids go up to what every program's numbers hold exactly.
pub(super) const ID_MAX: i64 = (1 << 53) - 1;
/// Things of a list at most.
pub(super) const LIMIT_MAX: i64 = 200;

/// A body of JSON.
#[derive(Debug)]
pub(in crate::web) struct Body<T>(pub(super) T);

/// The query of an address.
#[derive(Debug)]
pub(in crate::web) struct Query<T>(pub(super) T);

/// An id in the path.
#[derive(Clone, Copy, Debug)]
pub(in crate::web) struct Id(pub(super) i64);

/// A word in the path.
#[derive(Clone, Debug)]
pub(in crate::web) struct Word(pub(super) String);

/// The version that `If-Match` names: what the client saw last.
#[derive(Clone, Copy, Debug)]
pub(in crate::web) struct IfMatch(pub(super) i64);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Body<T> {
    type Rejection = Failed;

    async fn from_request(request: Request, state: &S) -> Result<Self, Failed> {
        let media = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let media = media.split(';').next().unwrap_or_default().trim();
        if !media.eq_ignore_ascii_case("application/json") {
            return Err(Code::MediaType.into());
        }
        let bytes = Bytes::from_request(request, state).await.map_err(|error| Failed::Status(error.status()))?;
        let mut json = serde_json::Deserializer::from_slice(&bytes);
        let value = serde_path_to_error::deserialize(&mut json).map_err(|error| {
            let (path, inner) = (error.path().to_string(), error.into_inner());
            if inner.is_data() { misfit(&path) } else { broken(inner.line(), inner.column()) }
        })?;
        json.end().map_err(|error| broken(error.line(), error.column()))?;
        Ok(Self(value))
    }
}

impl<T: JsonSchema> Input for Body<T> {
    fn draw(sketch: &mut Sketch<'_>) {
        sketch.body::<T>();
    }
}

/// JSON that ends or breaks off.
fn broken(line: usize, column: usize) -> Failed {
    let text: Text = text!("请求体不是完整的 JSON：第 {line} 行第 {column} 列。", "The body is not whole JSON: line {line}, column {column}.");
    Problem::at(Code::Malformed, "body", Some(text)).into()
}

/// A value that does not fit, at its place.
pub(super) fn misfit(path: &str) -> Failed {
    let field = path.trim_start_matches('.').trim_start_matches('?');
    let field = if field.is_empty() { "body" } else { field };
    let text: Text = text!(
        "“{field}”缺少必要的内容，或类型、取值不在说明之列，或是说明中没有的字段。",
        "“{field}” lacks something required, is of another type or value than described, or is not described at all."
    );
    Problem::at(Code::Malformed, field, Some(text)).into()
}

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Query<T> {
    type Rejection = Failed;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Failed> {
        let query = parts.uri.query().unwrap_or_default();
        let pairs = serde_html_form::Deserializer::from_bytes(query.as_bytes());
        serde_path_to_error::deserialize(pairs).map(Self).map_err(|error| match error.path().to_string().as_str() {
            // What lacks has no place of its own.
            "." => misfit("query"),
            path => misfit(path),
        })
    }
}

impl<T: JsonSchema> Input for Query<T> {
    fn draw(sketch: &mut Sketch<'_>) {
        sketch.query::<T>();
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Id {
    type Rejection = Failed;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Failed> {
        let Path(text) = Path::<String>::from_request_parts(parts, state).await.map_err(|_| misfit("id"))?;
        whole("id", &text, 1, ID_MAX).map(Self)
    }
}

/// A whole number of a path, written without a sign.
///
/// # Errors
/// If it is none between `least` and `most`.
pub(super) fn whole(name: &str, text: &str, least: i64, most: i64) -> Result<i64, Failed> {
    let digits = text.bytes().all(|c| c.is_ascii_digit());
    text.parse().ok().filter(|number| digits && (least..=most).contains(number)).ok_or_else(|| misfit(name))
}

impl Input for Id {
    fn draw(sketch: &mut Sketch<'_>) {
        sketch.path(&[json!({ "type": "integer", "minimum": 1, "maximum": ID_MAX })]);
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Word {
    type Rejection = Failed;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Failed> {
        Path::<String>::from_request_parts(parts, state).await.map(|Path(word)| Self(word)).map_err(|_| Code::NotFound.into())
    }
}

impl Input for Word {
    fn draw(sketch: &mut Sketch<'_>) {
        sketch.path(&[json!({ "type": "string", "minLength": 1 })]);
    }
}

impl<S: Send + Sync> FromRequestParts<S> for IfMatch {
    type Rejection = Failed;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Failed> {
        let header = parts.headers.get(IF_MATCH).ok_or(Code::NoPrecondition)?;
        let version = header.to_str().ok().and_then(|value| value.strip_prefix('"')?.strip_suffix('"')?.parse().ok());
        version.filter(|version| (0..=ID_MAX).contains(version)).map(Self).ok_or_else(|| misfit("If-Match"))
    }
}

impl Input for IfMatch {
    fn draw(sketch: &mut Sketch<'_>) {
        sketch.header(
            "If-Match",
            true,
            &json!({ "type": "string", "pattern": "^\"[0-9]{1,15}\"$" }),
            "上次读到的 ETag：若其间有人改过，便不作改动（412）。",
            "The ETag that was last read: if somebody changed it since, nothing is changed (412).",
        );
        sketch.refuses(&[Code::Malformed, Code::NoPrecondition, Code::Stale]);
    }
}

/// Where a list goes on: as many numbers as tell one thing of it from the next, opaque to clients.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Cursor<const N: usize>(pub(super) [i64; N]);

impl<const N: usize> Cursor<N> {
    /// As clients hand it back.
    pub(super) fn text(self) -> String {
        self.0.map(|part| format!("{part:x}")).join("-")
    }
}

impl<'de, const N: usize> Deserialize<'de> for Cursor<N> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let parts = text.split('-').map(|part| i64::from_str_radix(part, 16)).collect::<Result<Vec<_>, _>>();
        let parts = parts.ok().and_then(|parts| <[i64; N]>::try_from(parts).ok());
        parts.map(Self).ok_or_else(|| serde::de::Error::custom("no cursor"))
    }
}

impl<const N: usize> JsonSchema for Cursor<N> {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        format!("Cursor{N}").into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let part = "[0-9a-f]{1,15}";
        schemars::json_schema!({ "type": "string", "pattern": format!("^{}$", [part; N].join("-")) })
    }
}

/// An id in a body or query.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(try_from = "Integer")]
pub(super) struct Whole(pub(super) i64);

impl TryFrom<Integer> for Whole {
    type Error = &'static str;

    fn try_from(Integer(id): Integer) -> Result<Self, &'static str> {
        if (1..=ID_MAX).contains(&id) { Ok(Self(id)) } else { Err("no id") }
    }
}

impl JsonSchema for Whole {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Id".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "integer", "minimum": 1, "maximum": ID_MAX })
    }
}

/// A text of so many characters at most.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(try_from = "String")]
pub(super) struct Short<const MOST: usize>(pub(super) String);

impl<const MOST: usize> TryFrom<String> for Short<MOST> {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, &'static str> {
        if text.chars().count() <= MOST { Ok(Self(text)) } else { Err("too long") }
    }
}

impl<const MOST: usize> JsonSchema for Short<MOST> {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        format!("Text{MOST}").into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "maxLength": MOST })
    }
}

/// Which part of a list is asked for.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::web) struct Part {
    /// Where to go on: `next` of the part before.
    #[serde(default)]
    #[schemars(with = "Cursor<1>", extend("x-zh" = "从哪里接着列：上一页的 next。"))]
    pub(super) cursor: Option<Cursor<1>>,
    /// How many at most.
    #[serde(default)]
    #[schemars(extend("x-zh" = "至多几项。"))]
    pub(super) limit: Limit,
}

/// How many things of a list are wanted.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(try_from = "Integer")]
pub(super) struct Limit(pub(super) i64);

impl Default for Limit {
    fn default() -> Self {
        Self(50)
    }
}

impl TryFrom<Integer> for Limit {
    type Error = &'static str;

    fn try_from(Integer(value): Integer) -> Result<Self, &'static str> {
        if (1..=LIMIT_MAX).contains(&value) { Ok(Self(value)) } else { Err("out of range") }
    }
}

impl JsonSchema for Limit {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Limit".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "integer", "minimum": 1, "maximum": LIMIT_MAX })
    }
}

/// A whole number; in JSON also one that is written with a fraction of nothing, `2019.0`, which is an integer by its schema.
#[derive(Clone, Copy, Debug)]
pub(super) struct Integer(pub(super) i64);

impl<'de> Deserialize<'de> for Integer {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reads;
        impl serde::de::Visitor<'_> for Reads {
            type Value = Integer;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a whole number")
            }

            fn visit_i64<E: serde::de::Error>(self, value: i64) -> Result<Integer, E> {
                Ok(Integer(value))
            }

            fn visit_u64<E: serde::de::Error>(self, value: u64) -> Result<Integer, E> {
                i64::try_from(value).map(Integer).map_err(E::custom)
            }

            fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<Integer, E> {
                // Whatever is larger than what a double holds exactly is no id and no year.
                let digits = value.to_string();
                digits.parse().map(Integer).map_err(E::custom)
            }
        }
        deserializer.deserialize_i64(Reads)
    }
}
