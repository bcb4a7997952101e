//! What an explanation adds to an assessment: ways to close a gap, the readings it hangs on, the hashes of its policies.

use super::assessment::cite;
use super::writer::Json;
use xueshi_policy::{AlternativeEffect, Assessment, Lang, ReadingEffect};

/// Writes the parts of an explanation.
pub(super) fn write(json: &mut Json, assessment: &Assessment, readings: &[ReadingEffect], lang: Lang) {
    json.key("remedies").list(&assessment.remedies, |json, remedy| {
        json.object(|json| {
            json.key("subject").string(&remedy.subject);
            json.key("rule").string(&remedy.rule.id);
            cite(json.key("cite"), &remedy.rule);
            json.key("needs").number(remedy.needs);
            json.key("unit").option(remedy.unit.as_ref(), |json, unit| json.string(unit.get(lang)));
            json.key("at_most").option(remedy.at_most, Json::number);
            json.key("room").option(remedy.room, Json::number);
        });
    });
    json.key("readings").list(readings, |json, reading| {
        json.object(|json| {
            json.key("policy").string(&reading.policy);
            json.key("reading").string(&reading.reading);
            json.key("clause").string(&reading.cite.join("、"));
            json.key("text").string(reading.text.get(lang));
            json.key("alternatives").list(&reading.alternatives, |json, one| alternative(json, one, lang));
        });
    });
    json.key("hashes").object(|json| {
        for policy in &assessment.policies {
            json.key(&policy.id).string(&policy.hash);
        }
    });
}

fn alternative(json: &mut Json, alternative: &AlternativeEffect, lang: Lang) {
    json.object(|json| {
        json.key("text").string(alternative.text.get(lang));
        json.key("status").option(alternative.status, |json, status| json.string(status.name()));
        json.key("total").number(alternative.total);
        json.key("requirements").list(&alternative.requirements, |json, then| {
            json.object(|json| {
                json.key("subject").string(then.title.get(lang));
                json.key("have").number(then.have);
                json.key("at_least").option(then.at_least, Json::number);
                json.key("binding").bool(then.binding);
            });
        });
        json.key("records").list(&alternative.records, |json, (record, before, then)| {
            json.object(|json| {
                json.key("record").string(record);
                json.key("hours").number(*before);
                json.key("then").number(*then);
            });
        });
    });
}
