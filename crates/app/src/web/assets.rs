//! Static files: style sheet, script, pictures. Their URLs carry a hash of the content, so that they may be kept for ever.

use super::errors::Failed;
use super::state::App;
use axum::extract::{Path, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse, Redirect, Response};
use sha2::{Digest as _, Sha256};
use std::borrow::Cow;
use std::sync::Arc;

/// How long a file of a hash may be kept: a year.
const FOR_EVER: &str = "public, max-age=31536000, immutable";

/// The static files.
#[derive(Debug)]
pub(crate) struct Assets {
    files: Vec<Asset>,
}

#[derive(Debug)]
struct Asset {
    name: String,
    /// The name with the hash of the content before its ending: `app.1f2e3d4c.css`.
    hashed: String,
    content: Cow<'static, [u8]>,
}

impl Assets {
    pub(super) fn of(files: &[(String, Cow<'static, [u8]>)]) -> Self {
        let asset = |(name, content): &(String, Cow<'static, [u8]>)| {
            let name = name.strip_prefix("static/")?.to_owned();
            let hash: String = Sha256::digest(content).iter().take(6).map(|byte| format!("{byte:02x}")).collect();
            let (stem, ending) = name.rsplit_once('.')?;
            Some(Asset { hashed: format!("{stem}.{hash}.{ending}"), name, content: content.clone() })
        };
        Self { files: files.iter().filter_map(asset).collect() }
    }

    /// The URL of a file.
    pub(super) fn url(&self, name: &str) -> Option<String> {
        let asset = self.files.iter().find(|asset| asset.name == name)?;
        Some(format!("/assets/{}", asset.hashed))
    }
}

/// `GET /assets/{file}`.
pub(super) async fn get(State(app): State<Arc<App>>, Path(file): Path<String>) -> Result<Response, Failed> {
    let look = app.look()?;
    let asset = look.assets.files.iter().find(|asset| asset.hashed == file).ok_or(Failed::NotFound)?;
    let kind = match asset.name.rsplit_once('.') {
        Some((_, "css")) => "text/css; charset=utf-8",
        Some((_, "js")) => "text/javascript; charset=utf-8",
        Some((_, "svg")) => "image/svg+xml",
        _ => "application/octet-stream",
    };
    Ok(([(CONTENT_TYPE, kind), (CACHE_CONTROL, FOR_EVER)], asset.content.to_vec()).into_response())
}

/// `GET /favicon.ico`: what browsers ask for beside a file that is no page of ours.
pub(super) async fn icon(State(app): State<Arc<App>>) -> Result<Response, Failed> {
    let url = app.look()?.assets.url("seal.svg").ok_or(Failed::NotFound)?;
    Ok(Redirect::temporary(&url).into_response())
}
