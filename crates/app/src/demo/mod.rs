//! A demonstration: three places, their employers and people, three years of records in every state. Everything is made up by the
//! program, the same for the same size, and goes through the same doors as real declarations.

mod chance;
mod granted;
mod material;
mod proof;
mod settle;
mod taught;
mod years;

use crate::failure::Failure;
use chance::Chance;
use jiff::civil::Date;
use material::Material;
use settle::Settled;
use std::sync::Arc;
use std::sync::atomic::AtomicI64;
use xueshi_registry::Registry;

/// The password of every account of a demonstration.
pub(crate) const PASSWORD: &str = "xueshi-demo-2026";

/// How large a demonstration is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Size {
    /// Employers of each place.
    pub(crate) employers: usize,
    /// People of each employer.
    pub(crate) people: usize,
    /// Years of records, the last one running.
    pub(crate) years: usize,
}

impl Size {
    /// Three places, 30 employers, 2,010 people, three years.
    pub(crate) const WHOLE: Self = Self { employers: 10, people: 67, years: 3 };
}

/// What was made.
#[derive(Debug)]
pub(crate) struct Made {
    /// One account a role: the word of the role, the place, the sign-in name.
    pub(crate) accounts: Vec<(&'static str, String, String)>,
    /// How many people.
    pub(crate) people: usize,
}

/// Fills an empty registry. `clock` is the registry's own, and stands at `today` afterwards.
///
/// # Errors
/// If the registry is not empty, or refuses something.
pub(crate) fn fill(registry: &Arc<Registry>, clock: &AtomicI64, today: Date, size: Size, mut progress: impl FnMut(usize, usize)) -> Result<Made, Failure> {
    let material = Material::read()?;
    let mut chance = Chance::new(2019);
    registry.set_setting("demo", "1")?;
    let towns = material.places.iter().enumerate().map(|(at, place)| settle::found(registry, clock, &material, place, at, size, &mut chance)).collect::<Result<Vec<Settled>, Failure>>()?;
    years::live(registry, clock, &material, &towns, today, size.years, &mut progress)?;
    taught::deliver(registry, &towns, today)?;
    granted::grant(registry, &towns, today)?;
    let mut accounts = Vec::new();
    for town in &towns {
        accounts.extend(town.shown.iter().map(|(role, login)| (*role, town.name.clone(), login.clone())));
    }
    Ok(Made { accounts, people: towns.iter().map(|town| town.people.len()).sum() })
}
