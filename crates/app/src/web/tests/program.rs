//! A program that works through the API in somebody's session.

use super::officer::signed_in_to;
use super::*;
use serde_json::Value;

/// A browser with the token of its session.
pub(super) struct Program {
    pub(super) browser: Browser,
    pub(super) token: String,
}

impl Program {
    pub(super) fn of(app: &Arc<App>, login: &str) -> Self {
        let mut browser = signed_in_to(app, login);
        let token = browser.csrf_of_api();
        Self { browser, token }
    }

    pub(super) fn get(&mut self, url: &str) -> Answer {
        self.browser.get(url)
    }

    pub(super) fn send(&mut self, method: &str, url: &str, headers: &[(&str, &str)], body: &impl ToString) -> Answer {
        self.browser.api(method, url, &[&[("x-csrf-token", self.token.as_str())], headers].concat(), &body.to_string())
    }

    pub(super) fn post(&mut self, url: &str, headers: &[(&str, &str)], body: &impl ToString) -> Answer {
        self.send("post", url, headers, body)
    }
}

/// What an answer holds, whatever its status.
#[track_caller]
pub(super) fn parsed(answer: &Answer) -> Value {
    serde_json::from_str(&answer.text).unwrap_or_else(|error| panic!("{error}: {}", answer.text))
}
