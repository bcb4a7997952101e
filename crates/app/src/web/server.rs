//! The server: one address, until it is told to stop; what has begun is finished.

use super::live::Live;
use super::runner::Runner;
use super::state::{App, Serves};
use super::watch;
use crate::failure::Failure;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::signal;
use tokio::sync::Notify;
use xueshi_policy::{Lang, Text, text};

/// Requests that are under way when it stops have so long.
const SECONDS_TO_FINISH: u64 = 20;

/// Keys that were added to the file are used by every server after so long: each looks at it as often as it places entries.
pub(crate) const KEYS_TAKEN_IN: Duration = Duration::from_secs(3);

/// How often it is looked whether data are over their time; they are removed once a day.
const PURGE_EVERY: Duration = Duration::from_secs(600);

/// Threads that wait for the database have so long after the last request.
const LAST_MOMENT: Duration = Duration::from_secs(2);

/// An entry has its place in the ledger's tree after so long at most.
const MERGE_DELAY: Duration = Duration::from_secs(1);

/// Where to serve.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Serving {
    /// Address and port.
    pub(crate) listen: SocketAddr,
    /// Where operators are told how it is, if anywhere.
    pub(crate) metrics: Option<SocketAddr>,
    /// The language of what it says on the terminal.
    pub(crate) lang: Lang,
}

/// Serves until the process is told to stop.
///
/// # Errors
/// If the address can not be had, or the server fails.
pub(crate) fn serve(app: App, serves: Serves, serving: Serving) -> Result<(), Failure> {
    // A handler that panics answers with an error page; the process goes on, so that the log must say where it was.
    std::panic::set_hook(Box::new(|panic| tracing::error!(place = panic.location().map(tracing::field::display), "a panic")));
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let ended = runtime.block_on(run(app, serves, serving));
    // What still runs on threads of its own has had its time: what it has not committed is not kept.
    runtime.shutdown_timeout(LAST_MOMENT);
    ended
}

async fn run(app: App, serves: Serves, Serving { listen, metrics, lang }: Serving) -> Result<(), Failure> {
    let listener = bind(listen, "listen").await?;
    let operators = match metrics {
        Some(address) => Some(bind(address, "metrics").await?),
        None => None,
    };
    let listen = listener.local_addr().unwrap_or(listen);
    if let Some(address) = operators.as_ref().and_then(|operators| operators.local_addr().ok()) {
        let said: Text = text!("运维地址：http://{address}/metrics", "for operators at http://{address}/metrics");
        eprintln!("xueshi: {}", said.get(lang));
    }
    let said: Text = text!("已启动：http://{listen}/ （按 Ctrl+C 停止）", "serving at http://{listen}/ (Ctrl+C stops it)");
    eprintln!("xueshi: {}", said.get(lang));
    let stop = Arc::clone(&serves.stopping);
    let live = Live::new(app, serves);
    let operators = operators.map(|listener| tokio::spawn(axum::serve(listener, watch::router(live.app())).into_future()));
    let sequencer = tokio::spawn(sequence(Arc::clone(&live)));
    let purging = tokio::spawn(purge(Arc::clone(&live)));
    let watcher = tokio::spawn(watch_policies(Arc::clone(&live)));
    let runner = Runner::start({
        let live = Arc::clone(&live);
        move || live.registry()
    })?;
    let stopping = Arc::new(Notify::new());
    let told = Arc::clone(&stopping);
    let server = axum::serve(listener, live.addresses().into_make_service_with_connect_info::<SocketAddr>()).with_graceful_shutdown(async move {
        told_to_stop().await;
        tracing::info!(seconds = SECONDS_TO_FINISH, "told to stop: what has begun is finished");
        stop.store(true, Ordering::Relaxed);
        told.notify_one();
    });
    let too_long = async {
        stopping.notified().await;
        tokio::time::sleep(Duration::from_secs(SECONDS_TO_FINISH)).await;
    };
    let ended = tokio::select! {
        ended = server.into_future() => ended.map_err(Failure::from),
        () = too_long => {
            tracing::warn!("some requests did not finish in time and were broken off");
            Ok(())
        }
    };
    sequencer.abort();
    purging.abort();
    watcher.abort();
    // A step is short; what is left goes on with the next server.
    let _ = tokio::task::spawn_blocking(|| runner.stop()).await;
    if let Some(operators) = operators {
        operators.abort();
    }
    ended
}

/// Removes what is over its time, once a day whichever server comes first.
async fn purge(live: Arc<Live>) {
    let mut every = tokio::time::interval(PURGE_EVERY);
    loop {
        every.tick().await;
        match live.app().ask(xueshi_registry::Registry::purge_daily).await {
            Ok(true) => tracing::info!("data that were over their time are removed"),
            Ok(false) => {}
            Err(why) => tracing::error!(?why, "data that are over their time could not be removed"),
        }
    }
}

/// Gives what was entered its place in the ledger, and takes up completions that wait for work, every second.
async fn sequence(live: Arc<Live>) {
    let mut every = tokio::time::interval(MERGE_DELAY);
    every.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        every.tick().await;
        let app = live.app();
        match app.ask(xueshi_registry::Registry::refresh_keys).await {
            Ok(true) => tracing::info!("the key file changed and was taken in"),
            Ok(false) => {}
            Err(why) => tracing::error!(?why, "the key file can not be read; the keys stay as they were"),
        }
        while match app.ask(xueshi_registry::Registry::place_entries).await {
            Ok(placed) => placed > 0,
            Err(why) => {
                app.meters.sequencer_failures.fetch_add(1, Ordering::Relaxed);
                tracing::error!(?why, "entries could not be placed in the ledger; run: xueshi ledger verify");
                false
            }
        } {}
        while match app.ask(xueshi_registry::Registry::work_deliveries).await {
            Ok(worked) => worked > 0,
            Err(why) => {
                tracing::error!(?why, "what providers delivered could not be worked on");
                false
            }
        } {}
    }
}

/// Looks every second whether other policies are in force, by a publication on any server or by the day.
async fn watch_policies(live: Arc<Live>) {
    let mut every = tokio::time::interval(MERGE_DELAY);
    every.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        every.tick().await;
        let looking = Arc::clone(&live);
        match tokio::task::spawn_blocking(move || looking.refresh()).await {
            Ok(Ok(false)) => {}
            Ok(Ok(true)) => tracing::info!("other policies are in force"),
            Ok(Err(why)) => tracing::error!(why, "the policies in force could not be read; those of before stay"),
            Err(why) => tracing::error!(%why, "the policies in force could not be read; those of before stay"),
        }
    }
}

async fn bind(address: SocketAddr, option: &str) -> Result<TcpListener, Failure> {
    TcpListener::bind(address).await.map_err(|error| taken(address, option, &error))
}

fn taken(listen: SocketAddr, option: &str, error: &std::io::Error) -> Failure {
    Failure::Message(text!(
        "无法在 {listen} 提供服务：{error}。请换一个地址或端口（--{option}），或停止占用它的程序。",
        "{listen} can not be served: {error}. Choose another address or port (--{option}), or stop the program that holds it."
    ))
}

/// Ctrl+C, or the signal by which services are stopped.
async fn told_to_stop() {
    let interrupt = async {
        if signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    #[cfg(unix)]
    let terminate = async {
        match signal::unix::signal(signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => {
                signal.recv().await;
            }
            Err(_) => std::future::pending().await,
        }
    };
    #[cfg(not(unix))]
    let terminate = std::future::pending::<()>();
    tokio::select! {
        () = interrupt => {}
        () = terminate => {}
    }
}
