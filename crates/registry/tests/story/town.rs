//! A town to tell stories in: places, employers, officers, people. All identity numbers are of a region that does not exist.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use xueshi_registry::accounts::{self, NewAccount};
use xueshi_registry::organisations::{self, NewOrganisation};
use xueshi_registry::people::{self, NewPerson};
use xueshi_registry::places::{self, NewJurisdiction};
use xueshi_registry::{Actor, Facts, Registry, Role, identity};

pub(crate) const PASSWORD: &str = "correct horse battery";

/// One place with an employer, and who works there.
pub(crate) struct Town {
    pub(crate) clinic: i64,
    pub(crate) person: i64,
    /// A training centre that delivers what people completed there.
    pub(crate) provider: i64,
    pub(crate) registry: Arc<Registry>,
}

pub(crate) fn facts<const N: usize>(all: [(&str, &str); N]) -> Facts {
    all.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

/// An identity number of region 999999, born in 1980, with its check character.
pub(crate) fn identity_number(serial: u32) -> String {
    let body = format!("99999919800101{serial:03}");
    let check = identity::check_character(&body).unwrap();
    format!("{body}{check}")
}

/// A unified social credit code of region 999999 with its check character.
pub(crate) fn credit_code(serial: u32) -> String {
    let body = format!("12999999{serial:09}");
    let check = identity::credit_check(&body).unwrap();
    format!("{body}{check}")
}

impl Town {
    /// A town whose regions are `province` and `city`.
    pub(crate) fn found(registry: &Arc<Registry>, province: &'static str, city: &'static str, serial: u32) -> Self {
        let now = registry.now();
        let keys = registry.keys().clone();
        let hash = accounts::hash_password(PASSWORD).unwrap();
        let (clinic, person, provider) = registry
            .write(move |tx| {
                let place = |parent, region, level, name| NewJurisdiction { parent, region, level, name_zh: name, name_en: name, valid_from: "2000-01-01" };
                let outer = places::add_jurisdiction(tx, &place(None, province, "province", "甲省"))?;
                let jurisdiction = places::add_jurisdiction(tx, &place(Some(outer), city, "city", "甲市"))?;
                let organisation = |kind, name, code| NewOrganisation { code, kind, name, jurisdiction, sector: None, facts: BTreeMap::new(), valid_from: "2000-01-01" };
                let code = credit_code(serial);
                let mut clinic = organisation("employer", "甲诊所", Some(code.as_str()));
                clinic.facts = facts([("org_kind", "public-institution")]);
                let clinic = organisations::add(tx, &clinic)?;
                let office = organisations::add(tx, &organisation("title-office", "甲市职称办", None))?;
                let authority = organisations::add(tx, &organisation("sector-authority", "甲市卫健委", None))?;
                let agency = organisations::add(tx, &organisation("file-agency", "甲市人才中心", None))?;
                let provider = organisations::add(tx, &organisation("provider", "甲培训中心", None))?;
                let person = people::add(
                    tx,
                    &keys,
                    &NewPerson {
                        name: "甲".to_owned(),
                        identity_number: Some(identity_number(serial)),
                        facts: facts([("title_level", "intermediate"), ("in_service", "是")]),
                        organisation: clinic,
                        agency: Some(agency),
                        title: "主治医师".to_owned(),
                        from: "2010-01-01".to_owned(),
                    },
                    now,
                )?;
                let account = |login: &str, person| accounts::add(tx, &NewAccount { login: format!("{login}{serial}"), password: hash.clone(), person }, now);
                let since = "2010-01-01";
                accounts::give_role(tx, account("person", Some(person))?, Role::Person, None, None, None, since)?;
                accounts::give_role(tx, account("employer", None)?, Role::EmployerOfficer, Some(clinic), None, None, since)?;
                accounts::give_role(tx, account("agency", None)?, Role::AgencyOfficer, Some(agency), None, None, since)?;
                accounts::give_role(tx, account("provider", None)?, Role::ProviderOfficer, Some(provider), None, None, since)?;
                accounts::give_role(tx, account("office", None)?, Role::AuthorityOfficer, Some(office), Some(jurisdiction), None, since)?;
                accounts::give_role(tx, account("authority", None)?, Role::AuthorityOfficer, Some(authority), Some(jurisdiction), None, since)?;
                accounts::give_role(tx, account("auditor", None)?, Role::Auditor, None, Some(jurisdiction), None, since)?;
                accounts::give_role(tx, account("operator", None)?, Role::Operator, None, None, None, since)?;
                Ok((clinic, person, provider))
            })
            .unwrap();
        Self { clinic, person, provider, registry: Arc::clone(registry) }
    }

    /// Signs in as one of the town.
    pub(crate) fn actor(&self, login: &str, serial: u32) -> Actor {
        // Each from an address of its own: a town signs in more often than one place may.
        static FROM: AtomicUsize = AtomicUsize::new(0);
        let from = FROM.fetch_add(1, Ordering::Relaxed).to_string();
        let signed_in = self.registry.sign_in(&format!("{login}{serial}"), PASSWORD, &from).unwrap();
        self.registry.session(&signed_in.token).unwrap().unwrap().actor.unwrap()
    }
}
