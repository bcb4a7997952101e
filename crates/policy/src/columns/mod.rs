//! The columnar path: the same programs over sorted columns of many persons.
//!
//! What a record comes to depends on a few classes of its facts. The first record of each combination is recognised by
//! the explaining path, and what it came to is kept as a [`verdict`](verdict::Verdict): for every later record of that
//! combination the rule is one table look-up and the hours are integer arithmetic. Whatever that can not hold (hours
//! spread over years, one record of several, a limit reached in an order that matters, a fact nobody stated) is left to
//! the explaining path, record by record or person by person, so that both paths have one semantics.

mod alike;
mod asks;
mod classes;
mod flips;
mod held;
mod input;
mod limits;
mod packs;
mod person;
mod profile;
mod repeats;
mod run;
mod uses;
mod verdict;

pub(crate) use flips::{Flip, Flips, Then};
pub(crate) use held::{By, left};
pub use input::{Block, Cells, NO_DAY, NO_NUMBER, Storage};
pub use person::{Columnar, Outcome, Required, RowOutcome, Totals};
pub(crate) use uses::columns_of_rule;
