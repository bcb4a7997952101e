//! `serve`: the system, for browsers.

use super::Outcome;
use crate::args::{self, option, path, path_of, word};
use crate::failure::Failure;
use crate::installation;
use crate::lang::t;
use crate::web::{App, Serves, Serving, WebFiles, serve};
use clap::{Arg, ArgAction, ArgMatches, Command};
use std::net::SocketAddr;
use std::sync::Arc;
use tracing_subscriber::EnvFilter;
use xueshi_policy::{Lang, text};

/// The command's arguments.
pub(crate) fn command(lang: Lang) -> Command {
    let https = Arg::new("https-only").long("https-only").action(ArgAction::SetTrue).help_heading(args::heading(lang));
    Command::new("serve")
        .about(t(lang, "启动系统：申报、审核、审验、证书、核验，各地规定与试算", "start the system: declare, review, verify, certify; regulations and calculator").to_owned())
        .arg(option(lang, "listen", "ADDRESS", "地址与端口；默认 127.0.0.1:8080", "address and port; 127.0.0.1:8080 unless given").default_value("127.0.0.1:8080").hide_default_value(true))
        .args(installation::arguments(lang))
        .arg(args::policies(lang))
        .arg(
            path(
                lang,
                "web-files",
                "DIR",
                "用文件夹中的 templates、words、static 代替内置的，每次请求重新读取（修改页面时用）",
                "templates, words and static files of a folder instead of the built-in ones, read anew for each request (for work on the pages)",
            )
            .env("XUESHI_WEB_FILES"),
        )
        .arg(https.help(t(lang, "告诉浏览器今后只用 HTTPS（前面有 HTTPS 时）", "tell browsers to come by HTTPS only, from now on (behind HTTPS)").to_owned()))
        .after_help(
            t(
                lang,
                "日志写到标准错误；环境变量 XUESHI_LOG 设定详细程度，如 XUESHI_LOG=debug。\n例：xueshi serve --listen 0.0.0.0:8080",
                "The log goes to standard error; the variable XUESHI_LOG says how much, such as XUESHI_LOG=debug.\nExample: xueshi serve --listen 0.0.0.0:8080",
            )
            .to_owned(),
        )
}

/// Serves until the process is told to stop.
///
/// # Errors
/// If it could not start.
pub(crate) fn run(lang: Lang, matches: &ArgMatches) -> Result<Outcome, Failure> {
    let listen = word(matches, "listen").unwrap_or_default();
    let listen: SocketAddr = listen
        .parse()
        .map_err(|_| Failure::Message(text!("--listen 不能是“{listen}”：写成 地址:端口，如 127.0.0.1:8080。", "--listen can not be “{listen}”: an address and a port, such as 127.0.0.1:8080.")))?;
    let files = WebFiles::new(path_of(matches, "web-files"));
    let registry = Arc::new(installation::open(matches)?);
    let demo = registry.setting("demo")?.is_some();
    let app = App::new(Arc::clone(&registry), Serves { files, https_only: matches.get_flag("https-only"), demo })
        .map_err(|why| Failure::Message(text!("页面文件有误：{why}。请改正 --web-files 所指的文件夹。", "The files of the pages are wrong: {why}. Mend the folder of --web-files.")))?;
    let filter = EnvFilter::try_from_env("XUESHI_LOG").unwrap_or_else(|_| EnvFilter::new("info"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    serve(app, Serving { listen, lang })?;
    Ok(Outcome::Fine)
}
