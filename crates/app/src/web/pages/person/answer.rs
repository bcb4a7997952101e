//! How a year's duty stands: one sentence, the rings, what would close the gap.

use crate::output::title;
use crate::web::errors::Failed;
use crate::web::fields::capital;
use crate::web::law::Cite;
use crate::web::told::{Doubt, Teller, part_of};
use jiff::civil::Date;
use serde::Serialize;
use xueshi_policy::{Assessment, Hours, ReadingEffect, RequirementResult, Status, remedy_words, sentence};

/// The whole of a ring, in the units of its drawing.
const RING: i64 = 1000;

/// A duty as it stands.
#[derive(Serialize)]
pub(super) struct Duty {
    title: String,
    headline: String,
    lead: String,
    /// What follows when everything that waits is accepted; empty where nothing waits.
    hoped: String,
    rings: Vec<Ring>,
    gaps: Vec<Gap>,
    /// Exemption or coverage by which nothing is asked.
    cites: Vec<Cite>,
    consequences: Vec<Because>,
    readings: Vec<Doubt>,
    notes: Vec<String>,
}

/// A requirement as a ring and as a row.
#[derive(Serialize)]
struct Ring {
    subject: String,
    title: String,
    have: String,
    waiting: String,
    asked: String,
    short: String,
    met: bool,
    /// Lengths of the arcs.
    solid: i64,
    hoped: i64,
    unit: String,
    /// Each year or value asked separately, and other ways to meet it.
    parts: Vec<String>,
    cites: Vec<Cite>,
}

/// What lacks of a requirement, and what would close it.
#[derive(Serialize)]
struct Gap {
    title: String,
    short: String,
    ways: Vec<Way>,
}

/// A kind of study that would close a gap.
#[derive(Serialize)]
struct Way {
    title: String,
    words: String,
    cites: Vec<Cite>,
}

/// A consequence with its clause.
#[derive(Serialize)]
struct Because {
    text: String,
    cites: Vec<Cite>,
}

/// A duty as it stands, as it would stand, and how many records wait.
pub(super) struct Standing<'a> {
    pub(super) now: &'a Assessment,
    pub(super) hoped: Option<&'a Assessment>,
    pub(super) readings: &'a [ReadingEffect],
    pub(super) waiting: usize,
    pub(super) today: Date,
}

impl Standing<'_> {
    /// In the words of a page.
    ///
    /// # Errors
    /// If a word is missing.
    pub(super) fn told(&self, teller: &Teller<'_>) -> Result<Duty, Failed> {
        let (now, visit) = (self.now, teller.visit);
        let because = now.exempt_by.iter().chain(now.not_covered_by.first()).map(|item| teller.cites(item)).collect::<Result<Vec<_>, _>>()?;
        let consequences = now.consequences.iter().map(|one| Ok(Because { text: capital(visit.say(&one.message)), cites: teller.cites(&one.by)? })).collect::<Result<_, Failed>>()?;
        Ok(Duty {
            title: visit.say(&now.duty_title).to_owned(),
            headline: self.headline(teller)?,
            lead: self.lead(teller)?,
            hoped: self.hope(teller)?,
            // An exempt year asks for nothing, so that nothing lacks.
            rings: now.requirements.iter().filter(|one| now.status != Status::Exempt && one.binding && one.at_least.is_some()).map(|one| self.ring(one, teller)).collect::<Result<_, _>>()?,
            gaps: self.gaps(teller)?,
            cites: because.into_iter().flatten().collect(),
            consequences,
            readings: self.readings.iter().filter_map(|reading| teller.doubt_of_year(reading, now).transpose()).collect::<Result<_, _>>()?,
            notes: now.notes.iter().map(|note| visit.say(note).to_owned()).collect(),
        })
    }

    /// "2019 年度", or the days of a longer window.
    fn when(&self, teller: &Teller<'_>) -> Result<String, Failed> {
        let (from, to) = self.now.window;
        let whole = from.year() == to.year() && (from.month(), from.day(), to.month(), to.day()) == (1, 1, 12, 31);
        let (year, from, to) = (self.now.year.to_string(), from.to_string(), to.to_string());
        if whole { teller.visit.word("home.year", &[("year", &year)]) } else { teller.visit.word("home.window", &[("from", &from), ("to", &to)]) }
    }

    fn headline(&self, teller: &Teller<'_>) -> Result<String, Failed> {
        let (when, gap) = (self.when(teller)?, gap(self.now));
        let key = match self.now.status {
            Status::Short if gap > Hours::ZERO => {
                let (hours, unit) = (gap.to_string(), teller.visit.say(&self.now.unit));
                return teller.visit.word("home.short", &[("when", &when), ("hours", &hours), ("unit", unit)]);
            }
            Status::Short => "home.short-otherwise",
            Status::Met => "home.met",
            Status::Exempt => "home.exempt",
            Status::NotCovered => "home.not-covered",
            Status::Undetermined => "home.undetermined",
        };
        teller.visit.word(key, &[("when", &when)])
    }

    fn lead(&self, teller: &Teller<'_>) -> Result<String, Failed> {
        let (now, visit) = (self.now, teller.visit);
        let (total, end) = (now.total.to_string(), now.window.1.to_string());
        match now.status {
            Status::Short => {
                let mut all = Vec::new();
                for one in now.requirements.iter().filter(|one| one.binding) {
                    let (title, short) = (visit.say(&one.subject_title), one.short.to_string());
                    all.push(if one.short > Hours::ZERO { visit.word("home.lacks", &[("what", title), ("hours", &short)])? } else { visit.word("home.done", &[("what", title)])? });
                }
                let until = visit.word(if now.window.1 >= self.today { "home.until" } else { "home.past" }, &[("day", &end)])?;
                Ok(format!("{}{}{until}", capital(&all.join(&visit.word("home.and", &[])?)), visit.word("home.stop", &[])?))
            }
            Status::Met => visit.word("home.met-lead", &[("hours", &total), ("unit", visit.say(&now.unit))]),
            Status::Exempt | Status::NotCovered | Status::Undetermined => Ok(capital(&sentence(now, visit.lang))),
        }
    }

    /// What follows when everything that waits is accepted.
    fn hope(&self, teller: &Teller<'_>) -> Result<String, Failed> {
        let Some(hoped) = self.hoped.filter(|_| self.waiting > 0 && self.now.status == Status::Short) else { return Ok(String::new()) };
        let (left, n) = (gap(hoped), self.waiting.to_string());
        if hoped.status == Status::Met {
            return teller.visit.word("home.hoped-met", &[("n", &n)]);
        }
        teller.visit.word("home.hoped-short", &[("n", &n), ("hours", &left.to_string()), ("unit", teller.visit.say(&hoped.unit))])
    }

    fn ring(&self, one: &RequirementResult, teller: &Teller<'_>) -> Result<Ring, Failed> {
        let visit = teller.visit;
        let asked = one.at_least.unwrap_or(Hours::ZERO);
        let then = self.hoped.and_then(|hoped| hoped.requirements.iter().find(|other| other.subject == one.subject)).map_or(one.have, |other| other.have);
        let mut parts = Vec::new();
        for part in &one.parts {
            parts.push(visit.word("home.part", &[("of", &part.of), ("have", &part.have.to_string()), ("asked", &part.at_least.to_string())])?);
        }
        for way in &one.ways {
            parts.push(visit.word("home.part", &[("of", visit.say(&way.title)), ("have", &way.have.to_string()), ("asked", &way.at_least.to_string())])?);
        }
        Ok(Ring {
            subject: one.subject.to_string(),
            title: capital(visit.say(&one.subject_title)),
            have: one.have.to_string(),
            waiting: then.less(one.have).to_string(),
            asked: asked.to_string(),
            short: one.short.to_string(),
            met: one.met == Some(true),
            solid: part_of(one.have, asked, RING),
            hoped: part_of(then, asked, RING),
            unit: visit.say(one.unit.as_ref().unwrap_or(&self.now.unit)).to_owned(),
            parts,
            cites: teller.cites(&one.item)?,
        })
    }

    fn gaps(&self, teller: &Teller<'_>) -> Result<Vec<Gap>, Failed> {
        let (now, visit) = (self.now, teller.visit);
        let mut gaps = Vec::new();
        for one in now.requirements.iter().filter(|one| one.binding && one.short > Hours::ZERO) {
            let mut ways = Vec::new();
            for remedy in now.remedies.iter().filter(|remedy| remedy.subject == one.subject) {
                ways.push(Way { title: capital(title(&remedy.rule, visit.lang)), words: remedy_words(now, remedy, visit.lang), cites: teller.cites(&remedy.rule)? });
            }
            if !ways.is_empty() {
                gaps.push(Gap { title: capital(visit.say(&one.subject_title)), short: one.short.to_string(), ways });
            }
        }
        Ok(gaps)
    }
}

/// The fewest hours that would close every gap in hours: those of the subjects count towards the total as well.
fn gap(result: &Assessment) -> Hours {
    let open = || result.requirements.iter().filter(|one| one.binding && one.unit.is_none());
    let of_subjects = open().filter(|one| result.hours.iter().any(|bucket| bucket.bucket == one.subject)).fold(Hours::ZERO, |sum, one| sum.plus(one.short));
    open().map(|one| one.short).fold(of_subjects, Hours::max)
}
