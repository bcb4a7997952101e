//! What operations answer.

use super::describe::{Output, Sketch};
use crate::web::paging::more;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, LOCATION};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Value, json};
use std::str::FromStr as _;

/// What is told belongs to the one who asked.
const OWN: (axum::http::HeaderName, &str) = (CACHE_CONTROL, "private, no-cache");

/// A value.
#[derive(Debug)]
pub(in crate::web) struct Json<T>(pub(super) T);

/// A value with its version as ETag.
#[derive(Debug)]
pub(in crate::web) struct Tagged<T>(pub(super) i64, pub(super) T);

/// Something that was made: its address, its version and itself.
#[derive(Debug)]
pub(in crate::web) struct Created<T>(pub(super) String, pub(super) i64, pub(super) T);

/// Something that was made and has no version: its address and itself.
#[derive(Debug)]
pub(in crate::web) struct Made<T>(pub(super) String, pub(super) T);

/// It was done, and there is nothing to tell of it.
#[derive(Clone, Copy, Debug)]
pub(in crate::web) struct Done;

/// Work that was begun and goes on in the background: its address and itself.
#[derive(Debug)]
pub(in crate::web) struct Begun<T>(pub(super) String, pub(super) T);

/// Part of a list.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "ListOf{T}", extend("x-zh" = "列表的一页。"))]
pub(in crate::web) struct List<T> {
    /// The things of this part.
    #[schemars(extend("x-zh" = "本页各项。"))]
    pub(super) items: Vec<T>,
    /// The `cursor` of the next part; null at the end.
    #[schemars(extend("x-zh" = "下一页的 cursor；到末尾为 null。"))]
    pub(super) next: Option<String>,
}

impl<T> List<T> {
    /// A part that was read with a limit: a full one has a next, whose cursor is told by its last thing.
    pub(super) fn new<L>(lines: Vec<L>, limit: i64, cursor: impl FnOnce(&L) -> String, item: impl FnMut(L) -> T) -> Self {
        let next = more(&lines, limit).map(cursor);
        Self { items: lines.into_iter().map(item).collect(), next }
    }
}

fn body<T: Serialize>(value: &T) -> Response {
    match serde_json::to_vec(value) {
        Ok(bytes) => ([(CONTENT_TYPE, "application/json"), OWN], bytes).into_response(),
        Err(error) => crate::web::errors::Failed::Internal(error.to_string()).into_response(),
    }
}

fn tag(response: &mut Response, version: i64) {
    if let Ok(value) = HeaderValue::from_str(&format!("\"{version}\"")) {
        response.headers_mut().insert(ETAG, value);
    }
}

fn etag() -> Value {
    json!({ "ETag": { "description": "The version, for If-Match.", "x-zh": "版本，供 If-Match 使用。", "required": true, "schema": { "type": "string" } } })
}

impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        body(&self.0)
    }
}

impl<T: JsonSchema> Output for Json<T> {
    fn draw(sketch: &mut Sketch<'_>) {
        sketch.json::<T>(200, json!({}), "What was asked for.", "所要的内容。");
    }
}

impl<T: Serialize> IntoResponse for Tagged<T> {
    fn into_response(self) -> Response {
        let mut response = body(&self.1);
        tag(&mut response, self.0);
        response
    }
}

impl<T: JsonSchema> Output for Tagged<T> {
    fn draw(sketch: &mut Sketch<'_>) {
        sketch.json::<T>(200, etag(), "It as it stands now.", "现在的样子。");
    }
}

impl<T: Serialize> IntoResponse for Created<T> {
    fn into_response(self) -> Response {
        let mut response = Made(self.0, self.2).into_response();
        tag(&mut response, self.1);
        response
    }
}

impl<T: Serialize> IntoResponse for Made<T> {
    fn into_response(self) -> Response {
        standing_at(StatusCode::CREATED, &self.0, &self.1)
    }
}

impl<T: Serialize> IntoResponse for Begun<T> {
    fn into_response(self) -> Response {
        standing_at(StatusCode::ACCEPTED, &self.0, &self.1)
    }
}

/// A value with its address.
fn standing_at<T: Serialize>(status: StatusCode, address: &str, value: &T) -> Response {
    let mut response = body(value);
    *response.status_mut() = status;
    if let Ok(location) = HeaderValue::from_str(address) {
        response.headers_mut().insert(LOCATION, location);
    }
    response
}

impl<T: JsonSchema> Output for Made<T> {
    fn draw(sketch: &mut Sketch<'_>) {
        sketch.json::<T>(201, json!({ "Location": location() }), "It was made.", "已新建。");
    }
}

impl IntoResponse for Done {
    fn into_response(self) -> Response {
        StatusCode::NO_CONTENT.into_response()
    }
}

impl Output for Done {
    fn draw(sketch: &mut Sketch<'_>) {
        sketch.answer(204, json!({ "description": "It was done.", "x-zh": "已办。" }));
    }
}

impl<T: JsonSchema> Output for Begun<T> {
    fn draw(sketch: &mut Sketch<'_>) {
        sketch.json::<T>(202, json!({ "Location": location() }), "It was begun and goes on in the background.", "已开始，在后台继续。");
    }
}

fn location() -> Value {
    json!({ "description": "Its address.", "x-zh": "它的地址。", "required": true, "schema": { "type": "string" } })
}

impl<T: JsonSchema> Output for Created<T> {
    fn draw(sketch: &mut Sketch<'_>) {
        let mut headers = etag();
        headers["Location"] = location();
        sketch.json::<T>(201, headers, "It was made.", "已新建。");
    }
}

/// Hours, told as a number with at most two decimals; kept and reckoned in hundredths.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Hours(pub(super) i64);

impl Serialize for Hours {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let text = xueshi_policy::Hours(self.0).to_string();
        serde_json::Number::from_str(&text).map_err(serde::ser::Error::custom)?.serialize(serializer)
    }
}

impl JsonSchema for Hours {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Hours".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "number" })
    }
}
