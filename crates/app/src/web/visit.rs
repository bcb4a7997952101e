//! A request as a page sees it: which page, in which language, and how to answer with a template.

use super::door::Door;
use super::errors::Failed;
use super::session::Current;
use super::state::App;
use super::{lang, router};
use axum::extract::FromRequestParts;
use axum::http::HeaderValue;
use axum::http::header::{CONTENT_TYPE, SET_COOKIE};
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use minijinja::context;
use minijinja::value::{Serde, Value};
use serde::Serialize;
use std::convert::Infallible;
use std::sync::Arc;
use tower_http::request_id::RequestId;
use xueshi_policy::{Lang, Text};
use xueshi_registry::Actor;

/// Who asks for a page, and how.
#[derive(Clone, Debug)]
pub(crate) struct Visit {
    /// The language of the page.
    pub(super) lang: Lang,
    /// The path of its address.
    pub(super) path: String,
    /// What names this request in the log and on error pages.
    pub(super) request_id: String,
    query: String,
    /// The address itself asked for the language: it is remembered.
    chosen: bool,
    app: Arc<App>,
    current: Option<Arc<Current>>,
}

impl FromRequestParts<Arc<App>> for Visit {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Infallible> {
        let (lang, chosen) = lang::of(parts);
        let request_id = parts.extensions.get::<RequestId>().and_then(|id| id.header_value().to_str().ok()).unwrap_or_default().to_owned();
        Ok(Self {
            lang,
            chosen,
            request_id,
            path: parts.uri.path().to_owned(),
            query: parts.uri.query().unwrap_or_default().to_owned(),
            app: Arc::clone(app),
            current: parts.extensions.get::<Arc<Current>>().cloned(),
        })
    }
}

/// What the frame around every page shows.
#[derive(Serialize)]
struct Shell {
    lang: &'static str,
    path: String,
    nav: Vec<NavItem>,
    /// This page in the other language.
    other_lang: &'static str,
    other_url: String,
    version: &'static str,
    /// The data are made up.
    demo: bool,
    /// There are other ways to sign in than by password.
    other_ways: bool,
    /// Who is signed in.
    who: Option<Who>,
}

/// Who is signed in, as the frame shows it.
#[derive(Serialize)]
struct Who {
    login: String,
    /// The token that forms carry.
    csrf: String,
    /// Every role of the account.
    roles: Vec<RoleItem>,
}

/// A role to go on in.
#[derive(Serialize)]
struct RoleItem {
    id: i64,
    /// Its word: `roles.<role>`.
    role: &'static str,
    /// For which organisation.
    of: String,
    here: bool,
}

/// An entry of the main navigation.
#[derive(Serialize)]
struct NavItem {
    url: &'static str,
    /// The key of its word.
    word: &'static str,
    here: bool,
}

/// A template that was rendered, for the tests that look at each.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rendered(#[cfg_attr(not(test), allow(dead_code, reason = "tests read it"))] pub(crate) &'static str);

impl Visit {
    /// The words of a text in the language of the page.
    pub(super) fn say<'a>(&self, text: &'a Text) -> &'a str {
        text.get(self.lang)
    }

    /// A word of the tables.
    ///
    /// # Errors
    /// If there is none, or a value is missing.
    pub(super) fn word(&self, key: &str, values: &[(&str, &str)]) -> Result<String, Failed> {
        self.app.look()?.words.say(self.lang, key, values).map_err(Failed::Internal)
    }

    /// A page: its template, and what stands there as `page`.
    ///
    /// # Errors
    /// If the template asks for something that it was not given.
    pub(super) fn page(&self, template: &'static str, page: impl Into<Value>) -> Result<Response, Failed> {
        let html = self.app.look()?.render(template, context! { page => page.into(), shell => Serde(self.shell()), lang => lang::name(self.lang) });
        let html = html.map_err(|error| Failed::Internal(format!("{error:#}")))?;
        let mut response = ([(CONTENT_TYPE, "text/html; charset=utf-8")], html).into_response();
        response.extensions_mut().insert(Rendered(template));
        if let Some(cookie) = self.chosen.then(|| lang::cookie(self.lang).to_string()).and_then(|cookie| HeaderValue::from_str(&cookie).ok()) {
            response.headers_mut().append(SET_COOKIE, cookie);
        }
        Ok(response)
    }

    fn shell(&self) -> Shell {
        let here = |url: &str| self.path == url || url != "/" && self.path.strip_prefix(url).is_some_and(|rest| rest.starts_with('/'));
        let other = lang::other(self.lang);
        Shell {
            lang: lang::name(self.lang),
            path: self.path.clone(),
            nav: router::NAV
                .iter()
                .filter(|(_, _, door)| *door == Door::Open || self.actor().is_some_and(|actor| door.lets_in(actor)))
                .map(|(url, word, _)| NavItem { url, word, here: here(url) })
                .collect(),
            other_lang: lang::name(other),
            other_url: lang::switched(&self.path, &self.query, other),
            version: env!("CARGO_PKG_VERSION"),
            demo: self.app.demo,
            other_ways: self.app.openid.is_some(),
            who: self.who(),
        }
    }

    fn actor(&self) -> Option<&Actor> {
        self.current.as_ref()?.session.actor.as_ref()
    }

    fn who(&self) -> Option<Who> {
        let current = self.current.as_ref()?;
        let actor = self.actor();
        let roles = current.session.roles.iter().map(|held| RoleItem {
            id: held.id,
            role: held.role.word(),
            of: held.name.clone().unwrap_or_default(),
            here: actor.is_some_and(|actor| actor.held.id == held.id),
        });
        Some(Who { login: actor.map(|actor| actor.login.clone()).unwrap_or_default(), csrf: current.session.csrf.clone(), roles: roles.collect() })
    }
}

/// An address with a query of what is not empty.
pub(super) fn address(path: &str, query: &[(&str, &str)]) -> String {
    let given: Vec<&(&str, &str)> = query.iter().filter(|(_, value)| !value.is_empty()).collect();
    match serde_html_form::to_string(given) {
        Ok(query) if !query.is_empty() => format!("{path}?{query}"),
        _ => path.to_owned(),
    }
}
