//! Who may do what: one table of role × action × relations. The same row decides for one thing in Rust and filters lists in SQL.
//!
//! Everything that no row allows is denied. Nobody reviews himself, and nobody takes two stages of one case.

use crate::error::{Error, Result};
use crate::people::{main_post_first, same_person};
use crate::store::{Param, Tx};

/// The roles an account can hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    /// A professional (专业技术人员), for himself.
    Person,
    /// Who manages continuing education at an employer.
    EmployerOfficer,
    /// Who holds personnel files for others (人才交流机构).
    AgencyOfficer,
    /// Who answers for what a provider (施教机构) delivers.
    ProviderOfficer,
    /// An officer of a sector or personnel authority, or of a title office, for its area.
    AuthorityOfficer,
    /// Looks at everything of an area, changes nothing.
    Auditor,
    /// Runs the installation; sees nobody's records.
    Operator,
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 7] = [Self::Person, Self::EmployerOfficer, Self::AgencyOfficer, Self::ProviderOfficer, Self::AuthorityOfficer, Self::Auditor, Self::Operator];

    /// The word it is kept by.
    pub fn word(self) -> &'static str {
        match self {
            Self::Person => "person",
            Self::EmployerOfficer => "employer-officer",
            Self::AgencyOfficer => "agency-officer",
            Self::ProviderOfficer => "provider-officer",
            Self::AuthorityOfficer => "authority-officer",
            Self::Auditor => "auditor",
            Self::Operator => "operator",
        }
    }

    /// The role of a word.
    pub fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.word() == word)
    }

    /// Whether signing in asks for a second factor.
    pub fn is_officer(self) -> bool {
        self != Self::Person
    }
}

/// What can be done with a person's affairs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Action {
    /// See records, results and their ways.
    See,
    /// Enter and change a declaration, hand it in, take it back.
    Declare,
    /// Decide at the stage where a case waits.
    Review,
    /// Verify a year, which freezes it.
    Verify,
    /// Revoke what was accepted.
    Revoke,
    /// Ask what somebody's years mean for a review, an appointment, a licence; the answer is kept.
    Ask,
    /// Draw a spot check of verified years, say what was found, take an employer's year up again.
    Inspect,
    /// Have a certificate or card made.
    Print,
    /// See an identity number unmasked, for a stated purpose.
    Unmask,
    /// See who looked at what.
    Audit,
    /// Add people to an employer, or ask for somebody of another.
    Enrol,
    /// Keep somebody's registration: names, identifiers, posts, what forms ask for.
    Keep,
    /// Ask for something about a person that others decide: a transfer, a change, an exemption.
    Request,
    /// Take back what one asked for.
    Withdraw,
    /// End or revoke what the actor's organisation granted.
    End,
    /// Object to what was recorded about oneself.
    Object,
    /// Keep the installation: accounts, places, organisations.
    Operate,
    /// Deliver completions for a provider, correct and withdraw them, make and revoke its keys.
    Deliver,
    /// See how much of what providers delivered waits, and keep the registers of platforms, topics, bases and providers.
    Register,
    /// Follow background work, and stop it.
    Follow,
    /// Enter people and records from a table.
    Import,
    /// Draft, check and try policies.
    Regulate,
    /// Approve, return and repeal policies.
    Enact,
}

impl Action {
    /// Every action.
    pub const ALL: [Self; 23] = [
        Self::See,
        Self::Declare,
        Self::Review,
        Self::Verify,
        Self::Revoke,
        Self::Ask,
        Self::Inspect,
        Self::Print,
        Self::Unmask,
        Self::Audit,
        Self::Enrol,
        Self::Keep,
        Self::Request,
        Self::Withdraw,
        Self::End,
        Self::Object,
        Self::Operate,
        Self::Deliver,
        Self::Register,
        Self::Follow,
        Self::Import,
        Self::Regulate,
        Self::Enact,
    ];
}

/// How the one who acts stands to the thing acted on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Relation {
    /// It is about the actor.
    Own,
    /// It is not about the actor.
    NotOwn,
    /// It belongs to the actor's organisation.
    MyOrganisation,
    /// The actor's agency holds the file.
    MyAgency,
    /// The actor's organisation is the other one it concerns: the receiving side, or who approves.
    MyCounterpart,
    /// It lies in the actor's area, and in the actor's sector where the actor has one.
    MyArea,
    /// It waits for this kind of holder.
    WaitsFor(&'static str),
    /// It waits for the kind of organisation the actor works for.
    WaitsForMine,
    /// The actor took no other stage of it.
    NotMineBefore,
    /// The actor's provider delivered it.
    MyProvider,
    /// No provider delivered it.
    NotDelivered,
    /// It was begun in the role that the actor acts in.
    MyRole,
    /// The actor asked for it.
    AskedByMe,
}

use Relation::{AskedByMe, MyAgency, MyArea, MyCounterpart, MyOrganisation, MyProvider, MyRole, NotDelivered, NotMineBefore, NotOwn, Own, WaitsFor, WaitsForMine};

/// Whom a case waits for where it is one organisation, whatever its kind: the counterpart.
pub(crate) const COUNTERPART: &str = "counterpart";

/// The whole of what is allowed.
const ALLOWED: &[(Role, Action, &[Relation])] = &[
    (Role::Person, Action::See, &[Own]),
    (Role::Person, Action::Ask, &[Own]),
    (Role::Person, Action::Declare, &[Own, NotDelivered]),
    (Role::Person, Action::Print, &[Own]),
    (Role::Person, Action::Request, &[Own]),
    (Role::Person, Action::Withdraw, &[Own, AskedByMe]),
    (Role::Person, Action::Object, &[Own]),
    (Role::EmployerOfficer, Action::See, &[MyOrganisation]),
    (Role::EmployerOfficer, Action::Ask, &[MyOrganisation]),
    (Role::EmployerOfficer, Action::Review, &[MyOrganisation, WaitsFor("employer"), NotOwn, NotMineBefore]),
    (Role::EmployerOfficer, Action::Verify, &[MyOrganisation, WaitsFor("employer"), NotOwn]),
    (Role::EmployerOfficer, Action::Revoke, &[MyOrganisation, NotOwn]),
    (Role::EmployerOfficer, Action::Print, &[MyOrganisation]),
    (Role::EmployerOfficer, Action::Unmask, &[MyOrganisation]),
    (Role::EmployerOfficer, Action::See, &[MyCounterpart]),
    (Role::EmployerOfficer, Action::Review, &[MyCounterpart, WaitsFor(COUNTERPART), NotOwn, NotMineBefore]),
    (Role::EmployerOfficer, Action::Enrol, &[MyOrganisation]),
    (Role::EmployerOfficer, Action::Keep, &[MyOrganisation, NotOwn]),
    (Role::EmployerOfficer, Action::Request, &[MyOrganisation, NotOwn]),
    (Role::EmployerOfficer, Action::Withdraw, &[AskedByMe, NotOwn]),
    (Role::EmployerOfficer, Action::End, &[MyCounterpart, NotOwn]),
    (Role::EmployerOfficer, Action::Import, &[MyOrganisation, NotOwn]),
    (Role::AgencyOfficer, Action::See, &[MyAgency]),
    (Role::AgencyOfficer, Action::Ask, &[MyAgency]),
    (Role::AgencyOfficer, Action::Review, &[MyAgency, WaitsFor("file-agency"), NotOwn, NotMineBefore]),
    (Role::AgencyOfficer, Action::Verify, &[MyAgency, WaitsFor("file-agency"), NotOwn]),
    (Role::AgencyOfficer, Action::Print, &[MyAgency]),
    (Role::AgencyOfficer, Action::Unmask, &[MyAgency]),
    (Role::ProviderOfficer, Action::Deliver, &[MyProvider]),
    (Role::AgencyOfficer, Action::See, &[MyCounterpart]),
    (Role::AgencyOfficer, Action::Review, &[MyCounterpart, WaitsFor(COUNTERPART), NotOwn, NotMineBefore]),
    (Role::AgencyOfficer, Action::Keep, &[MyAgency, NotOwn]),
    (Role::AgencyOfficer, Action::Request, &[MyAgency, NotOwn]),
    (Role::AgencyOfficer, Action::Withdraw, &[AskedByMe, NotOwn]),
    (Role::AgencyOfficer, Action::End, &[MyCounterpart, NotOwn]),
    (Role::AuthorityOfficer, Action::See, &[MyArea]),
    (Role::AuthorityOfficer, Action::Ask, &[MyArea]),
    (Role::AuthorityOfficer, Action::Review, &[MyArea, WaitsForMine, NotOwn, NotMineBefore]),
    (Role::AuthorityOfficer, Action::Verify, &[MyArea, WaitsForMine, NotOwn]),
    (Role::AuthorityOfficer, Action::Revoke, &[MyArea, NotOwn]),
    (Role::AuthorityOfficer, Action::Inspect, &[MyArea, NotOwn]),
    (Role::AuthorityOfficer, Action::Print, &[MyArea]),
    (Role::AuthorityOfficer, Action::Unmask, &[MyArea]),
    (Role::AuthorityOfficer, Action::Regulate, &[MyArea]),
    (Role::AuthorityOfficer, Action::Enact, &[MyArea, NotMineBefore]),
    (Role::AuthorityOfficer, Action::Register, &[MyArea]),
    (Role::AuthorityOfficer, Action::See, &[MyCounterpart]),
    (Role::AuthorityOfficer, Action::Review, &[MyCounterpart, WaitsFor(COUNTERPART), NotOwn, NotMineBefore]),
    (Role::AuthorityOfficer, Action::Keep, &[MyArea, NotOwn]),
    (Role::AuthorityOfficer, Action::Request, &[MyArea, NotOwn]),
    (Role::AuthorityOfficer, Action::Withdraw, &[AskedByMe, NotOwn]),
    (Role::AuthorityOfficer, Action::End, &[MyCounterpart, NotOwn]),
    (Role::Auditor, Action::See, &[MyArea]),
    (Role::Auditor, Action::Audit, &[MyArea]),
    (Role::Operator, Action::Operate, &[]),
    (Role::Person, Action::Follow, &[MyRole]),
    (Role::EmployerOfficer, Action::Follow, &[MyRole]),
    (Role::AgencyOfficer, Action::Follow, &[MyRole]),
    (Role::AuthorityOfficer, Action::Follow, &[MyRole]),
    (Role::Auditor, Action::Follow, &[MyRole]),
    (Role::Operator, Action::Follow, &[MyRole]),
];

/// One role of an account, with its reach.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoleHeld {
    /// The row it is kept in.
    pub id: i64,
    /// The role.
    pub role: Role,
    /// The organisation it is held for.
    pub organisation: Option<i64>,
    /// That organisation's kind: `employer`, `title-office` …
    pub kind: Option<String>,
    /// That organisation's name.
    pub name: Option<String>,
    /// The area it reaches.
    pub jurisdiction: Option<i64>,
    /// The sector it is limited to.
    pub sector: Option<i64>,
}

/// Who acts: an account in one of its roles.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor {
    /// The account.
    pub account: i64,
    /// The sign-in name.
    pub login: String,
    /// The person it belongs to, if to one.
    pub person: Option<i64>,
    /// The role acted in.
    pub held: RoleHeld,
}

/// What is acted on, as far as access asks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Thing {
    /// Whom it is about.
    pub person: i64,
    /// The employer.
    pub organisation: i64,
    /// The agency that holds the file.
    pub agency: Option<i64>,
    /// The other organisation it concerns.
    pub counterpart: Option<i64>,
    /// The jurisdiction and all above it.
    pub jurisdictions: Vec<i64>,
    /// The sector.
    pub sector: Option<i64>,
    /// The provider that delivered it.
    pub provider: Option<i64>,
    /// Whom it waits for.
    pub holders: Vec<String>,
    /// The accounts that took another stage of it than the one it waits at.
    pub decided_by: Vec<i64>,
    /// The role (its row) it was begun in, of background work.
    pub role: Option<i64>,
    /// The account that asked for it.
    pub asked_by: Option<i64>,
}

/// Where a list has what access asks: columns of its SQL.
#[derive(Clone, Copy, Debug)]
pub struct Columns {
    /// The person's id.
    pub person: &'static str,
    /// The employer's id.
    pub organisation: &'static str,
    /// The agency's id; nothing where no agency holds any.
    pub agency: Option<&'static str>,
    /// The id of the other organisation it concerns; nothing where none ever does.
    pub counterpart: Option<&'static str>,
    /// The jurisdiction's id.
    pub jurisdiction: &'static str,
    /// The sector's id.
    pub sector: &'static str,
    /// The id of the provider that delivered it; nothing where none delivers any.
    pub provider: Option<&'static str>,
    /// `|employer|file-agency|`; empty where nothing waits.
    pub holders: &'static str,
    /// The case's id; 0 where there is none.
    pub case: &'static str,
    /// The stage it waits at.
    pub stage: &'static str,
    /// The role it was begun in; -2 where that is not kept.
    pub role: &'static str,
    /// The account that asked for it; 0 where nobody did.
    pub asked_by: &'static str,
}

/// Columns of `cases c`.
pub const CASES: Columns = Columns {
    person: "c.person",
    organisation: "c.organisation",
    agency: Some("c.agency"),
    counterpart: Some("c.counterpart"),
    jurisdiction: "c.jurisdiction",
    sector: "c.sector",
    provider: Some("c.provider"),
    holders: "c.holders",
    case: "c.id",
    stage: "c.stage",
    role: "-2",
    asked_by: "c.opened_by",
};

/// Columns of `cases c` that are of a record or a year: those concern no other organisation.
pub(crate) const STUDY: Columns = Columns { counterpart: None, ..CASES };

/// Columns of `cases c` that are of a record. The flow stands before whose they are, since the index over both has them in the order of cases.
pub(crate) const DECLARATIONS: Columns = Columns { organisation: "c.flow = 'declaration' AND c.organisation", agency: Some("c.flow = 'declaration' AND c.agency"), ..STUDY };

/// Columns of `cases c` that are of records of one person, which the list names: the plus keeps SQLite from leading with the employer.
pub(crate) const OF_PERSON: Columns = Columns { organisation: "+c.organisation", agency: Some("+c.agency"), ..STUDY };

/// Columns of `posts p JOIN organisations o`.
pub const POSTS: Columns = Columns {
    person: "p.person",
    organisation: "p.organisation",
    agency: Some("p.agency"),
    counterpart: None,
    jurisdiction: "o.jurisdiction",
    sector: "o.sector",
    provider: None,
    holders: "'|'",
    case: "0",
    stage: "''",
    role: "-2",
    asked_by: "CAST(NULL AS BIGINT)",
};

/// Columns of `organisations o`, as the provider that something comes from; about nobody.
pub const PROVIDERS: Columns = Columns {
    person: "CAST(-2 AS BIGINT)",
    organisation: "CAST(-2 AS BIGINT)",
    agency: None,
    counterpart: None,
    jurisdiction: "o.jurisdiction",
    sector: "o.sector",
    provider: Some("o.id"),
    holders: "'|'",
    case: "0",
    stage: "''",
    role: "-2",
    asked_by: "CAST(NULL AS BIGINT)",
};

/// Columns of `employer_years y`: about nobody, of an employer, waiting for somebody.
pub const EMPLOYER_YEARS: Columns = Columns {
    person: "CAST(-2 AS BIGINT)",
    organisation: "y.organisation",
    agency: None,
    counterpart: None,
    jurisdiction: "y.jurisdiction",
    sector: "y.sector",
    provider: None,
    holders: "y.holders",
    case: "0",
    stage: "''",
    role: "-2",
    asked_by: "CAST(NULL AS BIGINT)",
};

/// Columns of `spot_checks k`: about nobody, of no employer, of an area.
pub const SPOT_CHECKS: Columns = Columns { organisation: "CAST(-2 AS BIGINT)", jurisdiction: "k.jurisdiction", sector: "k.sector", holders: "'|'", ..EMPLOYER_YEARS };

/// Columns of `jobs b`, which know only in which role they were begun.
pub(crate) const JOBS: Columns = Columns {
    person: "-2",
    organisation: "-2",
    agency: None,
    counterpart: None,
    asked_by: "CAST(NULL AS BIGINT)",
    jurisdiction: "-2",
    sector: "NULL",
    provider: None,
    holders: "'|'",
    case: "0",
    stage: "''",
    role: "b.role",
};

/// Columns of `policy_drafts b`: about nobody, of an area.
pub(crate) const DRAFTS: Columns = Columns { jurisdiction: "b.jurisdiction", sector: "b.sector", role: "-2", ..JOBS };

/// A condition of a list with its parameters, all of them whole numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filter {
    /// A condition to stand after `AND`; `1 = 0` where nothing is allowed.
    pub sql: String,
    /// Its parameters.
    pub values: Vec<i64>,
}

impl Filter {
    /// Parameters of a statement: `first`, then those of the filter.
    pub fn params<'a>(&self, first: &[Param<'a>]) -> Vec<Param<'a>> {
        first.iter().copied().chain(self.values.iter().map(|value| Param::Int(*value))).collect()
    }
}

impl Actor {
    /// Whether the actor may do this to that.
    pub fn may(&self, action: Action, thing: &Thing) -> bool {
        relations(self.held.role, action).any(|all| all.iter().all(|relation| self.stands(*relation, thing)))
    }

    /// Whether the actor's role may do this to anything at all; for navigation, never instead of [`Actor::may`].
    pub fn may_ever(&self, action: Action) -> bool {
        relations(self.held.role, action).next().is_some()
    }

    /// Refuses what the actor may not do. What may not even be seen is said not to exist.
    ///
    /// # Errors
    /// [`Error::not_allowed`], or that there is no such thing.
    pub fn must(&self, action: Action, thing: &Thing) -> Result<()> {
        if self.may(action, thing) {
            return Ok(());
        }
        Err(if action == Action::See || !self.may(Action::See, thing) { Error::not_found("事项", "matter") } else { Error::not_allowed() })
    }

    /// Refuses what the actor's role never does.
    ///
    /// # Errors
    /// [`Error::not_allowed`].
    pub fn must_ever(&self, action: Action) -> Result<()> {
        if self.may_ever(action) { Ok(()) } else { Err(Error::not_allowed()) }
    }

    fn stands(&self, relation: Relation, thing: &Thing) -> bool {
        match relation {
            Own => self.person == Some(thing.person),
            NotOwn => self.person != Some(thing.person),
            MyOrganisation => self.held.organisation == Some(thing.organisation),
            MyAgency => self.held.organisation.is_some() && self.held.organisation == thing.agency,
            MyCounterpart => self.held.organisation.is_some() && self.held.organisation == thing.counterpart,
            MyArea => self.held.jurisdiction.is_some_and(|area| thing.jurisdictions.contains(&area)) && (self.held.sector.is_none() || self.held.sector == thing.sector),
            WaitsFor(kind) => thing.holders.iter().any(|holder| holder == kind),
            WaitsForMine => self.held.kind.as_ref().is_some_and(|kind| thing.holders.contains(kind)),
            NotMineBefore => !thing.decided_by.contains(&self.account),
            MyProvider => self.held.organisation.is_some() && self.held.organisation == thing.provider,
            NotDelivered => thing.provider.is_none(),
            MyRole => thing.role == Some(self.held.id),
            AskedByMe => thing.asked_by == Some(self.account),
        }
    }

    /// The same as [`Actor::may`] as a condition over a list; its parameters are numbered after `taken` others.
    pub fn filter(&self, action: Action, columns: Columns, taken: usize) -> Filter {
        let mut values = Vec::new();
        let mut ways = Vec::new();
        for all in relations(self.held.role, action) {
            let bound = values.len();
            // A way that nothing of this list can stand in is left out: beside it the database could not look up what the others lead to.
            match all.iter().map(|relation| self.condition(*relation, columns, taken, &mut values)).collect::<Option<Vec<String>>>() {
                Some(parts) if parts.is_empty() => ways.push("1 = 1".to_owned()),
                Some(parts) => ways.push(parts.join(" AND ")),
                None => values.truncate(bound),
            }
        }
        let sql = if ways.is_empty() { "1 = 0".to_owned() } else { format!("({})", ways.join(" OR ")) };
        Filter { sql, values }
    }

    fn condition(&self, relation: Relation, columns: Columns, taken: usize, values: &mut Vec<i64>) -> Option<String> {
        let mut bound = |value: i64| {
            values.push(value);
            format!("?{}", taken + values.len())
        };
        // No row has the id -1: what the actor does not have matches nothing.
        Some(match relation {
            Own => format!("{} IN ({})", columns.person, parts(&bound(self.person.unwrap_or(-1)))),
            NotOwn => format!("{} NOT IN ({})", columns.person, parts(&bound(self.person.unwrap_or(-1)))),
            MyOrganisation => format!("{} = {}", columns.organisation, bound(self.held.organisation.unwrap_or(-1))),
            MyAgency => format!("{} = {}", columns.agency?, bound(self.held.organisation.unwrap_or(-1))),
            MyCounterpart => format!("{} = {}", columns.counterpart?, bound(self.held.organisation.unwrap_or(-1))),
            MyArea => {
                let area = bound(self.held.jurisdiction.unwrap_or(-1));
                let inside = format!("EXISTS (SELECT 1 FROM jurisdiction_within w WHERE w.inner_id = {} AND w.outer_id = {area})", columns.jurisdiction);
                match self.held.sector {
                    Some(sector) => format!("{inside} AND COALESCE({}, -2) = {}", columns.sector, bound(sector)),
                    None => inside,
                }
            }
            WaitsFor(kind) => format!("{} LIKE '%|{kind}|%'", columns.holders),
            WaitsForMine => match self.held.kind.as_deref().filter(|kind| kind.bytes().all(|c| c.is_ascii_lowercase() || c == b'-')) {
                Some(kind) => format!("{} LIKE '%|{kind}|%'", columns.holders),
                None => "1 = 0".to_owned(),
            },
            MyProvider => format!("{} = {}", columns.provider?, bound(self.held.organisation.unwrap_or(-1))),
            NotDelivered => columns.provider.map_or_else(|| "1 = 1".to_owned(), |provider| format!("{provider} IS NULL")),
            NotMineBefore => format!("NOT EXISTS (SELECT 1 FROM case_steps s WHERE s.case_id = {} AND s.account = {} AND s.stage <> {})", columns.case, bound(self.account), columns.stage),
            MyRole => format!("{} = {}", columns.role, bound(self.held.id)),
            AskedByMe => format!("{} = {}", columns.asked_by, bound(self.account)),
        })
    }
}

/// A person with all who were merged into him.
fn parts(person: &str) -> String {
    format!("SELECT y.id FROM people y WHERE y.id = {person} OR y.merged_in = {person}")
}

fn relations(role: Role, action: Action) -> impl Iterator<Item = &'static [Relation]> {
    ALLOWED.iter().filter(move |row| row.0 == role && row.1 == action).map(|row| row.2)
}

/// A jurisdiction and all above it.
pub(crate) fn within(tx: &Tx<'_>, jurisdiction: i64) -> Result<Vec<i64>> {
    tx.all("SELECT outer_id FROM jurisdiction_within WHERE inner_id = ?1", crate::params![jurisdiction], |row| row.get(0))
}

/// A provider as access sees what comes from it; about nobody.
///
/// # Errors
/// If there is no such organisation.
pub fn of_provider(tx: &Tx<'_>, provider: i64) -> Result<Thing> {
    let found = tx.first("SELECT jurisdiction, sector FROM organisations WHERE id = ?1", crate::params![provider], |row| Ok((row.get::<i64>(0)?, row.get::<Option<i64>>(1)?)))?;
    let (jurisdiction, sector) = found.ok_or_else(|| Error::not_found("施教机构", "provider"))?;
    Ok(Thing { person: NOBODY, organisation: NOBODY, jurisdictions: within(tx, jurisdiction)?, sector, provider: Some(provider), ..Thing::default() })
}

/// The id that no row has.
pub(crate) const NOBODY: i64 = -2;

/// A person as access sees one: at the main post held now, or the last one held. Who was merged into another is that other.
///
/// # Errors
/// If there is no such person.
pub fn of_person(tx: &Tx<'_>, person: i64) -> Result<Thing> {
    let person = whole(tx, person)?;
    let found = tx.first(
        concat!(
            "SELECT p.organisation, p.agency, o.jurisdiction, o.sector FROM posts p JOIN organisations o ON o.id = p.organisation
         WHERE ",
            same_person!("p.person", "?1"),
            main_post_first!(),
            " LIMIT 1"
        ),
        crate::params![person],
        |row| Ok((row.get::<i64>(0)?, row.get::<Option<i64>>(1)?, row.get::<i64>(2)?, row.get::<Option<i64>>(3)?)),
    )?;
    let (organisation, agency, jurisdiction, sector) = found.ok_or_else(|| Error::not_found("人员", "person"))?;
    Ok(Thing { person, organisation, agency, jurisdictions: within(tx, jurisdiction)?, sector, ..Thing::default() })
}

/// Who a person is today: himself, or the one he was merged into.
///
/// # Errors
/// If there is no such person.
pub(crate) fn whole(tx: &Tx<'_>, person: i64) -> Result<i64> {
    tx.first("SELECT COALESCE(merged_in, id) FROM people WHERE id = ?1", crate::params![person], |row| row.get(0))?.ok_or_else(|| Error::not_found("人员", "person"))
}
