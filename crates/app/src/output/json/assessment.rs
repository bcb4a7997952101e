//! One assessment as a JSON object.

use super::JsonShape;
use super::explanation;
use super::writer::Json;
use crate::output::words;
use xueshi_policy::{Assessment, Consequence, Exact, Hours, ItemRef, Lang, Missing, ReadingEffect, RecordResult, RequirementResult, Steps, World};

/// Writes an assessment, and the readings it hangs on where an explanation is asked for.
pub(crate) fn write(json: &mut Json, assessment: &Assessment, readings: &[ReadingEffect], shape: JsonShape) {
    let lang = shape.lang;
    json.object(|json| {
        json.key("person").string(&assessment.person);
        json.key("year").number(assessment.year);
        json.key("duty").string(&assessment.duty);
        json.key("window").list([assessment.window.0, assessment.window.1], |json, day| json.string(&day.to_string()));
        json.key("policies").list(&assessment.policies, |json, policy| json.string(&policy.id));
        json.key("status").string(assessment.status.name());
        json.key("unit").string(assessment.unit.get(lang));
        json.key("hours").object(|json| {
            for bucket in &assessment.hours {
                json.key(&bucket.bucket).number(bucket.hours);
            }
            json.key("total").number(assessment.total);
        });
        json.key("requirements").list(&assessment.requirements, |json, one| requirement(json, one, lang));
        json.key("records").list(words::assessed(assessment), |json, one| record(json, one, shape));
        json.key("warnings").list(&assessment.warnings, |json, warning| {
            json.object(|json| {
                json.key("code").string(&warning.code);
                json.key("records").list(&warning.records, |json, record| json.string(record));
                json.key("message").string(warning.message.get(lang));
            });
        });
        json.key("consequences").list(&assessment.consequences, |json, one| consequence(json, one, lang));
        rest(json, assessment, lang);
        if shape.explain {
            explanation::write(json, assessment, readings, lang);
        }
    });
}

/// What is there only for some persons.
fn rest(json: &mut Json, assessment: &Assessment, lang: Lang) {
    if let Some(exemption) = &assessment.exempt_by {
        cite(json.key("exempt_by"), exemption);
    }
    if !assessment.not_covered_by.is_empty() {
        json.key("not_covered_by").list(&assessment.not_covered_by, cite);
    }
    if !assessment.missing.is_empty() {
        json.key("missing").list(&assessment.missing, |json, one| missing(json, one, lang));
    }
    if !assessment.outcomes.is_empty() {
        json.key("outcomes").list(&assessment.outcomes, |json, world| outcome(json, world, lang));
    }
}

fn requirement(json: &mut Json, requirement: &RequirementResult, lang: Lang) {
    json.object(|json| {
        json.key("subject").string(&requirement.subject);
        json.key("at_least").option(requirement.at_least, Json::number);
        json.key("have").number(requirement.have);
        json.key("short").number(requirement.short);
        json.key("met").option(requirement.met, Json::bool);
        json.key("binding").bool(requirement.binding);
        cite(json.key("cite"), &requirement.item);
        if let Some(unit) = &requirement.unit {
            json.key("unit").string(unit.get(lang));
        }
        if let Some(year) = requirement.arrears_of {
            json.key("arrears_of").number(year);
        }
        if !requirement.over.is_empty() {
            json.key("over").list(&requirement.over, |json, (item, at_least)| {
                json.object(|json| {
                    json.key("at_least").number(*at_least);
                    cite(json.key("cite"), item);
                });
            });
        }
        if !requirement.parts.is_empty() {
            json.key("parts").list(&requirement.parts, |json, part| {
                json.object(|json| {
                    json.key("of").string(&part.of);
                    json.key("at_least").number(part.at_least);
                    json.key("have").number(part.have);
                    json.key("short").number(part.short);
                });
            });
        }
        if !requirement.ways.is_empty() {
            json.key("ways").list(&requirement.ways, |json, way| {
                json.object(|json| {
                    json.key("title").string(way.title.get(lang));
                    json.key("at_least").number(way.at_least);
                    json.key("have").number(way.have);
                    json.key("met").bool(way.met);
                });
            });
        }
    });
}

fn record(json: &mut Json, record: &RecordResult, shape: JsonShape) {
    json.object(|json| {
        json.key("record").string(&record.record);
        json.key("subject").string(&record.subject);
        json.key("hours").number(record.hours);
        json.key("rule").option(record.rule.as_ref(), |json, rule| json.string(&rule.id));
        json.key("cite").option(record.rule.as_ref(), cite);
        json.key("cuts").list(&record.cuts, |json, cut| {
            json.object(|json| {
                json.key("hours").number(cut.hours);
                cite(json.key("cite"), &cut.by);
            });
        });
        json.key("carried_to").object(|json| {
            for (year, hours) in &record.carried_to {
                json.key(&year.to_string()).number(*hours);
            }
        });
        if let Some(year) = record.carried_from {
            json.key("carried_from").number(year);
        }
        json.key("problems").list(&record.problem, |json, problem| {
            json.object(|json| {
                json.key("code").string(&problem.code);
                json.key("message").string(&words::problem(problem, shape.lang));
                if let Some(item) = &problem.by {
                    cite(json.key("cite"), item);
                }
            });
        });
        if let Some(steps) = record.steps.as_ref().filter(|_| shape.explain) {
            reckoning(json.key("steps"), steps);
        }
    });
}

/// The reckoning of a record: exact values, a ratio such as `20/3` where a decimal does not end.
fn reckoning(json: &mut Json, steps: &Steps) {
    let exact = |json: &mut Json, value: Exact| match Hours::floor(value) {
        Some(hours) if hours.exact() == value => json.number(hours),
        _ => json.string(&format!("{}/{}", value.numer(), value.denom())),
    };
    json.object(|json| {
        exact(json.key("quantity"), steps.quantity);
        exact(json.key("less"), steps.less);
        exact(json.key("counted"), steps.counted);
        exact(json.key("exact"), steps.exact);
        json.key("rounded").number(steps.rounded);
    });
}

fn consequence(json: &mut Json, consequence: &Consequence, lang: Lang) {
    json.object(|json| {
        json.key("gate").string(&consequence.gate);
        cite(json.key("cite"), &consequence.by);
        json.key("message").string(consequence.message.get(lang));
    });
}

fn missing(json: &mut Json, missing: &Missing, lang: Lang) {
    json.object(|json| {
        json.key("column").string(&missing.column);
        json.key("title").string(missing.title.get(lang));
        json.key("of").string(if missing.of_person { "person" } else { "record" });
    });
}

fn outcome(json: &mut Json, world: &World, lang: Lang) {
    json.object(|json| {
        json.key("assuming").object(|json| {
            for (column, value) in &world.assuming {
                json.key(column).string(value.get(lang));
            }
        });
        json.key("status").string(world.status.name());
        json.key("requirements").list(&world.requirements, |json, (subject, at_least, short)| {
            json.object(|json| {
                json.key("subject").string(subject);
                json.key("at_least").option(*at_least, Json::number);
                json.key("short").number(*short);
            });
        });
    });
}

/// Where an item stands.
pub(crate) fn cite(json: &mut Json, item: &ItemRef) {
    json.object(|json| {
        json.key("policy").string(&item.policy);
        json.key("clause").string(&words::cite(item));
    });
}
