//! `xueshi`: regulations on continuing education, computed and explained clause by clause.
//!
//! ```text
//! main ── args ── commands::<name> ──┬── policies    (embedded, and --policies)
//!                                    ├── input       (tables → typed rows of a person)
//!                                    ├── assessing   (a person's rows → assessments)
//!                                    ├── work        (many persons, in order, on every core)
//!                                    ├── simulation  (everyone under two sets of policies, compared)
//!                                    ├── output      (table, JSON, CSV, XLSX; errors)
//!                                    └── web         (the pages)
//! ```
//!
//! A command is one file in `commands/` and one line in `commands::ALL`.

mod args;
mod assessing;
mod commands;
mod demo;
mod failure;
mod importing;
mod input;
mod installation;
mod lang;
mod openid;
mod output;
mod policies;
mod population;
mod printing;
mod progress;
mod simulation;
mod terminal;
mod trial;
mod web;
mod work;

use failure::Failure;
use std::panic::{self, AssertUnwindSafe};
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, Ordering};

fn main() -> ExitCode {
    let said = AtomicBool::new(false);
    panic::set_hook(Box::new(move |_| {
        // A worker's failure fails the main thread too.
        if said.swap(true, Ordering::Relaxed) {
            return;
        }
        eprintln!("xueshi: 程序内部出错，没有写出结果，请报告开发者。An internal error: nothing was written; please report it.");
    }));
    panic::catch_unwind(AssertUnwindSafe(run)).unwrap_or_else(|_| ExitCode::from(failure::COULD_NOT_START))
}

fn run() -> ExitCode {
    let words: Vec<_> = std::env::args_os().collect();
    let lang = lang::choose(&words, |name| std::env::var(name).ok());
    match args::parse(&words, lang).and_then(|matches| commands::run(lang, &matches)) {
        Ok(done) => done.into(),
        Err(Failure::Quiet) => ExitCode::SUCCESS,
        Err(failure) => {
            failure.print(lang);
            ExitCode::from(failure::COULD_NOT_START)
        }
    }
}
