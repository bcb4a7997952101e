//! One installation: the folder of its data, its database, its keys.

use crate::args::{self, option, path, path_of, word};
use crate::failure::Failure;
use clap::{Arg, ArgMatches};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use xueshi_policy::{Engine, Lang};
use xueshi_registry::{Clock, Keys, Options, Registry};

/// The name a ledger signs under where none is given.
const ORIGIN: &str = "xueshi.local/ledger";

/// The arguments that say which installation is meant.
pub(crate) fn arguments(lang: Lang) -> [Arg; 4] {
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
    ]
}

/// Opens the installation that the arguments mean.
///
/// # Errors
/// If database, keys or policies can not be had.
pub(crate) fn open(matches: &ArgMatches) -> Result<Registry, Failure> {
    let data = path_of(matches, "data").unwrap_or(Path::new("xueshi-data"));
    let keys = path_of(matches, "keys").map_or_else(|| data.join("keys.json"), Path::to_owned);
    let database = word(matches, "database").map_or_else(|| data.join("registry.db").display().to_string(), str::to_owned);
    let origin = word(matches, "origin").unwrap_or(ORIGIN).to_owned();
    let place = Place { database, keys, evidence: data.join("evidence"), origin };
    open_at(place, args::engine(matches)?)
}

/// Opens an installation in a folder, made if there is none; for tests and drills.
///
/// # Errors
/// See [`open`].
#[cfg(test)]
pub(crate) fn open_for(data: &Path, engine: Engine) -> Result<Registry, Failure> {
    let place = Place { database: data.join("registry.db").display().to_string(), keys: data.join("keys.json"), evidence: data.join("evidence"), origin: ORIGIN.to_owned() };
    open_at(place, engine)
}

struct Place {
    database: String,
    keys: PathBuf,
    evidence: PathBuf,
    origin: String,
}

fn open_at(place: Place, engine: Engine) -> Result<Registry, Failure> {
    let keys = Keys::load(&place.keys, true)?;
    let options = Options { database: place.database, evidence: place.evidence, keys, clock: Clock::System, engine: Arc::new(engine), origin: place.origin };
    Ok(Registry::open(options)?)
}
