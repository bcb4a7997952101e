//! Keys of machines: a provider's systems come with one instead of signing in. Shown once, kept as a hash, scoped, revocable.

use crate::access::{self, Action, Actor, Role, RoleHeld};
use crate::accounts::{self, NewAccount};
use crate::audit;
use crate::error::{Error, Result};
use crate::keys::random;
use crate::params;
use crate::registry::Registry;
use crate::store::Tx;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as URL64;
use sha2::{Digest as _, Sha256};

/// One minute in microseconds.
const MINUTE: i64 = 60_000_000;
/// Requests with one key in a minute.
const REQUESTS_MOST: i64 = 120;
/// Keys of one organisation that are shown.
const KEYS_MOST: i64 = 200;
/// What every key begins with, so that one that leaked is recognised.
const MARK: &str = "xueshi_";

/// What a key may be used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Deliver completions.
    Deliver,
    /// Read what became of deliveries.
    Read,
}

impl Scope {
    /// Every scope.
    pub const ALL: [Self; 2] = [Self::Deliver, Self::Read];

    /// The word it is kept by.
    pub fn word(self) -> &'static str {
        match self {
            Self::Deliver => "deliver",
            Self::Read => "read",
        }
    }

    /// The scope of a word.
    pub fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scope| scope.word() == word)
    }
}

/// A key that was just made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyMade {
    /// Its id.
    pub id: i64,
    /// The key itself, this once.
    pub key: String,
}

/// A key in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyLine {
    /// Its id.
    pub id: i64,
    /// What it begins with.
    pub prefix: String,
    /// What it is called.
    pub name: String,
    /// What it may be used for.
    pub scopes: Vec<Scope>,
    /// By whom and when it was made, in microseconds UTC.
    pub made: (String, i64),
    /// When it was last used, to the minute.
    pub used_at: Option<i64>,
    /// When it was revoked.
    pub revoked_at: Option<i64>,
}

/// Who comes with a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Machine {
    /// Acts for the provider, under the key's own account.
    pub actor: Actor,
    /// What it may do.
    pub scopes: Vec<Scope>,
}

impl Machine {
    /// Refuses what the key is not for.
    ///
    /// # Errors
    /// [`Error::not_allowed`].
    pub fn must(&self, scope: Scope) -> Result<()> {
        if self.scopes.contains(&scope) { Ok(()) } else { Err(Error::not_allowed()) }
    }
}

/// The organisation that an actor delivers for.
///
/// # Errors
/// If it delivers for none.
pub(crate) fn provider_of(tx: &Tx<'_>, actor: &Actor) -> Result<i64> {
    let provider = actor.held.organisation.ok_or_else(Error::not_allowed)?;
    actor.must(Action::Deliver, &access::of_provider(tx, provider)?)?;
    Ok(provider)
}

fn hash(key: &str) -> [u8; 32] {
    Sha256::digest(key.as_bytes()).into()
}

fn scopes_of(text: &str) -> Vec<Scope> {
    text.split('|').filter_map(Scope::of).collect()
}

impl Registry {
    /// Makes a key for the actor's provider.
    ///
    /// # Errors
    /// If the actor delivers for none, or name or scopes are missing.
    pub fn make_key(&self, actor: &Actor, name: &str, scopes: &[Scope]) -> Result<KeyMade> {
        let name = name.trim().to_owned();
        if name.is_empty() || name.chars().count() > 60 {
            return Err(Error::invalid("name", "请填密钥的名称，60 字以内，如使用它的系统。", "Give the key a name of at most 60 characters, such as the system that will use it."));
        }
        if scopes.is_empty() {
            return Err(Error::invalid("scopes", "请至少选择一项用途。", "Choose at least one use."));
        }
        let scopes: String = Scope::ALL.into_iter().filter(|scope| scopes.contains(scope)).map(|scope| format!("|{}", scope.word())).collect::<String>() + "|";
        let (shown, secret) = (URL64.encode(random::<6>()?).replace(['-', '_'], "0"), URL64.encode(random::<32>()?));
        let prefix = format!("{MARK}{shown}");
        let key = format!("{prefix}_{secret}");
        let (actor, now, digest) = (actor.clone(), self.now(), hash(&key));
        let id = self.write(move |tx| {
            let provider = provider_of(tx, &actor)?;
            // No password has an empty hash: the account only says who acted.
            let account = accounts::add(tx, &NewAccount { login: prefix.clone(), password: String::new(), person: None }, now)?;
            let id = tx.number(
                "INSERT INTO machine_keys (hash, prefix, name, organisation, scopes, account, made_by, made_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) RETURNING id",
                params![&digest, &prefix, &name, provider, &scopes, account, actor.account, now],
            )?;
            audit::note(tx, now, Some(actor.account), "make-key", None, &prefix, "")?;
            Ok(id)
        })?;
        Ok(KeyMade { id, key })
    }

    /// The keys of the actor's provider, newest first.
    ///
    /// # Errors
    /// If the actor delivers for none.
    pub fn machine_keys(&self, actor: &Actor) -> Result<Vec<KeyLine>> {
        self.read(|tx| {
            let provider = provider_of(tx, actor)?;
            tx.all(
                "SELECT k.id, k.prefix, k.name, k.scopes, a.login, k.made_at, k.used_at, k.revoked_at FROM machine_keys k JOIN accounts a ON a.id = k.made_by
                 WHERE k.organisation = ?1 ORDER BY k.id DESC LIMIT ?2",
                params![provider, KEYS_MOST],
                |row| {
                    Ok(KeyLine {
                        id: row.get(0)?,
                        prefix: row.get(1)?,
                        name: row.get(2)?,
                        scopes: scopes_of(&row.get::<String>(3)?),
                        made: (row.get(4)?, row.get(5)?),
                        used_at: row.get(6)?,
                        revoked_at: row.get(7)?,
                    })
                },
            )
        })
    }

    /// Revokes a key of the actor's provider, at once and for good.
    ///
    /// # Errors
    /// If there is none, or it was revoked.
    pub fn revoke_key(&self, actor: &Actor, key: i64) -> Result<()> {
        let (actor, now) = (actor.clone(), self.now());
        self.write(move |tx| {
            let provider = provider_of(tx, &actor)?;
            let found =
                tx.first("SELECT prefix, revoked_at FROM machine_keys WHERE id = ?1 AND organisation = ?2", params![key, provider], |row| Ok((row.get::<String>(0)?, row.get::<Option<i64>>(1)?)))?;
            let (prefix, revoked) = found.ok_or_else(|| Error::not_found("密钥", "key"))?;
            if revoked.is_some() {
                return Err(Error::wrong_state());
            }
            tx.execute("UPDATE machine_keys SET revoked_at = ?2, revoked_by = ?3 WHERE id = ?1", params![key, now, actor.account])?;
            audit::note(tx, now, Some(actor.account), "revoke-key", None, &prefix, "")
        })
    }

    /// Who comes with a key; nobody where there is no such key, or it was revoked.
    ///
    /// # Errors
    /// If it came too often in this minute.
    pub fn machine(&self, key: &str) -> Result<Option<Machine>> {
        let digest = hash(key);
        let found = self.read(|tx| {
            tx.first(
                "SELECT k.id, k.prefix, k.scopes, k.account, k.organisation, o.kind, o.name FROM machine_keys k JOIN organisations o ON o.id = k.organisation
                 WHERE k.hash = ?1 AND k.revoked_at IS NULL",
                params![&digest],
                |row| {
                    let held = RoleHeld { id: 0, role: Role::ProviderOfficer, organisation: row.get(4)?, kind: row.get(5)?, name: row.get(6)?, jurisdiction: None, sector: None };
                    let actor = Actor { account: row.get(3)?, login: row.get(1)?, person: None, held };
                    Ok((row.get::<i64>(0)?, Machine { actor, scopes: scopes_of(&row.get::<String>(2)?) }))
                },
            )
        })?;
        let Some((id, machine)) = found else { return Ok(None) };
        let (keys, now) = (self.keys.clone(), self.now());
        self.write(move |tx| {
            accounts::throttle(tx, &keys, "machine-key", &id.to_string(), now, REQUESTS_MOST)?;
            tx.execute("UPDATE machine_keys SET used_at = ?2 WHERE id = ?1 AND COALESCE(used_at, 0) < ?3", params![id, now, now - MINUTE]).map(drop)
        })?;
        Ok(Some(machine))
    }
}
