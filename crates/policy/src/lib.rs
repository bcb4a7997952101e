//! The policy language of `xueshi` (学时, the credit hour) and what it decides.
//!
//! A regulation is a TOML file ([`PolicyFile`]); policies stand in a [`Library`]; an [`Engine`] selects those that govern a person's
//! place, sector and year, compiles each stack once, and turns rows ([`Rows`]) into an [`Assessment`] with its reasons. [`check`]
//! proves what can be proved about a policy, and its worked examples run with [`Engine::run_examples`].
//!
//! Pure: no clock, no files, no network. Quantities and rates are exact ([`Exact`]), hours are whole hundredths ([`Hours`]).

mod assess;
mod check;
mod columns;
mod coverage;
mod diagnostic;
mod effects;
mod engine;
mod exact;
mod examples;
mod explain;
mod filling;
mod gating;
mod granting;
mod inquiry;
mod json_schema;
mod kept;
mod library;
mod outline;
mod program;
mod registers;
mod schema;
mod show;
mod skeleton;
mod speak;
mod stages;
mod syntax;
mod text;
mod value;

pub use assess::*;
pub use check::{Change, FEATURES, SourceText, UntestedFigure, check, compare, feature, untested_figures};
pub use columns::{Block, Cells, Columnar, NO_DAY, NO_NUMBER, Outcome, Required, RowOutcome, Storage, Totals};
pub use coverage::{CoverageRow, coverage};
pub use diagnostic::{Code, Diagnostic, Severity, Source, Span};
pub use effects::{AlternativeEffect, ReadingEffect, RequirementThen};
pub use engine::{Engine, Rows, Stack, Subjects};
pub use exact::{Exact, Hours};
pub use examples::ExampleResult;
pub use explain::{Explaining, explain, reckoning, remedy_words, sentence};
pub use filling::{Fault, FaultKind};
pub use gating::{QUESTIONS, question_title};
pub use granting::{Clause, Excusing, Exempting, Ground};
pub use inquiry::Wanted;
pub use json_schema::json_schema;
pub use library::{Library, PolicyFile, ReadingText, has_errors};
pub use outline::units as clause_units;
pub use program::{ItemInfo, ItemRef};
pub use registers::{REGISTERS, RegisterEntry};
pub use schema::{Cell, CodeWords, Column, Schema};
pub use show::{ExampleWords, Recital, Section, Told, recite, show};
pub use skeleton::skeleton;
pub use speak::TableRow;
pub use stages::{Decides, Stage};
pub use syntax::ast::{FactType, Of, Strength};
pub use text::{Lang, Text};
pub use value::{Person, Record, Value, compare_ids};
