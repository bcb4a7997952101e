//! Plain data to PDF: the certificate of a year, registration cards and forms, the sheet of a gate's answer, and the credential carried inside.
//!
//! ```text
//! Certificate, GateSheet ─┐
//! Form + Filled ──────────┴─ characters ─ template + /data.json ─ typst ─ PDF/A-3a, PDF/UA-1 ── extract ─▶ credential
//! ```
//!
//! What is never done here:
//!
//! * nothing is reckoned, masked or looked up: a document prints what it is given;
//! * no clock, no randomness: the moment of issue is given, and the same input gives the same bytes;
//! * no text of a person becomes markup: texts go in as data, and what can not be printed is an error;
//! * no file is read but fonts (`fonts.rs`).

mod certificate;
mod characters;
mod code;
mod credential;
mod fonts;
mod form;
mod gate;
mod hours;
mod press;
mod text;

pub use certificate::{Bucket, Certificate, LedgerEntry, Person, Policy, Proof, Record, Requirement, Status, Tone, Verification, Window};
pub use code::ShortCode;
pub use credential::extract;
pub use fonts::Fonts;
pub use form::{Block, Field, Filled, Form, Given, Notes, Opinion, Part, Prints, Shown, Value};
pub use gate::{Asked, Endorsed, GateSheet, GateText, GateYear, Lack};
pub use hours::Hours;
pub use press::{CREDENTIAL, Issue, Press};
pub use text::{Error, Text};
