//! Signing in by a provider of identities (OpenID Connect): an account is found by the issuer and subject that were linked with it
//! beforehand, never by a name or an address.

use crate::access::Actor;
use crate::accounts::{self, SETTING_OUT, SIGN_IN, SecondFactor, SignedIn};
use crate::audit;
use crate::error::{Error, Result, Why};
use crate::keys::Keys;
use crate::params;
use crate::registry::Registry;

/// Somebody as a provider knows him.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// The provider: the `iss` of its tokens.
    pub issuer: String,
    /// What it calls the person, for good: the `sub`. Kept as a keyed hash alone.
    pub subject: String,
}

/// A provider's identity that an account can be signed in to by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignInLink {
    /// Its id.
    pub id: i64,
    /// The provider.
    pub issuer: String,
    /// Since when, in microseconds UTC.
    pub linked_at: i64,
}

impl Identity {
    fn hash(&self, keys: &Keys) -> [u8; 32] {
        keys.lookup("sign-in-link", &format!("{}\0{}", self.issuer, self.subject))
    }
}

impl Registry {
    /// Counts that somebody sets out for a provider from a place, before it costs anything; the attempt itself is counted when he is back.
    ///
    /// # Errors
    /// If there were too many.
    pub fn count_setting_out(&self, from: &str) -> Result<()> {
        self.count(SETTING_OUT, from)
    }

    /// Counts an attempt to sign in from a place, before it costs anything.
    ///
    /// # Errors
    /// If there were too many.
    pub fn count_sign_in(&self, from: &str) -> Result<()> {
        self.count(SIGN_IN, from)
    }

    fn count(&self, kind: &'static str, from: &str) -> Result<()> {
        let (keys, from, now) = (self.keys.clone(), from.to_owned(), self.now());
        self.write(move |tx| accounts::throttle(tx, &keys, kind, &from, now, accounts::attempts_most()))
    }

    /// Signs in whom a provider vouches for. `strong`: the provider asked for a second factor, so that ours is not asked of an officer.
    /// `from` tells places apart for throttling.
    ///
    /// # Errors
    /// If the identity is linked with no account that is open.
    pub fn sign_in_linked(&self, identity: &Identity, strong: bool, from: &str) -> Result<SignedIn> {
        let (now, issuer, subject) = (self.now(), identity.issuer.clone(), identity.hash(&self.keys));
        // Only a demonstration does without a second factor.
        let asks = !strong && self.setting("demo")?.is_none();
        let (keys, from) = (self.keys.clone(), from.to_owned());
        self.write(move |tx| {
            let found = tx.first(
                "SELECT a.id, CASE WHEN a.totp IS NULL THEN 0 ELSE 1 END FROM sign_in_links l JOIN accounts a ON a.id = l.account WHERE l.issuer = ?1 AND l.subject = ?2 AND a.closed_at IS NULL",
                params![&issuer, &subject],
                |row| Ok((row.get::<i64>(0)?, row.flag(1)?)),
            )?;
            let (account, has_app) = found.ok_or_else(|| {
                Error::refused(
                    Why::NotSignedIn,
                    "这个统一身份还没有关联本系统的账号。请先用登录名和密码登录，再在“登录方式”里关联。",
                    "This identity is not linked with an account here. Sign in with your sign-in name and password first, then link it under “Ways to sign in”.",
                )
            })?;
            for kind in [SETTING_OUT, SIGN_IN] {
                accounts::came_out_well(tx, &keys, kind, &from, now)?;
            }
            let need = SecondFactor::needed(asks && accounts::is_officer(tx, account, now)?, has_app);
            accounts::open_session(tx, account, need, "provider", now)
        })
    }

    /// Links an identity with the account of who acts, who proves by its password that it is his. `from` tells places apart for throttling.
    ///
    /// # Errors
    /// If the password is wrong, if the identity is linked already, or the account with another one of the provider.
    pub fn link_sign_in(&self, actor: &Actor, identity: &Identity, password: &str, from: &str) -> Result<()> {
        self.count_sign_in(from)?;
        let (now, account, issuer, subject) = (self.now(), actor.account, identity.issuer.clone(), identity.hash(&self.keys));
        let known = self.read(|tx| accounts::known(tx, &actor.login, now))?;
        let right = accounts::right(known.as_ref(), password);
        let (keys, from) = (self.keys.clone(), from.to_owned());
        self.write(move |tx| {
            // A wrong password is refused, not undone: it stays counted.
            if let Err(refused) = accounts::judged(tx, known.as_ref(), right, now)? {
                return Ok(Err(refused));
            }
            if tx.number("SELECT COUNT(*) FROM sign_in_links WHERE issuer = ?1 AND (subject = ?2 OR account = ?3)", params![&issuer, &subject, account])? > 0 {
                return Ok(Err(Error::refused(
                    Why::Duplicate,
                    "这个统一身份已关联了账号，或您的账号已关联了另一个统一身份。请先解除原来的关联。",
                    "This identity is linked with an account already, or your account with another identity. Unlink that one first.",
                )));
            }
            accounts::came_out_well(tx, &keys, SIGN_IN, &from, now)?;
            tx.execute("INSERT INTO sign_in_links (account, issuer, subject, linked_at) VALUES (?1, ?2, ?3, ?4)", params![account, &issuer, &subject, now])?;
            audit::note(tx, now, Some(account), "sign-in-linked", None, &issuer, "").map(Ok)
        })?
    }

    /// Takes a link away, and ends every other session of the account: who has the identity may have begun one.
    ///
    /// # Errors
    /// If the account of who acts has no such link.
    pub fn unlink_sign_in(&self, actor: &Actor, link: i64, token: &str) -> Result<()> {
        let (account, token, now) = (actor.account, token.to_owned(), self.now());
        self.write(move |tx| {
            let issuer = tx.first("DELETE FROM sign_in_links WHERE id = ?1 AND account = ?2 RETURNING issuer", params![link, account], |row| row.get::<String>(0))?;
            let issuer = issuer.ok_or_else(|| Error::not_found("关联", "link"))?;
            accounts::end_others(tx, account, &token)?;
            audit::note(tx, now, Some(account), "sign-in-unlinked", None, &issuer, "")
        })
    }

    /// What an account is linked with.
    ///
    /// # Errors
    /// What the database refuses.
    pub fn sign_in_links(&self, actor: &Actor) -> Result<Vec<SignInLink>> {
        self.read(|tx| {
            tx.all("SELECT id, issuer, linked_at FROM sign_in_links WHERE account = ?1 ORDER BY issuer", params![actor.account], |row| {
                Ok(SignInLink { id: row.get(0)?, issuer: row.get(1)?, linked_at: row.get(2)? })
            })
        })
    }
}
