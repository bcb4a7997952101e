//! One installation: the folder of its data, its database, its keys.

use crate::args::{self, option, path, path_of, word};
use crate::failure::Failure;
use clap::{Arg, ArgMatches};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicI64;
use xueshi_policy::{Engine, Lang, text};
use xueshi_registry::{Clock, Keys, Options, Registry};

/// The name a ledger signs under where none is given.
const ORIGIN: &str = "xueshi.local/ledger";

/// The arguments that say which installation is meant.
pub(crate) fn arguments(lang: Lang) -> [Arg; 5] {
    let heading = args::heading(lang);
    [
        path(
            lang,
            "data",
            "DIR",
            "数据文件夹：数据库、密钥、证明材料；没有即新建；默认 xueshi-data",
            "the folder of the data: database, keys, proofs; made if there is none; xueshi-data unless given",
        )
        .env("XUESHI_DATA")
        .default_value("xueshi-data")
        .hide_default_value(true)
        .help_heading(heading),
        option(
            lang,
            "database",
            "ADDRESS",
            "数据库：postgres://… 或文件路径；默认数据文件夹里的 registry.db",
            "the database: postgres://… or the path of a file; registry.db in the data folder unless given",
        )
        .env("XUESHI_DATABASE")
        .hide_env_values(true)
        .help_heading(heading),
        path(lang, "keys", "FILE", "密钥文件；默认数据文件夹里的 keys.json。与数据库分开备份", "the key file; keys.json in the data folder unless given. Back it up apart from the database")
            .env("XUESHI_KEYS")
            .help_heading(heading),
        option(
            lang,
            "origin",
            "NAME",
            "账本签名所用的名称，如 xueshi.example.cn/ledger；启用后不可再改",
            "the name under which the ledger signs, such as xueshi.example.cn/ledger; never changed afterwards",
        )
        .env("XUESHI_ORIGIN")
        .default_value(ORIGIN)
        .hide_default_value(true)
        .help_heading(heading),
        args::config::argument(lang),
    ]
}

/// Opens the installation that the arguments mean.
///
/// # Errors
/// If database, keys or policies can not be had.
pub(crate) fn open(matches: &ArgMatches) -> Result<Registry, Failure> {
    open_at(place(matches), args::engine(matches)?, Clock::System)
}

/// The same with a clock that is set by hand; for generated data.
///
/// # Errors
/// See [`open`].
pub(crate) fn open_with_set_clock(matches: &ArgMatches) -> Result<(Registry, Arc<AtomicI64>), Failure> {
    let clock = Arc::new(AtomicI64::new(Clock::System.now()));
    Ok((open_at(place(matches), args::engine(matches)?, Clock::Set(Arc::clone(&clock)))?, clock))
}

/// The same where there is one already: nothing is made.
///
/// # Errors
/// See [`open`]; also if there is none.
pub(crate) fn open_existing(matches: &ArgMatches) -> Result<Registry, Failure> {
    let place = place(matches);
    for (what, path) in [("--keys", Some(place.keys.as_path())), ("--database", Some(Path::new(&place.database)).filter(|_| !place.database.contains("://")))] {
        if let Some(path) = path.filter(|path| !path.exists()) {
            let path = path.display();
            return Err(Failure::Message(text!(
                "没有 {path}。请核对 --data 与 {what}；第一次启动用 xueshi serve。",
                "There is no {path}. Check --data and {what}; xueshi serve makes an installation."
            )));
        }
    }
    open_at(place, args::engine(matches)?, Clock::System)
}

/// The key file that is meant.
pub(crate) fn keys_file(matches: &ArgMatches) -> PathBuf {
    place(matches).keys
}

/// The key by which others verify the ledger, from the key file alone.
///
/// # Errors
/// If there is no key file, or it can not be read.
pub(crate) fn ledger_key(matches: &ArgMatches) -> Result<String, Failure> {
    let place = place(matches);
    Ok(Keys::load(&place.keys, false)?.ledger_key(&place.origin)?.to_string())
}

/// The address of the database and the folder of the proofs.
pub(crate) fn places(matches: &ArgMatches) -> (String, PathBuf) {
    let place = place(matches);
    (place.database, place.evidence)
}

fn place(matches: &ArgMatches) -> Place {
    let data = path_of(matches, "data").unwrap_or(Path::new("xueshi-data"));
    let keys = path_of(matches, "keys").map_or_else(|| data.join("keys.json"), Path::to_owned);
    let database = word(matches, "database").map_or_else(|| data.join("registry.db").display().to_string(), str::to_owned);
    let origin = word(matches, "origin").unwrap_or(ORIGIN).to_owned();
    Place { database, keys, evidence: data.join("evidence"), origin }
}

/// Opens an installation in a folder, made if there is none; for tests and drills.
///
/// # Errors
/// See [`open`].
#[cfg(test)]
pub(crate) fn open_for(data: &Path, engine: Engine, clock: Clock) -> Result<Registry, Failure> {
    let place = Place { database: data.join("registry.db").display().to_string(), keys: data.join("keys.json"), evidence: data.join("evidence"), origin: ORIGIN.to_owned() };
    open_at(place, engine, clock)
}

struct Place {
    database: String,
    keys: PathBuf,
    evidence: PathBuf,
    origin: String,
}

fn open_at(place: Place, engine: Engine, clock: Clock) -> Result<Registry, Failure> {
    let keys = Keys::load(&place.keys, true)?;
    let options = Options { database: place.database, evidence: place.evidence, keys, clock, engine: Arc::new(engine), origin: place.origin };
    let registry = Registry::open(options)?;
    // What was published here takes the place of the program's own policies.
    Ok(registry.refreshed()?.unwrap_or(registry))
}
