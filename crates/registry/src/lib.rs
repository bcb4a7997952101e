//! The registry of `xueshi`: people, employers, learning records, reviews, and the ledger that nobody can quietly alter.
//!
//! Facts and decisions are kept; hours are derived. This crate is the only one that speaks SQL, one text for SQLite and PostgreSQL.
//! A [`Registry`] is opened with a database, keys, a clock and the policies; every call names who acts ([`Actor`]) and is decided by the
//! one table of [`access`].

pub mod access;
pub mod accounts;
mod assessing;
mod audit;
pub mod backup;
mod cases;
pub mod changes;
mod decisions;
mod declarations;
mod deliveries;
mod determinations;
pub mod documents;
mod dossier;
pub mod doubles;
mod drafting;
pub mod employer_years;
pub mod endorsing;
mod error;
mod evidence;
mod examination;
mod facts;
pub mod flow;
pub mod gates;
pub mod identity;
mod import;
mod jobs;
mod keys;
mod ledger;
mod listing;
mod machine_keys;
mod many;
pub mod matters;
mod once;
mod opening;
pub mod organisations;
mod overview;
pub mod people;
pub mod personal;
pub mod places;
mod posts;
mod recompute;
mod registers;
pub mod registration;
mod registry;
mod results;
mod review;
pub mod rotation;
pub mod spot_checks;
mod standing;
mod store;
pub mod time;
pub mod transfers;
mod verification;
mod verifying;
mod years;

pub use access::{Action, Actor, Role, RoleHeld, Thing};
pub use accounts::{SecondFactor, Session, SignedIn};
pub use assessing::Learned;
pub use audit::Line;
pub use cases::StepTaken;
pub use declarations::{Declared, NewEvidence, Trial, check_file, check_title};
pub use deliveries::{
    About, Answer, COMPLETIONS_MOST, Completion, CompletionLine, CompletionShown, CompletionsSought, Correction, Delivered, Delivery, DeliveryLine, DeliveryShown, ProviderQueue, Reason, WayStep,
};
pub use determinations::Determination;
pub use dossier::{Dossier, Post, RecordOf, YearOf};
pub use drafting::{Came, Draft, DraftStep, DraftStepTaken, Effect, EffectCount};
pub use error::{Error, Refusal, Result, Why};
pub use evidence::{FILE_BYTES_MAX, media_of};
pub use examination::{Check, Health};
pub use facts::Facts;
pub use import::{CellFault, IMPORT_ROWS_MAX, Import, ImportKind, ImportLine, ImportRow, NewImport, PEOPLE_WHOLE_MAX, RowOutcome};
pub use jobs::{Job, JobState, Stepped};
pub use keys::Keys;
pub use ledger::{Finding, Published, Verification, Witness};
pub use listing::{RecordListed, RecordsSought};
pub use machine_keys::{KeyLine, KeyMade, Machine, Scope};
pub use once::{Answered, Once};
pub use overview::{CaseShown, Home, ProofLine, Queue, QueueLine, RecordLine, Sought, Twin};
pub use people::PersonShown;
pub use personal::{DataRequest, RequestKind};
pub use posts::Leaving;
pub use recompute::Recomputed;
pub use registers::{NewEntry, RegisterLine, RegisterPage};
pub use registration::{Dated, PostHeld, Registration};
pub use registry::{Options, Registry};
pub use review::ReviewStage;
pub use standing::Standing;
pub use store::{Column, Param, Row, Tx};
pub use time::Clock;
pub use verification::{Batch, YearWanted};
pub use years::{YearCount, YearLine, YearPage, YearSought};
