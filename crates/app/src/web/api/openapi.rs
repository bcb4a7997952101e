//! `/api/v1/openapi.json`: the API as its code describes it.

use super::auth::CSRF;
use super::describe::{Described, Schemas, Sketch};
use super::once;
use super::problem::{Code, Details};
use crate::web::door::Door;
use crate::web::errors::Failed;
use crate::web::router;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse as _, Response};
use serde_json::{Map, Value, json};
use std::sync::LazyLock;

/// The document; it changes with the program only.
pub(in crate::web) static DOCUMENT: LazyLock<Value> = LazyLock::new(|| document(&router::described()));

/// `GET /api/v1/openapi.json`.
pub(in crate::web) async fn get() -> Result<Response, Failed> {
    Ok(([(CONTENT_TYPE, "application/json"), (CACHE_CONTROL, "no-cache")], DOCUMENT.to_string()).into_response())
}

fn document(listed: &[(&'static str, Door, Described)]) -> Value {
    let mut schemas = Schemas::new();
    schemas.answered::<Details>();
    let mut paths = Map::new();
    for (path, door, described) in listed {
        let mut sketch = Sketch::new(&mut schemas, path);
        (described.draw)(&mut sketch);
        let writes = described.method != "get";
        if described.method == "post" && *door != Door::Open {
            sketch.header(once::NAME, false, &json!({ "type": "string", "pattern": "^[!-~]{1,100}$" }), once::ZH, once::EN);
            sketch.refuses(&[Code::Malformed, Code::KeyInUse, Code::KeyReused]);
        }
        match door {
            Door::Open => {}
            Door::Half | Door::In => sketch.refuses(&[Code::NotSignedIn]),
            Door::For(_) | Door::Officer(_) => sketch.refuses(&[Code::NotSignedIn, Code::NotAllowed]),
        }
        if writes && *door != Door::Open {
            sketch.refuses(&[Code::Csrf]);
        }
        let security = (*door != Door::Open).then(|| security(writes));
        let operations = paths.entry(*path).or_insert_with(|| json!({}));
        operations[described.method] = sketch.finish(described.about, security);
    }
    json!({
        "openapi": "3.1.0",
        "jsonSchemaDialect": "https://json-schema.org/draft/2020-12/schema",
        "info": {
            "title": "xueshi",
            "version": env!("CARGO_PKG_VERSION"),
            "license": { "name": "Apache-2.0", "identifier": "Apache-2.0" },
            "summary": "Continuing education of professionals: declarations, reviews, results, documents.",
            "x-zh": "专业技术人员继续教育：申报、审核、结果、证书。",
        },
        "servers": [{ "url": "/" }],
        "paths": paths,
        "components": { "schemas": schemas.taken(), "securitySchemes": schemes() },
    })
}

/// A token, or a session, with its token where it changes something.
fn security(writes: bool) -> Value {
    let session = if writes { json!({ "session": [], "csrf": [] }) } else { json!({ "session": [] }) };
    json!([{ "bearer": [] }, session])
}

fn schemes() -> Value {
    json!({
        "bearer": { "type": "http", "scheme": "bearer", "description": "The key of a program.", "x-zh": "程序的密钥。" },
        "session": { "type": "apiKey", "in": "cookie", "name": "session", "description": "A browser's session; __Host-session behind HTTPS.", "x-zh": "浏览器会话；在 HTTPS 之后为 __Host-session。" },
        "csrf": { "type": "apiKey", "in": "header", "name": CSRF, "description": "The token of the session, from GET /api/v1/me.", "x-zh": "会话的令牌，见 GET /api/v1/me。" },
    })
}
