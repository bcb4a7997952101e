//! The provider over the network: where it is to be asked, its keys, and the ID token for a code.

use super::settings::{Settings, is_address};
use super::signature::Key;
use super::token::{self, Expected, Fault, Vouched};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD as BASE64, URL_SAFE_NO_PAD as URL64};
use rustls::crypto::ring::default_provider;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use sha2::{Digest as _, Sha256};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use ureq::Agent;
use ureq::tls::{Certificate, RootCerts, TlsConfig};
use xueshi_policy::{Lang, Text};
use xueshi_registry::Identity;

/// No answer takes longer.
const PATIENCE: Duration = Duration::from_secs(10);
/// What the provider says of itself and its keys is asked for again after this time.
const FRESH: Duration = Duration::from_secs(3600);
/// Bytes of an answer at most.
const BYTES_MAX: u64 = 1 << 20;

/// One provider.
pub(crate) struct OpenId {
    settings: Settings,
    agent: Agent,
    known: Mutex<Known>,
}

/// What it said, and when.
#[derive(Default)]
struct Known {
    places: Option<(Instant, Arc<Places>)>,
    keys: Option<(Instant, Arc<Vec<Key>>)>,
}

/// Where it is asked (OpenID Connect Discovery 1.0, 3).
#[derive(Debug, Deserialize)]
struct Places {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    jwks_uri: String,
    #[serde(default)]
    token_endpoint_auth_methods_supported: Vec<String>,
    /// It names itself when it sends people back (RFC 9207).
    #[serde(default)]
    authorization_response_iss_parameter_supported: bool,
}

#[derive(Deserialize)]
struct KeySet {
    keys: Vec<serde_json::Value>,
}

#[derive(Deserialize)]
struct Tokens {
    id_token: String,
}

/// Why nobody was signed in. The words are for people; what the log says names nobody.
#[derive(Debug)]
pub(crate) enum Trouble {
    /// It does not answer, or not as it should.
    Unreachable(String),
    /// It was declined there.
    Declined(&'static str),
    /// This browser began nothing that this would be the answer to.
    Lost,
    /// What it answered is not to be trusted.
    Untrusted(&'static str),
}

/// What binds an answer to the request of a browser.
#[derive(Debug)]
pub(crate) struct Challenge<'a> {
    /// Comes back beside the code.
    pub(crate) state: &'a str,
    /// Comes back within the token.
    pub(crate) nonce: &'a str,
    /// The secret of which only the hash is sent ahead.
    pub(crate) verifier: &'a str,
}

/// What people are sent back with.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Back {
    pub(crate) state: String,
    code: String,
    iss: Option<String>,
    error: Option<String>,
}

impl Trouble {
    /// Cause and remedy.
    pub(crate) fn text(&self) -> Text {
        match self {
            Self::Unreachable(_) => Text::new(
                "统一身份认证现在没有正常应答，没有登录。请稍后再试，或用登录名和密码登录；一直不行请告诉本系统的运维人员。",
                "The provider of identities does not answer as it should, and you are not signed in. Try again later, or use your sign-in name and password; if it goes on, tell the operators of this system.",
            ),
            Self::Declined(_) => {
                Text::new("在统一身份认证那边没有完成登录。请重试，或用登录名和密码登录。", "Signing in was not completed at the provider. Try again, or use your sign-in name and password.")
            }
            Self::Lost => {
                Text::new("这次登录不是在这个浏览器里开始的，或已过期（10 分钟）。请从这里重新开始。", "This was not begun in this browser, or took longer than 10 minutes. Begin again from here.")
            }
            Self::Untrusted(_) => Text::new(
                "统一身份认证的应答未能通过核验，没有登录。请重试；一直不行请告诉本系统的运维人员。",
                "The answer of the provider could not be verified, and you are not signed in. Try again; if it goes on, tell the operators of this system.",
            ),
        }
    }

    /// Writes a line of the log.
    pub(crate) fn log(&self) {
        match self {
            Self::Unreachable(why) => tracing::error!(why, "the provider of identities does not answer as it should"),
            Self::Declined(why) => tracing::info!(why, "the provider of identities declined"),
            Self::Lost => tracing::info!("an answer of the provider of identities fits no request of the browser"),
            Self::Untrusted(why) => tracing::warn!(why, "a token of the provider of identities was refused"),
        }
    }
}

impl std::fmt::Debug for OpenId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OpenId").field("issuer", &self.settings.issuer).finish_non_exhaustive()
    }
}

impl OpenId {
    /// A provider that nothing was asked yet.
    pub(crate) fn new(settings: Settings) -> Self {
        let tls = TlsConfig::builder().root_certs(roots()).unversioned_rustls_crypto_provider(Arc::new(default_provider())).build();
        let config = Agent::config_builder().timeout_global(Some(PATIENCE)).https_only(!settings.is_local()).max_redirects(0).http_status_as_error(false).tls_config(tls).build();
        Self { settings, agent: config.new_agent(), known: Mutex::default() }
    }

    /// What the button says.
    pub(crate) fn label(&self) -> &Text {
        &self.settings.label
    }

    /// The provider, as links name it.
    pub(crate) fn issuer(&self) -> &str {
        &self.settings.issuer
    }

    /// The address a browser is sent to.
    ///
    /// # Errors
    /// If the provider does not answer.
    pub(crate) fn address(&self, challenge: &Challenge<'_>, lang: Lang) -> Result<String, Trouble> {
        let places = self.places()?;
        let hash = URL64.encode(Sha256::digest(challenge.verifier.as_bytes()));
        let strong = self.settings.strong.join(" ");
        let mut query = vec![
            ("response_type", "code"),
            ("scope", "openid"),
            ("client_id", &self.settings.client_id),
            ("redirect_uri", &self.settings.redirect),
            ("state", challenge.state),
            ("nonce", challenge.nonce),
            ("code_challenge", &hash),
            ("code_challenge_method", "S256"),
            ("ui_locales", if lang == Lang::Zh { "zh-CN" } else { "en" }),
        ];
        if !strong.is_empty() {
            query.push(("acr_values", &strong));
        }
        let query = serde_html_form::to_string(query).map_err(|error| Trouble::Unreachable(error.to_string()))?;
        let joint = if places.authorization_endpoint.contains('?') { '&' } else { '?' };
        Ok(format!("{}{joint}{query}", places.authorization_endpoint))
    }

    /// Who came back, and whether the provider vouches for a second factor. `now` is in seconds UTC.
    ///
    /// # Errors
    /// Why the answer is not taken.
    pub(crate) fn identity(&self, back: &Back, challenge: &Challenge<'_>, now: i64) -> Result<(Identity, bool), Trouble> {
        if back.state != challenge.state {
            return Err(Trouble::Lost);
        }
        let places = self.places()?;
        let named = back.iss.as_ref().map_or(!places.authorization_response_iss_parameter_supported, |iss| *iss == self.settings.issuer);
        if !named {
            return Err(Trouble::Untrusted("issuer of the answer"));
        }
        if let Some(error) = &back.error {
            return Err(Trouble::Declined(if error == "access_denied" { "access denied" } else { "an error of the provider" }));
        }
        let token = self.token(&places, &back.code, challenge)?;
        let vouched = self.vouched(&places, &token, &Expected { issuer: &self.settings.issuer, client_id: &self.settings.client_id, nonce: challenge.nonce, now })?;
        let strong = vouched.by.iter().any(|value| self.settings.strong.contains(value));
        Ok((Identity { issuer: self.settings.issuer.clone(), subject: vouched.subject }, strong))
    }

    /// The ID token for a code.
    fn token(&self, places: &Places, code: &str, challenge: &Challenge<'_>) -> Result<String, Trouble> {
        let mut form = vec![("grant_type", "authorization_code"), ("code", code), ("redirect_uri", &self.settings.redirect), ("code_verifier", challenge.verifier)];
        let methods = &places.token_endpoint_auth_methods_supported;
        let in_header = methods.is_empty() || methods.iter().any(|method| method == "client_secret_basic");
        let mut request = self.agent.post(&places.token_endpoint).header("accept", "application/json");
        match &self.settings.secret {
            Some(secret) if in_header => {
                let words = [&self.settings.client_id, secret].map(|word| encoded(word));
                request = request.header("authorization", format!("Basic {}", BASE64.encode(words.join(":"))));
            }
            Some(secret) => form.extend([("client_id", self.settings.client_id.as_str()), ("client_secret", secret)]),
            None => form.push(("client_id", &self.settings.client_id)),
        }
        let tokens: Tokens = read("token", request.send_form(form))?;
        Ok(tokens.id_token)
    }

    /// Checks a token; where no known key fits, with the keys of now.
    fn vouched(&self, places: &Places, token: &str, expected: &Expected<'_>) -> Result<Vouched, Trouble> {
        let checked = match token::check(token, &self.keys(places, false)?, expected) {
            Err(Fault::UnknownKey) => token::check(token, &self.keys(places, true)?, expected),
            other => other,
        };
        checked.map_err(|fault| match fault {
            Fault::UnknownKey => Trouble::Untrusted("key"),
            Fault::Bad(what) => Trouble::Untrusted(what),
        })
    }

    fn places(&self) -> Result<Arc<Places>, Trouble> {
        if let Some(places) = fresh(self.held().places.as_ref()) {
            return Ok(places);
        }
        let address = format!("{}/.well-known/openid-configuration", self.settings.issuer.trim_end_matches('/'));
        let places: Places = read("discovery", self.agent.get(&address).call())?;
        let all = [&places.authorization_endpoint, &places.token_endpoint, &places.jwks_uri];
        if places.issuer != self.settings.issuer || !all.iter().all(|address| is_address(address, self.settings.is_local())) {
            return Err(Trouble::Unreachable("discovery: another issuer, or an address without https".to_owned()));
        }
        let places = Arc::new(places);
        self.held().places = Some((Instant::now(), Arc::clone(&places)));
        Ok(places)
    }

    fn keys(&self, places: &Places, anew: bool) -> Result<Arc<Vec<Key>>, Trouble> {
        if let Some(keys) = fresh(self.held().keys.as_ref()).filter(|_| !anew) {
            return Ok(keys);
        }
        let set: KeySet = read("keys", self.agent.get(&places.jwks_uri).call())?;
        // Keys of kinds that are not known here are not for us.
        let keys = Arc::new(set.keys.into_iter().filter_map(|key| serde_json::from_value(key).ok()).collect::<Vec<Key>>());
        self.held().keys = Some((Instant::now(), Arc::clone(&keys)));
        Ok(keys)
    }

    fn held(&self) -> std::sync::MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The certificates this machine trusts, among which an office's own authority may be.
fn roots() -> RootCerts {
    let found = rustls_native_certs::load_native_certs();
    for why in &found.errors {
        tracing::warn!(%why, "a trusted certificate of this machine can not be read");
    }
    found.certs.iter().map(|one| Certificate::from_der(one).to_owned()).into()
}

fn fresh<T>(known: Option<&(Instant, Arc<T>)>) -> Option<Arc<T>> {
    known.filter(|(at, _)| at.elapsed() < FRESH).map(|(_, value)| Arc::clone(value))
}

/// Reads an answer as JSON. What it holds is not for the log.
fn read<T: DeserializeOwned>(what: &'static str, answer: Result<ureq::http::Response<ureq::Body>, ureq::Error>) -> Result<T, Trouble> {
    let failed = |why: String| Trouble::Unreachable(format!("{what}: {why}"));
    let mut answer = answer.map_err(|error| failed(error.to_string()))?;
    match answer.status().as_u16() {
        200 => {}
        // What is asked for is not to be had: a code that was used or is over its time (RFC 6749, 5.2).
        400 => return Err(Trouble::Declined(what)),
        status => return Err(failed(format!("status {status}"))),
    }
    let bytes = answer.body_mut().with_config().limit(BYTES_MAX).read_to_vec().map_err(|error| failed(error.to_string()))?;
    serde_json::from_slice(&bytes).map_err(|error| failed(format!("not what it should be, at byte {} of line {}", error.column(), error.line())))
}

/// A word within `application/x-www-form-urlencoded`, as RFC 6749, 2.3.1 asks of the two words of a client.
fn encoded(word: &str) -> String {
    word.bytes().map(|c| if c.is_ascii_alphanumeric() || b"-_.~".contains(&c) { char::from(c).to_string() } else { format!("%{c:02X}") }).collect()
}
