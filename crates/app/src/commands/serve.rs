//! `serve`: the system, for browsers.

use super::Outcome;
use crate::args::{self, config, option, path, path_of, word};
use crate::failure::Failure;
use crate::installation;
use crate::lang::t;
use crate::openid::{self, OpenId};
use crate::web::{App, Proxy, Serves, Serving, WebFiles, serve};
use clap::{Arg, ArgAction, ArgMatches, Command};
use std::net::SocketAddr;
use std::sync::Arc;
use tracing_subscriber::EnvFilter;
use xueshi_policy::{Lang, text};

/// The command's arguments.
pub(crate) fn command(lang: Lang) -> Command {
    let https = option(lang, "https-only", "true|false", "告诉浏览器今后只用 HTTPS（前面有 HTTPS 时）", "tell browsers to come by HTTPS only, from now on (behind HTTPS)");
    let proxies = option(
        lang,
        "trusted-proxies",
        "ADDRESSES",
        "前置代理的地址或网段，逗号分隔，如 127.0.0.1,10.0.0.0/8：只信它们所写的 X-Forwarded-For",
        "addresses or networks of the proxies in front, with commas, such as 127.0.0.1,10.0.0.0/8: only their X-Forwarded-For is believed",
    );
    let print = Arg::new("print-config").long("print-config").action(ArgAction::SetTrue).help_heading(args::heading(lang));
    Command::new("serve")
        .about(t(lang, "启动系统：申报、审核、审验、证书、核验，各地规定与试算", "start the system: declare, review, verify, certify; regulations and calculator").to_owned())
        .arg(
            option(lang, "listen", "ADDRESS", "地址与端口；默认 127.0.0.1:8080", "address and port; 127.0.0.1:8080 unless given")
                .env("XUESHI_LISTEN")
                .default_value("127.0.0.1:8080")
                .hide_default_value(true),
        )
        .arg(
            option(
                lang,
                "metrics",
                "ADDRESS",
                "另开一个只给运维的地址与端口：/metrics（Prometheus）、/healthz、/readyz；默认不开",
                "a further address and port, for operators only: /metrics (Prometheus), /healthz, /readyz; none unless given",
            )
            .env("XUESHI_METRICS"),
        )
        .args(installation::arguments(lang))
        .args(openid::arguments(lang))
        .arg(args::policies(lang).env("XUESHI_POLICIES"))
        .arg(proxies.env("XUESHI_TRUSTED_PROXIES").value_delimiter(','))
        .arg(https.env("XUESHI_HTTPS_ONLY").num_args(0..=1).require_equals(true).default_missing_value("true").default_value("false").hide_default_value(true).value_parser(["true", "false"]).hide_possible_values(true))
        .arg(
            option(lang, "log", "LEVEL", "日志的详细程度：error、warn、info（默认）、debug，写到标准错误", "how much is logged, to standard error: error, warn, info (default), debug")
                .env("XUESHI_LOG")
                .default_value("info")
                .hide_default_value(true),
        )
        .arg(
            option(lang, "log-format", "text|json", "日志格式：text（默认）或 json，一行一条", "the form of the log: text (default), or json, an object a line")
                .env("XUESHI_LOG_FORMAT")
                .default_value("text")
                .hide_default_value(true)
                .value_parser(["text", "json"])
                .hide_possible_values(true),
        )
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
        .arg(print.help(t(lang, "打印起作用的全部设置及其来源后结束；密码以 *** 代替", "print every setting that holds and where it comes from, and end; passwords as ***").to_owned()))
        .after_help(
            t(
                lang,
                "每个设置都可写在命令行、环境变量（XUESHI_ 加大写的名称）或配置文件里，依此先后。\n收到停止信号（SIGTERM、Ctrl+C）后不再接受新请求，已开始的最多再给 20 秒。\n例：xueshi serve --listen 0.0.0.0:8080",
                "Every setting can stand on the command line, in the environment (XUESHI_ and its name in capitals) or in the configuration file, in this order.\nTold to stop (SIGTERM, Ctrl+C), it takes no new requests and gives those under way 20 seconds at most.\nExample: xueshi serve --listen 0.0.0.0:8080",
            )
            .to_owned(),
        )
}

/// Serves until the process is told to stop.
///
/// # Errors
/// If it could not start.
pub(crate) fn run(lang: Lang, matches: &ArgMatches) -> Result<Outcome, Failure> {
    config::check_environment(&args::root(lang), std::env::vars_os().map(|(name, _)| name.to_string_lossy().into_owned()))?;
    if matches.get_flag("print-config") {
        print!("{}", config::shown(&command(lang), matches, lang)?);
        return Ok(Outcome::Fine);
    }
    let listen = address(matches, "listen")?.unwrap_or(SocketAddr::from(([127, 0, 0, 1], 8080)));
    let metrics = address(matches, "metrics")?;
    let trusted = trusted(matches)?;
    let openid = openid::Settings::of(matches)?.map(|settings| Arc::new(OpenId::new(settings)));
    log(matches)?;
    let files = WebFiles::new(path_of(matches, "web-files"));
    let registry = Arc::new(installation::open(matches)?);
    let demo = registry.setting("demo")?.is_some();
    let https_only = word(matches, "https-only") == Some("true");
    let serves = Serves { files, https_only, demo, trusted, openid, ..Serves::default() };
    let app = App::new(Arc::clone(&registry), serves.clone())
        .map_err(|why| Failure::Message(text!("页面文件有误：{why}。请改正 --web-files 所指的文件夹。", "The files of the pages are wrong: {why}. Mend the folder of --web-files.")))?;
    serve(app, serves, Serving { listen, metrics, lang })?;
    Ok(Outcome::Fine)
}

fn address(matches: &ArgMatches, option: &str) -> Result<Option<SocketAddr>, Failure> {
    let Some(text) = word(matches, option) else { return Ok(None) };
    text.parse()
        .map(Some)
        .map_err(|_| Failure::Message(text!("--{option} 不能是“{text}”：写成 地址:端口，如 127.0.0.1:8080。", "--{option} can not be “{text}”: an address and a port, such as 127.0.0.1:8080.")))
}

fn trusted(matches: &ArgMatches) -> Result<Vec<Proxy>, Failure> {
    let words = matches.get_many::<String>("trusted-proxies").into_iter().flatten().filter(|word| !word.trim().is_empty());
    words
        .map(|word| {
            word.parse().map_err(|()| {
                Failure::Message(text!(
                    "--trusted-proxies 不能是“{word}”：写地址或网段，如 127.0.0.1 或 10.0.0.0/8。",
                    "--trusted-proxies can not be “{word}”: an address or a network, such as 127.0.0.1 or 10.0.0.0/8."
                ))
            })
        })
        .collect()
}

fn log(matches: &ArgMatches) -> Result<(), Failure> {
    let level = word(matches, "log").unwrap_or("info");
    let filter = EnvFilter::try_new(level)
        .map_err(|why| Failure::Message(text!("--log 不能是“{level}”：{why}。可用 error、warn、info、debug。", "--log can not be “{level}”: {why}. Use error, warn, info or debug.")))?;
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    if word(matches, "log-format") == Some("json") {
        log.json().flatten_event(true).with_current_span(true).with_span_list(false).init();
    } else {
        log.init();
    }
    Ok(())
}
