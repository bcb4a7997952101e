//! A simulation as one JSON document.

use super::compared::{Change, Figures, RecordSide};
use super::tally::{Counts, persons};
use super::words::reasons;
use super::{Pair, Simulated};
use crate::output::{Json, Report, cite, row_error};
use xueshi_policy::{Lang, Status};

/// The whole document.
pub(crate) fn document(simulated: &Simulated<'_>, report: &Report) -> String {
    let Simulated { year, region, tally, lang, .. } = *simulated;
    let mut json = Json::new();
    json.object(|json| {
        json.key("year").number(year);
        json.key("region").string(region);
        tried(json.key("tried"), simulated);
        json.key("persons").number(tally.persons);
        json.key("changed").number(tally.changed);
        pair(json.key("statuses"), &tally.counts(), counts);
        json.key("matrix").list(tally.flows(), |json, (status, persons)| {
            json.object(|json| {
                json.key("before").string(status.before.name());
                json.key("after").string(status.after.name());
                json.key("persons").number(persons);
            });
        });
        groups(json.key("groups"), simulated);
        gaps(json.key("gaps"), simulated);
        json.key("changes").list(&tally.changes, |json, change| person(json, change, simulated));
        policies(json.key("policy_changes"), simulated);
        json.key("errors").list(&report.errors, |json, error| row_error(json, error, lang));
        json.key("notes").list(report.file_notes.iter().chain(&report.notes), |json, note| json.string(note.get(lang)));
    });
    json.into_text()
}

fn tried(json: &mut Json, simulated: &Simulated<'_>) {
    let (lang, trial) = (simulated.lang, simulated.trial);
    json.object(|json| {
        json.key("against").option(trial.draft.as_ref(), |json, draft| {
            json.object(|json| {
                json.key("file").string(&draft.file);
                json.key("policy").string(&draft.policy);
                json.key("title").string(draft.title.get(lang));
                json.key("sha256").string(&draft.hash);
                json.key("replaces").bool(draft.replaces);
            });
        });
        json.key("readings").list(&trial.readings, |json, one| {
            json.object(|json| {
                json.key("policy").string(&one.policy);
                json.key("reading").string(&one.reading);
                json.key("chosen").string(one.chosen.get(lang));
                json.key("alternative").number(one.alternative);
                json.key("text").string(one.text.get(lang));
            });
        });
    });
}

fn counts(json: &mut Json, counts: &Counts) {
    json.object(|json| {
        for (status, persons) in Status::ALL.iter().zip(counts) {
            json.key(status.name()).number(*persons);
        }
    });
}

fn groups(json: &mut Json, simulated: &Simulated<'_>) {
    let lang = simulated.lang;
    json.list(simulated.tally.groups(), |json, group| {
        json.object(|json| {
            json.key("column").string(&group.fact.column);
            json.key("title").string(group.fact.title.get(lang));
            json.key("values").list(group.lines(), |json, (code, title, both)| {
                json.object(|json| {
                    json.key("code").option(code, Json::string);
                    json.key("title").string(title.get(lang));
                    json.key("persons").number(persons(&both.before));
                    json.key("before");
                    counts(json, &both.before);
                    json.key("after");
                    counts(json, &both.after);
                });
            });
        });
    });
}

fn gaps(json: &mut Json, simulated: &Simulated<'_>) {
    let lang = simulated.lang;
    json.list(&simulated.tally.gaps, |json, gap| {
        json.object(|json| {
            json.key("duty").string(&gap.duty);
            json.key("subject").string(&gap.subject);
            json.key("title").string(gap.title.get(lang));
            json.key("unit").string(gap.unit.get(lang));
            let both = Pair { before: (gap.persons.before, gap.short.before), after: (gap.persons.after, gap.short.after) };
            for (side, (persons, short)) in [("before", both.before), ("after", both.after)] {
                json.key(side).object(|json| {
                    json.key("persons").number(persons);
                    json.key("short").number(short);
                });
            }
        });
    });
}

fn person(json: &mut Json, change: &Change, simulated: &Simulated<'_>) {
    let lang = simulated.lang;
    json.object(|json| {
        json.key("person").string(&change.person);
        if let Some(name) = &change.name {
            json.key("name").string(name);
        }
        json.key("duty").string(&change.duty);
        pair(json.key("status"), &change.status, |json, status| json.string(status.name()));
        pair(json.key("total"), &change.total, |json, hours| json.number(*hours));
        pair(json.key("lacks"), &change.lacks, |json, hours| json.number(*hours));
        json.key("requirements").list(&change.requirements, |json, one| {
            json.object(|json| {
                json.key("subject").string(&one.subject);
                json.key("title").string(one.title.get(lang));
                sides(json, &one.sides, figures);
            });
        });
        json.key("records").list(&change.records, |json, one| {
            json.object(|json| {
                json.key("record").string(&one.record);
                sides(json, &one.sides, record);
            });
        });
        json.key("consequences").list(&change.consequences, |json, one| {
            json.object(|json| {
                json.key("gate").string(&one.gate);
                json.key("message").string(one.message.get(lang));
                json.key("after").bool(one.after);
            });
        });
        json.key("reasons").list(reasons(change, simulated), |json, reason| json.string(&reason));
    });
}

fn figures(json: &mut Json, figures: &Figures) {
    json.object(|json| {
        json.key("at_least").option(figures.at_least, Json::number);
        json.key("have").number(figures.have);
        json.key("short").number(figures.short);
        json.key("binding").bool(figures.binding);
    });
}

fn record(json: &mut Json, side: &RecordSide) {
    json.object(|json| {
        json.key("hours").number(side.hours);
        json.key("carried").number(side.carried);
        json.key("cut").number(side.cut);
        json.key("rule").option(side.rule.as_ref(), |json, rule| json.string(&rule.id));
        json.key("cite").option(side.rule.as_ref(), cite);
        json.key("problem").option(side.problem.as_ref(), |json, (code, message)| {
            json.object(|json| {
                json.key("code").string(code);
                json.key("message").string(message);
            });
        });
    });
}

fn policies(json: &mut Json, simulated: &Simulated<'_>) {
    let lang: Lang = simulated.lang;
    json.list(&simulated.trial.policies, |json, policy| {
        json.object(|json| {
            json.key("policy").string(&policy.policy);
            json.key("new").bool(policy.items.is_none());
            json.key("items").list(policy.items.iter().flatten(), |json, item| {
                json.object(|json| {
                    json.key("kind").string(item.kind);
                    json.key("item").string(&item.item);
                    json.key("text").string(item.text.get(lang));
                });
            });
        });
    });
}

/// An object of both sides.
fn pair<T>(json: &mut Json, pair: &Pair<T>, write: impl Fn(&mut Json, &T)) {
    json.object(|json| {
        write(json.key("before"), &pair.before);
        write(json.key("after"), &pair.after);
    });
}

/// Both sides as keys of the object at hand, `null` where there is nothing.
fn sides<T>(json: &mut Json, sides: &Pair<Option<T>>, write: impl Fn(&mut Json, &T)) {
    json.key("before").option(sides.before.as_ref(), |json, side| write(json, side));
    json.key("after").option(sides.after.as_ref(), |json, side| write(json, side));
}
