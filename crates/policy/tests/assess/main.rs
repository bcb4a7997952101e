//! The assessment through one door: cases as text, and what must hold for any records.

mod cases;
mod explanations;
mod properties;
mod support;
