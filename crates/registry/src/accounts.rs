//! Accounts: passwords, second factor, sessions, throttling.

use crate::access::{Actor, Role, RoleHeld};
use crate::audit;
use crate::error::{Error, Result, Why};
use crate::keys::{Keys, random, random_word};
use crate::params;
use crate::store::Tx;
use crate::time::day_of;
use argon2::Argon2;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _, phc::PasswordHash};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as URL64;
use sha2::{Digest as _, Sha256};
use totp_rs::{Builder, Totp};

/// One minute in microseconds.
const MINUTE: i64 = 60_000_000;
/// A session ends so long after it began.
const SESSION: i64 = 12 * 60 * MINUTE;
/// A session that nobody uses ends so long after it was last used.
const IDLE: i64 = 60 * MINUTE;
/// Wrong passwords in a row before an account waits.
const FAILURES: i64 = 5;
/// How long it waits, doubled with each further failure, at most a day.
const WAIT: i64 = MINUTE;
/// Attempts to sign in from one place in a minute that come to nothing.
const ATTEMPTS: i64 = 20;
/// The name under which attempts to sign in are counted.
pub(crate) const SIGN_IN: &str = "sign-in";
/// The name under which those who set out to a provider are counted.
pub(crate) const SETTING_OUT: &str = "sign-in-begun";
/// Characters of a password at least.
pub const PASSWORD_CHARACTERS_MIN: usize = 10;

/// A new account.
#[derive(Clone, Debug)]
pub struct NewAccount {
    /// The sign-in name.
    pub login: String,
    /// A hash made by [`hash_password`].
    pub password: String,
    /// Whom it belongs to.
    pub person: Option<i64>,
}

/// What the browser keeps, and the token that its forms carry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedIn {
    /// Goes into the cookie; only its hash is kept here.
    pub token: String,
    /// Whether the second factor is still to come.
    pub second_factor: SecondFactor,
}

/// What signing in still asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SecondFactor {
    /// Nothing.
    Done,
    /// The code of an app that is set up already.
    Code,
    /// The app is to be set up first.
    SetUp,
}

impl SecondFactor {
    /// What an account still needs: nothing where none is asked, else the code of its app, which may be to be set up.
    pub(crate) fn needed(asked: bool, has_app: bool) -> Self {
        match (asked, has_app) {
            (false, _) => Self::Done,
            (true, true) => Self::Code,
            (true, false) => Self::SetUp,
        }
    }
}

/// A session that holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// The account.
    pub account: i64,
    /// Who acts; nothing while the second factor is still to come, or where the account has no role.
    pub actor: Option<Actor>,
    /// Every role of the account.
    pub roles: Vec<RoleHeld>,
    /// The token that forms carry.
    pub csrf: String,
    /// What signing in still asks for.
    pub second_factor: SecondFactor,
    /// When it was last marked as used, in microseconds UTC.
    pub seen_at: i64,
}

/// Hashes a password with argon2id.
///
/// # Errors
/// If it is too short, or the system gives no random bytes.
pub fn hash_password(password: &str) -> Result<String> {
    if password.chars().count() < PASSWORD_CHARACTERS_MIN {
        return Err(Error::invalid("password", format!("密码至少 {PASSWORD_CHARACTERS_MIN} 个字符。"), format!("A password has at least {PASSWORD_CHARACTERS_MIN} characters.")));
    }
    let salt: [u8; 16] = random()?;
    Ok(Argon2::default().hash_password_with_salt(password.as_bytes(), &salt).map_err(Error::fault)?.to_string())
}

fn matches(password: &str, hash: &str) -> bool {
    PasswordHash::new(hash).is_ok_and(|hash| Argon2::default().verify_password(password.as_bytes(), &hash).is_ok())
}

/// Adds an account.
///
/// # Errors
/// If the sign-in name is taken or empty.
pub fn add(tx: &Tx<'_>, new: &NewAccount, now: i64) -> Result<i64> {
    let login = new.login.trim().to_lowercase();
    if login.is_empty() {
        return Err(Error::invalid("login", "请填登录名。", "A sign-in name is needed."));
    }
    if tx.number("SELECT COUNT(*) FROM accounts WHERE login = ?1", params![&login])? > 0 {
        return Err(Error::refused(Why::Duplicate, format!("登录名“{login}”已有人用。"), format!("The sign-in name “{login}” is taken.")));
    }
    tx.number("INSERT INTO accounts (login, password, person, created_at) VALUES (?1, ?2, ?3, ?4) RETURNING id", params![&login, &new.password, new.person, now])
}

/// Gives an account a role.
///
/// # Errors
/// What the database refuses.
pub fn give_role(tx: &Tx<'_>, account: i64, role: Role, organisation: Option<i64>, jurisdiction: Option<i64>, sector: Option<i64>, from: &str) -> Result<i64> {
    tx.number(
        "INSERT INTO account_roles (account, role, organisation, jurisdiction, sector, valid_from) VALUES (?1, ?2, ?3, ?4, ?5, ?6) RETURNING id",
        params![account, role.word(), organisation, jurisdiction, sector, from],
    )
}

/// The roles an account holds on a day.
pub(crate) fn roles(tx: &Tx<'_>, account: i64, today: &str) -> Result<Vec<RoleHeld>> {
    tx.all(
        "SELECT r.id, r.role, r.organisation, o.kind, o.name, r.jurisdiction, r.sector FROM account_roles r LEFT JOIN organisations o ON o.id = r.organisation
         WHERE r.account = ?1 AND r.valid_from <= ?2 AND (r.valid_to IS NULL OR r.valid_to >= ?2) ORDER BY r.id",
        params![account, today],
        |row| {
            let word: String = row.get(1)?;
            let role = Role::of(&word).ok_or_else(|| Error::fault(format!("role {word}")))?;
            Ok(RoleHeld { id: row.get(0)?, role, organisation: row.get(2)?, kind: row.get(3)?, name: row.get(4)?, jurisdiction: row.get(5)?, sector: row.get(6)? })
        },
    )
}

/// What a sign-in is checked against, read before the slow hash so that no transaction waits for it.
pub(crate) struct Known {
    account: i64,
    password: String,
    locked_until: i64,
    failures: i64,
    officer: bool,
    totp: bool,
}

/// Counts an attempt of a subject in this minute, and refuses when there were too many.
pub(crate) fn throttle(tx: &Tx<'_>, keys: &Keys, kind: &str, subject: &str, now: i64, most: i64) -> Result<()> {
    let (subject, minute) = (keys.lookup(kind, subject), now / MINUTE);
    tx.execute("DELETE FROM attempts WHERE minute < ?1", params![minute - 60])?;
    let count = tx
        .number("INSERT INTO attempts (subject, minute, count) VALUES (?1, ?2, 1) ON CONFLICT (subject, minute) DO UPDATE SET count = attempts.count + 1 RETURNING count", params![&subject, minute])?;
    if count > most { Err(Error::refused(Why::TooMany, "试的次数太多，请一分钟后再来。", "Too many attempts. Please come back in a minute.")) } else { Ok(()) }
}

/// Takes back the count of an attempt that came out well: an office whose people share one address goes on signing in, and who guesses does not.
pub(crate) fn came_out_well(tx: &Tx<'_>, keys: &Keys, kind: &str, subject: &str, now: i64) -> Result<()> {
    tx.execute("UPDATE attempts SET count = count - 1 WHERE subject = ?1 AND minute = ?2 AND count > 0", params![&keys.lookup(kind, subject), now / MINUTE]).map(drop)
}

/// Reads what a sign-in is checked against.
pub(crate) fn known(tx: &Tx<'_>, login: &str, now: i64) -> Result<Option<Known>> {
    let login = login.trim().to_lowercase();
    let found = tx.first("SELECT id, password, locked_until, failures, CASE WHEN totp IS NULL THEN 0 ELSE 1 END FROM accounts WHERE login = ?1 AND closed_at IS NULL", params![&login], |row| {
        Ok(Known { account: row.get(0)?, password: row.get(1)?, locked_until: row.get(2)?, failures: row.get(3)?, officer: false, totp: row.flag(4)? })
    })?;
    let Some(mut found) = found else { return Ok(None) };
    found.officer = is_officer(tx, found.account, now)?;
    Ok(Some(found))
}

/// Whether an account holds an officer's role today: then a second factor is asked.
pub(crate) fn is_officer(tx: &Tx<'_>, account: i64, now: i64) -> Result<bool> {
    Ok(roles(tx, account, &day_of(now).to_string())?.iter().any(|held| held.role.is_officer()))
}

/// Whether the password is right. Takes as long where there is no such account.
pub(crate) fn right(known: Option<&Known>, password: &str) -> bool {
    // The hash of nothing anybody types: so that a missing account takes as long as a wrong password.
    const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$MDAwMDAwMDAwMDAwMDAwMA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    matches(password, known.map_or(NOBODY, |known| known.password.as_str())) && known.is_some()
}

/// Keeps a failure or makes a session.
pub(crate) fn sign_in(tx: &Tx<'_>, known: Option<&Known>, right: bool, second_factor: bool, now: i64) -> Result<Result<SignedIn>> {
    let known = match judged(tx, known, right, now)? {
        Ok(known) => known,
        Err(refused) => return Ok(Err(refused)),
    };
    open_session(tx, known.account, SecondFactor::needed(known.officer && second_factor, known.totp), "password", now).map(Ok)
}

/// Keeps what a password came to: a failure is counted, also where it is refused.
pub(crate) fn judged<'k>(tx: &Tx<'_>, known: Option<&'k Known>, right: bool, now: i64) -> Result<Result<&'k Known>> {
    let refused = || Error::refused(Why::NotSignedIn, "登录名或密码不对。", "The sign-in name or the password is wrong.");
    let Some(known) = known else { return Ok(Err(refused())) };
    if known.locked_until > now {
        let minutes = (known.locked_until - now) / MINUTE + 1;
        return Ok(Err(Error::refused(
            Why::TooMany,
            format!("密码错的次数太多，请 {minutes} 分钟后再试；忘了密码请找本单位管理人员。"),
            format!("Too many wrong passwords: try again in {minutes} min. If you forgot it, ask the administrator of your organisation."),
        )));
    }
    if !right {
        let failures = known.failures + 1;
        let wait = if failures < FAILURES { 0 } else { now + (WAIT << (failures - FAILURES).min(10)) };
        tx.execute("UPDATE accounts SET failures = ?2, locked_until = ?3 WHERE id = ?1", params![known.account, failures, wait])?;
        return Ok(Err(refused()));
    }
    tx.execute("UPDATE accounts SET failures = 0, locked_until = 0 WHERE id = ?1", params![known.account])?;
    Ok(Ok(known))
}

/// Makes a session. `by` says in the audit how it was signed in.
pub(crate) fn open_session(tx: &Tx<'_>, account: i64, need: SecondFactor, by: &str, now: i64) -> Result<SignedIn> {
    let token = random_word()?;
    let csrf = URL64.encode(random::<24>()?);
    tx.execute("DELETE FROM sessions WHERE ends_at < ?1", params![now])?;
    tx.execute(
        "INSERT INTO sessions (id, account, csrf, made_at, seen_at, ends_at, verified) VALUES (?1, ?2, ?3, ?4, ?4, ?5, ?6)",
        params![&id_of(&token), account, &csrf, now, now + SESSION, need == SecondFactor::Done],
    )?;
    audit::note(tx, now, Some(account), "sign-in", None, by, "")?;
    Ok(SignedIn { token, second_factor: need })
}

/// Ends every session of an account but this one.
pub(crate) fn end_others(tx: &Tx<'_>, account: i64, token: &str) -> Result<()> {
    tx.execute("DELETE FROM sessions WHERE account = ?1 AND id <> ?2", params![account, &id_of(token)]).map(drop)
}

/// Attempts from one place in a minute that come to nothing.
pub(crate) fn attempts_most() -> i64 {
    ATTEMPTS
}

fn id_of(token: &str) -> [u8; 32] {
    Sha256::digest(token.as_bytes()).into()
}

/// The session of a token, while it holds.
pub(crate) fn session(tx: &Tx<'_>, token: &str, now: i64) -> Result<Option<Session>> {
    let found = tx.first(
        "SELECT s.account, s.csrf, s.role, s.verified, a.login, COALESCE(x.merged_in, a.person), CASE WHEN a.totp IS NULL THEN 0 ELSE 1 END, s.seen_at
         FROM sessions s JOIN accounts a ON a.id = s.account LEFT JOIN people x ON x.id = a.person
         WHERE s.id = ?1 AND s.ends_at > ?2 AND s.seen_at > ?3 AND a.closed_at IS NULL",
        params![&id_of(token), now, now - IDLE],
        |row| Ok((row.get::<i64>(0)?, row.get::<String>(1)?, row.get::<Option<i64>>(2)?, row.flag(3)?, row.get::<String>(4)?, row.get::<Option<i64>>(5)?, row.flag(6)?, row.get::<i64>(7)?)),
    )?;
    let Some((account, csrf, role, verified, login, person, totp, seen_at)) = found else { return Ok(None) };
    let roles = roles(tx, account, &day_of(now).to_string())?;
    let second_factor = SecondFactor::needed(!verified, totp);
    let held = role.and_then(|id| roles.iter().find(|held| held.id == id)).or_else(|| roles.first());
    let actor = held.filter(|_| verified).map(|held| Actor { account, login, person, held: held.clone() });
    Ok(Some(Session { account, actor, roles, csrf, second_factor, seen_at }))
}

/// Keeps that a session was used; once a minute is enough.
pub(crate) fn seen(tx: &Tx<'_>, token: &str, now: i64) -> Result<()> {
    tx.execute("UPDATE sessions SET seen_at = ?2 WHERE id = ?1 AND seen_at < ?3", params![&id_of(token), now, now - MINUTE]).map(drop)
}

/// Goes on in another role of the same account.
pub(crate) fn take_role(tx: &Tx<'_>, token: &str, role: i64) -> Result<()> {
    let changed =
        tx.execute("UPDATE sessions SET role = ?2 WHERE id = ?1 AND EXISTS (SELECT 1 FROM account_roles r WHERE r.id = ?2 AND r.account = sessions.account)", params![&id_of(token), role])?;
    if changed == 1 { Ok(()) } else { Err(Error::not_allowed()) }
}

/// Ends a session.
pub(crate) fn sign_out(tx: &Tx<'_>, token: &str) -> Result<()> {
    tx.execute("DELETE FROM sessions WHERE id = ?1", params![&id_of(token)]).map(drop)
}

/// A secret for an authenticator app: Base32, and the address that its QR code holds. Kept, not yet in force.
pub(crate) fn totp_secret(issuer: &str, login: &str) -> Result<(Vec<u8>, String, String)> {
    let secret: [u8; 20] = random()?;
    let totp = totp(&secret, issuer, login)?;
    Ok((secret.to_vec(), totp.secret().to_base32(), totp.to_url().map_err(Error::fault)?))
}

fn totp(secret: &[u8], issuer: &str, login: &str) -> Result<Totp> {
    Builder::new().with_secret(secret.to_vec()).with_issuer(Some(issuer)).with_account_name(login).build().map_err(Error::fault)
}

/// Puts a second factor in force: `code` proves that the app has the secret.
pub(crate) fn set_totp(tx: &Tx<'_>, keys: &Keys, token: &str, secret: &[u8], code: &str, now: i64) -> Result<()> {
    let session = session(tx, token, now)?.ok_or_else(signed_out)?;
    let step = step_of(secret, code, now, 0)?;
    let (key, sealed) = keys.seal(secret, &format!("totp/{}", session.account))?;
    tx.execute("UPDATE accounts SET totp = ?2, totp_key = ?3, totp_step = ?4 WHERE id = ?1", params![session.account, &sealed, &key, step])?;
    tx.execute("UPDATE sessions SET verified = 1 WHERE id = ?1", params![&id_of(token)])?;
    audit::note(tx, now, Some(session.account), "second-factor-set", None, "", "")
}

/// Checks a code; each is taken once.
pub(crate) fn check_totp(tx: &Tx<'_>, keys: &Keys, token: &str, code: &str, now: i64) -> Result<Result<()>> {
    let session = session(tx, token, now)?.ok_or_else(signed_out)?;
    throttle(tx, keys, "totp", &session.account.to_string(), now, 6)?;
    let found = tx.first("SELECT totp, totp_key, totp_step FROM accounts WHERE id = ?1", params![session.account], |row| {
        Ok((row.get::<Option<Vec<u8>>>(0)?, row.get::<Option<String>>(1)?, row.get::<i64>(2)?))
    })?;
    let Some((Some(sealed), Some(key), last)) = found else { return Ok(Err(wrong_code())) };
    let secret = keys.open(&key, &sealed, &format!("totp/{}", session.account))?;
    // Refused, not undone: the attempt stays counted.
    let step = match step_of(&secret, code, now, last) {
        Ok(step) => step,
        Err(refused) => return Ok(Err(refused)),
    };
    tx.execute("UPDATE accounts SET totp_step = ?2 WHERE id = ?1", params![session.account, step])?;
    tx.execute("UPDATE sessions SET verified = 1 WHERE id = ?1", params![&id_of(token)])?;
    Ok(Ok(()))
}

/// The half minute whose code this is, one before and after allowed; never one that was used.
fn step_of(secret: &[u8], code: &str, now: i64, last: i64) -> Result<i64> {
    let totp = totp(secret, "xueshi", "xueshi")?;
    let code: String = code.chars().filter(char::is_ascii_digit).collect();
    let seconds = u64::try_from(now / 1_000_000).map_err(Error::fault)?;
    let step = totp.check(&code, seconds).and_then(|step| i64::try_from(step).ok());
    step.filter(|step| *step > last).ok_or_else(wrong_code)
}

fn wrong_code() -> Error {
    Error::invalid("code", "验证码不对，或已用过。请输入应用里现在显示的六位数字。", "The code is wrong, or was used. Enter the six digits the app shows now.")
}

fn signed_out() -> Error {
    Error::refused(Why::NotSignedIn, "登录已过期，请重新登录。", "Your session has ended. Please sign in again.")
}
