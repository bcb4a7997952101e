//! Places, organisations, people and accounts. Identity numbers and credit codes are of region 999999, which does not exist.

use super::chance::Chance;
use super::material::{Material, Place};
use super::{PASSWORD, Size};
use crate::failure::Failure;
use jiff::civil::date;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use xueshi_registry::accounts::{self, NewAccount};
use xueshi_registry::organisations::{self, NewOrganisation};
use xueshi_registry::people::{self, NewPerson};
use xueshi_registry::places::{self, NewJurisdiction};
use xueshi_registry::{Actor, Error, Facts, Registry, Role, RoleHeld, Tx, identity, time};

/// Since when everything is there.
const SINCE: &str = "2015-01-01";

/// One place with all who act there.
#[derive(Clone, Debug, Default)]
pub(super) struct Settled {
    pub(super) name: String,
    /// The code of the place.
    pub(super) region: String,
    pub(super) at: usize,
    /// Every professional with the employer's position.
    pub(super) people: Vec<(Actor, usize)>,
    /// The officer of each employer.
    pub(super) officers: Vec<Actor>,
    /// Officers of authorities: the title office, the sector authority.
    pub(super) office: Option<Actor>,
    pub(super) authority: Option<Actor>,
    pub(super) agency: Option<Actor>,
    pub(super) operator: Option<Actor>,
    /// The officer of a provider, and whom it taught: name and identity number.
    pub(super) provider: Option<Actor>,
    pub(super) taught: Vec<(String, String)>,
    /// One sign-in name a role, for whoever looks at the demonstration.
    pub(super) shown: Vec<(&'static str, String)>,
}

/// Founds a place.
pub(super) fn found(registry: &Arc<Registry>, clock: &AtomicI64, material: &Material, place: &Place, at: usize, size: Size, chance: &mut Chance) -> Result<Settled, Failure> {
    clock.store(time::instant_of(date(2015, 1, 1)), Ordering::Relaxed);
    let hash = accounts::hash_password(PASSWORD)?;
    let plan = plan(material, place, at, size, chance);
    let (keys, now) = (registry.keys().clone(), registry.now());
    let nation = (material.nation.region.clone(), material.nation.zh.clone(), material.nation.en.clone());
    let levels: Vec<(String, String, String, String)> = place.places.iter().map(|level| (level.region.clone(), level.level.clone(), level.zh.clone(), level.en.clone())).collect();
    let region = levels.last().map(|level| level.0.clone()).unwrap_or_default();
    let settled = registry.write(move |tx| {
        let mut builder = Builder { tx, hash: &hash, now, settled: Settled { name: plan.name.clone(), region: region.clone(), at, ..Settled::default() } };
        let jurisdiction = builder.jurisdictions(&nation, &levels)?;
        builder.offices(&plan, jurisdiction)?;
        builder.employers(&plan, jurisdiction, &keys)?;
        Ok(builder.settled)
    })?;
    Ok(settled)
}

/// Everything by chance, decided before the transaction, which may run twice.
struct Plan {
    id: String,
    name: String,
    serial: usize,
    employers: Vec<(String, Vec<NewPerson>)>,
}

fn plan(material: &Material, place: &Place, at: usize, size: Size, chance: &mut Chance) -> Plan {
    let mut employers = Vec::new();
    for employer in 0..size.employers {
        let ward = &material.wards[employer % material.wards.len()];
        let people = (0..size.people).map(|person| someone(material, (at * size.employers + employer) * size.people + person, chance)).collect();
        let turn = if employer < material.wards.len() { String::new() } else { format!("（{}）", employer / material.wards.len() + 1) };
        employers.push((format!("{}{turn}", place.employer.replace("{ward}", ward)), people));
    }
    Plan { id: place.id.clone(), name: place.short.clone(), serial: at * 1000, employers }
}

fn someone(material: &Material, serial: usize, chance: &mut Chance) -> NewPerson {
    let pick = |chance: &mut Chance, of: &[String]| chance.one(of).cloned().unwrap_or_default();
    let mut name = pick(chance, &material.surnames);
    name.push_str(&pick(chance, &material.given));
    if chance.percent(70) {
        name.push_str(&pick(chance, &material.given));
    }
    let levels = ["none", "junior", "junior", "intermediate", "intermediate", "deputy-senior", "senior"].map(str::to_owned);
    let education = ["college", "bachelor", "bachelor", "master", "doctor"].map(str::to_owned);
    let facts = Facts::from([("title_level".to_owned(), pick(chance, &levels)), ("education".to_owned(), pick(chance, &education)), ("in_service".to_owned(), "是".to_owned())]);
    NewPerson { name, identity_number: identity_number(serial, chance), facts, organisation: 0, agency: None, title: pick(chance, &material.posts), from: SINCE.to_owned() }
}

/// A number of region 999999 with its check character; the serial makes it one of its kind.
fn identity_number(serial: usize, chance: &mut Chance) -> Option<String> {
    let year = 1966 + serial / 999 % 30;
    let body = format!("999999{year}{:02}{:02}{:03}", chance.between(1, 12), chance.between(1, 28), serial % 999 + 1);
    identity::check_character(&body).map(|check| format!("{body}{check}"))
}

struct Builder<'b, 'c> {
    tx: &'b Tx<'c>,
    hash: &'b str,
    now: i64,
    settled: Settled,
}

type Made<T> = Result<T, Error>;

impl Builder<'_, '_> {
    fn jurisdictions(&self, nation: &(String, String, String), levels: &[(String, String, String, String)]) -> Made<i64> {
        let root = places::jurisdictions(self.tx, None)?.into_iter().find(|known| known.region == nation.0).map(|known| known.id);
        let mut parent = match root {
            Some(root) => root,
            None => places::add_jurisdiction(self.tx, &NewJurisdiction { parent: None, region: &nation.0, level: "nation", name_zh: &nation.1, name_en: &nation.2, valid_from: "1949-10-01" })?,
        };
        for (region, level, zh, en) in levels {
            parent = places::add_jurisdiction(self.tx, &NewJurisdiction { parent: Some(parent), region, level, name_zh: zh, name_en: en, valid_from: "2000-01-01" })?;
        }
        Ok(parent)
    }

    fn organisation(&self, kind: &str, name: &str, code: Option<&str>, jurisdiction: i64) -> Made<i64> {
        let facts = if kind == "employer" { Facts::from([("org_kind".to_owned(), "public-institution".to_owned())]) } else { BTreeMap::new() };
        organisations::add(self.tx, &NewOrganisation { code, kind, name, jurisdiction, sector: None, facts, valid_from: SINCE })
    }

    /// An account in one role.
    fn actor(&self, login: &str, role: Role, person: Option<i64>, organisation: Option<(i64, &str, &str)>, jurisdiction: Option<i64>) -> Made<Actor> {
        let account = accounts::add(self.tx, &NewAccount { login: login.to_owned(), password: self.hash.to_owned(), person }, self.now)?;
        let id = accounts::give_role(self.tx, account, role, organisation.map(|of| of.0), jurisdiction, None, SINCE)?;
        let held =
            RoleHeld { id, role, organisation: organisation.map(|of| of.0), kind: organisation.map(|of| of.1.to_owned()), name: organisation.map(|of| of.2.to_owned()), jurisdiction, sector: None };
        Ok(Actor { account, login: login.to_owned(), person, held })
    }

    fn offices(&mut self, plan: &Plan, jurisdiction: i64) -> Made<()> {
        let office = |kind: &'static str, name: &str| -> Made<(i64, String, &'static str)> {
            let name = format!("{}{name}", plan.name);
            Ok((self.organisation(kind, &name, None, jurisdiction)?, name, kind))
        };
        let title = office("title-office", "演示职称办公室")?;
        let sector = office("sector-authority", "演示卫生健康委")?;
        let agency = office("file-agency", "演示人才交流中心")?;
        let provider = office("provider", "演示培训中心")?;
        let named = |of: &(i64, String, &'static str)| (of.0, of.2, of.1.clone());
        let make = |login: &str, role: Role, of: Option<(i64, &'static str, String)>, area: Option<i64>| {
            let login = format!("{login}-{}", plan.id);
            self.actor(&login, role, None, of.as_ref().map(|of| (of.0, of.1, of.2.as_str())), area)
        };
        let office = make("office", Role::AuthorityOfficer, Some(named(&title)), Some(jurisdiction))?;
        let authority = make("authority", Role::AuthorityOfficer, Some(named(&sector)), Some(jurisdiction))?;
        let file_agency = make("agency", Role::AgencyOfficer, Some(named(&agency)), None)?;
        let delivering = make("provider", Role::ProviderOfficer, Some(named(&provider)), None)?;
        let auditor = make("auditor", Role::Auditor, None, Some(jurisdiction))?;
        let operator = make("operator", Role::Operator, None, None)?;
        for actor in [&office, &authority, &file_agency, &delivering, &auditor, &operator] {
            self.settled.shown.push((actor.held.role.word(), actor.login.clone()));
        }
        (self.settled.office, self.settled.authority, self.settled.agency) = (Some(office), Some(authority), Some(file_agency));
        (self.settled.provider, self.settled.operator) = (Some(delivering), Some(operator));
        Ok(())
    }

    fn employers(&mut self, plan: &Plan, jurisdiction: i64, keys: &xueshi_registry::Keys) -> Made<()> {
        let agency = self.settled.agency.as_ref().and_then(|agency| agency.held.organisation);
        for (at, (name, people)) in plan.employers.iter().enumerate() {
            let body = format!("12999999{:09}", plan.serial + at);
            let code = identity::credit_check(&body).map(|check| format!("{body}{check}"));
            let employer = self.organisation("employer", name, code.as_deref(), jurisdiction)?;
            let login = format!("employer-{}-{}", plan.id, at + 1);
            let officer = self.actor(&login, Role::EmployerOfficer, None, Some((employer, "employer", name)), None)?;
            if at == 0 {
                self.settled.shown.push((officer.held.role.word(), login));
            }
            self.settled.officers.push(officer);
            for (number, person) in people.iter().enumerate() {
                // The first ones are left to what they declare themselves.
                if at == 0 && (3..15).contains(&number) {
                    self.settled.taught.extend(person.identity_number.clone().map(|known| (person.name.clone(), known)));
                }
                let person = people::add(self.tx, keys, &NewPerson { organisation: employer, agency, ..person.clone() }, self.now)?;
                let login = format!("person-{}-{}-{}", plan.id, at + 1, number + 1);
                let actor = self.actor(&login, Role::Person, Some(person), None, None)?;
                if at == 0 && number == 0 {
                    self.settled.shown.push((actor.held.role.word(), login));
                }
                self.settled.people.push((actor, at));
            }
        }
        Ok(())
    }
}
