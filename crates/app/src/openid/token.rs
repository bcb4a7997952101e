//! ID tokens: whether one is the provider's, for us, of now, and of the request that this browser began (OpenID Connect Core 1.0, 3.1.3.7).

use super::signature::Key;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as URL64;
use serde::Deserialize;
use serde::de::DeserializeOwned;

/// Clocks may differ by so many seconds.
const SKEW: i64 = 60;
/// Characters of a subject at most (Core 1.0, 2).
const SUBJECT_CHARACTERS_MAX: usize = 255;

/// What a token must say.
pub(super) struct Expected<'a> {
    pub(super) issuer: &'a str,
    pub(super) client_id: &'a str,
    /// Of the request that this browser began.
    pub(super) nonce: &'a str,
    /// Now, in seconds UTC.
    pub(super) now: i64,
}

/// What a token says that is of use.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Vouched {
    pub(super) subject: String,
    /// Its `acr` and `amr`.
    pub(super) by: Vec<String>,
}

/// Why a token is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// No key of the set is named or fits: the provider may have changed its keys.
    UnknownKey,
    /// For the log.
    Bad(&'static str),
}

#[derive(Deserialize)]
struct Header {
    alg: String,
    kid: Option<String>,
    crit: Option<Vec<String>>,
}

#[derive(Deserialize)]
struct Claims {
    iss: String,
    sub: String,
    aud: Audience,
    azp: Option<String>,
    exp: i64,
    iat: i64,
    nbf: Option<i64>,
    nonce: Option<String>,
    acr: Option<String>,
    #[serde(default)]
    amr: Vec<String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Many(Vec<String>),
}

/// Checks a token.
///
/// # Errors
/// Why it is not taken.
pub(super) fn check(token: &str, keys: &[Key], expected: &Expected<'_>) -> Result<Vouched, Fault> {
    let mut parts = token.split('.');
    let (Some(header), Some(claims), Some(signature), None) = (parts.next(), parts.next(), parts.next(), parts.next()) else { return Err(Fault::Bad("form")) };
    let message = format!("{header}.{claims}");
    let header: Header = part(header)?;
    if header.crit.is_some() {
        return Err(Fault::Bad("crit"));
    }
    let signature = URL64.decode(signature).map_err(|_| Fault::Bad("signature"))?;
    let fitting: Vec<&Key> = keys.iter().filter(|key| key.fits(&header.alg) && (header.kid.is_none() || key.kid == header.kid)).collect();
    let [key] = fitting.as_slice() else { return Err(Fault::UnknownKey) };
    if !key.signed(&header.alg, message.as_bytes(), &signature) {
        return Err(Fault::Bad("signature"));
    }
    vouched(part(claims)?, expected)
}

fn part<T: DeserializeOwned>(text: &str) -> Result<T, Fault> {
    let bytes = URL64.decode(text).map_err(|_| Fault::Bad("form"))?;
    serde_json::from_slice(&bytes).map_err(|_| Fault::Bad("form"))
}

fn vouched(claims: Claims, expected: &Expected<'_>) -> Result<Vouched, Fault> {
    let for_us = match &claims.aud {
        Audience::One(one) => one == expected.client_id,
        // Of several audiences the token must say that it was made for us.
        Audience::Many(all) => all.iter().any(|one| one == expected.client_id) && (all.len() == 1 || claims.azp.is_some()),
    };
    let checks = [
        (claims.iss == expected.issuer, "issuer"),
        (for_us && claims.azp.as_ref().is_none_or(|azp| azp == expected.client_id), "audience"),
        (claims.exp.saturating_add(SKEW) > expected.now, "expired"),
        (claims.iat.saturating_sub(SKEW) <= expected.now && claims.nbf.is_none_or(|from| from.saturating_sub(SKEW) <= expected.now), "not yet"),
        (claims.nonce.as_deref() == Some(expected.nonce), "nonce"),
        (!claims.sub.is_empty() && claims.sub.chars().count() <= SUBJECT_CHARACTERS_MAX, "subject"),
    ];
    if let Some((_, what)) = checks.iter().find(|(holds, _)| !holds) {
        return Err(Fault::Bad(what));
    }
    Ok(Vouched { subject: claims.sub, by: claims.acr.into_iter().chain(claims.amr).collect() })
}
