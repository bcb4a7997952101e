//! The registry as the rest of the program holds it: the database, the keys, the clock, the policies.

use crate::accounts::{self, SecondFactor, Session, SignedIn};
use crate::error::{Error, Result};
use crate::evidence::Evidence;
use crate::keys::Keys;
use crate::store::{Store, Tx};
use crate::time::Clock;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as URL64;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use xueshi_policy::Engine;

/// Where a registry is and what it goes by.
#[derive(Debug)]
pub struct Options {
    /// `postgres://…`, or the path of a file.
    pub database: String,
    /// The folder of evidence files.
    pub evidence: PathBuf,
    /// The keys.
    pub keys: Keys,
    /// The clock.
    pub clock: Clock,
    /// The policies.
    pub engine: Arc<Engine>,
    /// The name under which the ledger signs, such as `xueshi.example/ledger`.
    pub origin: String,
}

/// The engine of one draft, by the hash of its text.
type Drafted = Arc<Mutex<Option<(String, Arc<Engine>)>>>;

/// The registry.
pub struct Registry {
    pub(crate) store: Arc<Store>,
    pub(crate) keys: Keys,
    pub(crate) clock: Clock,
    pub(crate) engine: Arc<Engine>,
    pub(crate) evidence: Evidence,
    pub(crate) origin: String,
    /// The policies of the program itself, beneath what was published here.
    own: Arc<Engine>,
    /// The last publication that `engine` knows.
    mark: i64,
    /// The engine of the draft that was tried last, by the hash of its text.
    pub(crate) drafted: Drafted,
    statements: AtomicU64,
}

impl std::fmt::Debug for Registry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Registry").field("origin", &self.origin).finish_non_exhaustive()
    }
}

impl Registry {
    /// Opens a registry; the database is made on first use and brought up to date.
    ///
    /// # Errors
    /// If the database can not be opened.
    pub fn open(options: Options) -> Result<Self> {
        let registry = Self {
            store: Arc::new(Store::open(&options.database)?),
            keys: options.keys,
            clock: options.clock,
            own: Arc::clone(&options.engine),
            engine: options.engine,
            evidence: Evidence::new(options.evidence)?,
            origin: options.origin,
            mark: 0,
            drafted: Arc::default(),
            statements: AtomicU64::new(0),
        };
        registry.keep_policies()?;
        registry.keep_registers()?;
        Ok(registry)
    }

    /// The same registry under the policies in force today; nothing where it goes by them already.
    ///
    /// # Errors
    /// If a published text can not be read, which was checked when it was published.
    pub fn refreshed(&self) -> Result<Option<Self>> {
        let mark = self.policies_mark()?;
        if mark == self.mark {
            return Ok(None);
        }
        let engine = Arc::new(Engine::new(self.policies_in_force(self.own.library())?));
        let registry = Self {
            store: Arc::clone(&self.store),
            keys: self.keys.clone(),
            clock: self.clock.clone(),
            engine,
            evidence: self.evidence.clone(),
            origin: self.origin.clone(),
            own: Arc::clone(&self.own),
            mark,
            drafted: Arc::clone(&self.drafted),
            statements: AtomicU64::new(0),
        };
        registry.keep_policies()?;
        registry.keep_registers()?;
        Ok(Some(registry))
    }

    /// Keeps the text of every policy in force, so that what it decides can be recomputed.
    fn keep_policies(&self) -> Result<()> {
        let (engine, now) = (Arc::clone(&self.engine), self.now());
        self.write(move |tx| {
            for file in engine.library().files() {
                tx.execute(
                    "INSERT INTO policy_texts (sha256, policy, text, engine, seen_at) VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (sha256) DO NOTHING",
                    crate::params![file.hash(), file.id(), file.text(), env!("CARGO_PKG_VERSION"), now],
                )?;
            }
            Ok(())
        })
    }

    /// Microseconds UTC.
    pub fn now(&self) -> i64 {
        self.clock.now()
    }

    /// The clock.
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// The policies.
    pub fn engine(&self) -> &Arc<Engine> {
        &self.engine
    }

    /// The keys.
    pub fn keys(&self) -> &Keys {
        &self.keys
    }

    /// Runs a transaction that reads one state of everything.
    ///
    /// # Errors
    /// What `work` or the database refuses.
    pub fn read<T>(&self, work: impl FnOnce(&Tx<'_>) -> Result<T>) -> Result<T> {
        self.store.read(|tx| {
            let result = work(tx);
            self.statements.fetch_add(tx.statements(), Ordering::Relaxed);
            result
        })
    }

    /// Runs a transaction that writes; answered when it is on disk. `work` may run several times, so it has no effect outside the database.
    ///
    /// # Errors
    /// What `work` or the database refuses; nothing is kept then.
    pub fn write<T: Send + 'static>(&self, work: impl FnMut(&Tx<'_>) -> Result<T> + Send + 'static) -> Result<T> {
        self.store.write(work)
    }

    /// Statements that reads have run so far.
    pub fn statements_read(&self) -> u64 {
        self.statements.load(Ordering::Relaxed)
    }

    /// Signs in. `from` tells places apart for throttling, such as an address.
    ///
    /// # Errors
    /// If name or password is wrong, or there were too many attempts.
    pub fn sign_in(&self, login: &str, password: &str, from: &str) -> Result<SignedIn> {
        let now = self.now();
        self.count_sign_in(from)?;
        let known = self.read(|tx| accounts::known(tx, login, now))?;
        let right = accounts::right(known.as_ref(), password);
        // Only a demonstration does without a second factor.
        let second_factor = self.setting("demo")?.is_none();
        let (keys, from) = (self.keys.clone(), from.to_owned());
        self.write(move |tx| {
            let signed_in = accounts::sign_in(tx, known.as_ref(), right, second_factor, now)?;
            if signed_in.is_ok() {
                accounts::came_out_well(tx, &keys, accounts::SIGN_IN, &from, now)?;
            }
            Ok(signed_in)
        })?
    }

    /// The session of a token, while it holds.
    ///
    /// # Errors
    /// What the database refuses.
    pub fn session(&self, token: &str) -> Result<Option<Session>> {
        let now = self.now();
        self.read(|tx| accounts::session(tx, token, now))
    }

    /// Keeps that a session was used.
    ///
    /// # Errors
    /// What the database refuses.
    pub fn session_used(&self, token: &str) -> Result<()> {
        let (token, now) = (token.to_owned(), self.now());
        self.write(move |tx| accounts::seen(tx, &token, now))
    }

    /// Goes on in another role of the account.
    ///
    /// # Errors
    /// If the account does not hold it.
    pub fn take_role(&self, token: &str, role: i64) -> Result<()> {
        let token = token.to_owned();
        self.write(move |tx| accounts::take_role(tx, &token, role))
    }

    /// Ends a session.
    ///
    /// # Errors
    /// What the database refuses.
    pub fn sign_out(&self, token: &str) -> Result<()> {
        let token = token.to_owned();
        self.write(move |tx| accounts::sign_out(tx, &token))
    }

    /// A new secret for an authenticator app: its bytes, its Base32, and the address of its QR code.
    ///
    /// # Errors
    /// If the session ended, or has a second factor already.
    pub fn new_totp(&self, token: &str) -> Result<(Vec<u8>, String, String)> {
        let session = self.session(token)?.filter(|session| session.second_factor == SecondFactor::SetUp).ok_or_else(Error::wrong_state)?;
        let login = self.read(|tx| tx.first("SELECT login FROM accounts WHERE id = ?1", crate::params![session.account], |row| row.get::<String>(0)))?.unwrap_or_default();
        accounts::totp_secret("xueshi", &login)
    }

    /// Seals a value that travels through a form of this account.
    ///
    /// # Errors
    /// If the system gives no random bytes.
    pub fn seal_for_form(&self, value: &[u8], account: i64) -> Result<String> {
        self.seal_for_browser(value, &format!("form/{account}"))
    }

    /// Opens what [`Registry::seal_for_form`] sealed for the same account.
    ///
    /// # Errors
    /// If it is another's, or was altered.
    pub fn unseal_for_form(&self, sealed: &str, account: i64) -> Result<Vec<u8>> {
        self.unseal_for_browser(sealed, &format!("form/{account}"))
    }

    /// Seals a value that a browser keeps for a purpose.
    ///
    /// # Errors
    /// If the system gives no random bytes.
    pub fn seal_for_browser(&self, value: &[u8], purpose: &str) -> Result<String> {
        let (key, sealed) = self.keys.seal(value, purpose)?;
        Ok(format!("{key}.{}", URL64.encode(sealed)))
    }

    /// Opens what [`Registry::seal_for_browser`] sealed for the same purpose.
    ///
    /// # Errors
    /// If it is for another, or was altered.
    pub fn unseal_for_browser(&self, sealed: &str, purpose: &str) -> Result<Vec<u8>> {
        let (key, text) = sealed.split_once('.').ok_or_else(Error::wrong_state)?;
        let bytes = URL64.decode(text).map_err(|_| Error::wrong_state())?;
        self.keys.open(key, &bytes, purpose).map_err(|_| Error::wrong_state())
    }

    /// Puts a second factor in force.
    ///
    /// # Errors
    /// If the code is wrong.
    pub fn set_totp(&self, token: &str, secret: &[u8], code: &str) -> Result<()> {
        let (keys, token, secret, code, now) = (self.keys.clone(), token.to_owned(), secret.to_vec(), code.to_owned(), self.now());
        self.write(move |tx| {
            let session = accounts::session(tx, &token, now)?;
            if session.is_none_or(|session| session.second_factor != SecondFactor::SetUp) {
                return Err(Error::wrong_state());
            }
            accounts::set_totp(tx, &keys, &token, &secret, &code, now)
        })
    }

    /// Checks a code of the authenticator app.
    ///
    /// # Errors
    /// If it is wrong or was used.
    pub fn check_totp(&self, token: &str, code: &str) -> Result<()> {
        let (keys, token, code, now) = (self.keys.clone(), token.to_owned(), code.to_owned(), self.now());
        self.write(move |tx| accounts::check_totp(tx, &keys, &token, &code, now))?
    }
}
