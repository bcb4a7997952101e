//! How long a delivery of 10,000 completions takes, from taking in to the ledger, with full durability.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::float_arithmetic, reason = "a benchmark")]

#[path = "../tests/support/mod.rs"]
#[allow(dead_code, reason = "a benchmark uses some of it")]
mod support;
#[path = "../tests/story/town.rs"]
#[allow(dead_code, reason = "a benchmark uses some of it")]
mod town;

use std::time::Instant;
use support::Fixture;
use town::{Town, facts};
use xueshi_registry::people::{self, NewPerson};
use xueshi_registry::{COMPLETIONS_MOST, Completion, Delivery, NewEntry, identity};

/// People whom they are about.
const PEOPLE: usize = 2_000;

fn main() {
    println!("| database | completions | seconds | delivered again, seconds |");
    println!("|---|--:|--:|--:|");
    measure("SQLite", &Fixture::sqlite());
    measure("PostgreSQL 15", &Fixture::postgres_durable());
}

/// An identity number of region 999999, for the person of this number.
fn number(at: usize) -> String {
    let body = format!("999999{}0101{:03}", 1950 + at / 999, at % 999 + 1);
    let check = identity::check_character(&body).unwrap();
    format!("{body}{check}")
}

fn measure(name: &str, fixture: &Fixture) {
    let registry = &*fixture.registry;
    let town = Town::found(&fixture.registry, "510000", "510100", 1);
    let new = NewEntry { register: "provider".to_owned(), name: "甲培训中心".to_owned(), basis: "某办〔2019〕3号".to_owned(), from: "2019-01-01".to_owned(), ..NewEntry::default() };
    registry.add_register_entry(&town.actor("authority", 1), &new).unwrap();
    for part in (0..PEOPLE).collect::<Vec<_>>().chunks(500).map(<[usize]>::to_vec) {
        let (keys, clinic, now) = (fixture.keys.clone(), town.clinic, registry.now());
        registry
            .write(move |tx| {
                for at in &part {
                    let new = NewPerson {
                        name: format!("甲{at}"),
                        identity_number: Some(number(*at)),
                        facts: facts([("title_level", "intermediate"), ("in_service", "是")]),
                        organisation: clinic,
                        agency: None,
                        title: "护师".to_owned(),
                        from: "2010-01-01".to_owned(),
                    };
                    people::add(tx, &keys, &new, now)?;
                }
                Ok(())
            })
            .unwrap();
    }
    let completions: Vec<Completion> = (0..COMPLETIONS_MOST)
        .map(|at| Completion {
            own_id: format!("m-{at}"),
            identity_number: number(at % PEOPLE),
            name: format!("甲{}", at % PEOPLE),
            title: format!("专业培训班{}", at / PEOPLE),
            facts: facts([
                ("activity", "class"),
                ("subject", "specialised"),
                ("quantity", "4"),
                ("unit", "hours"),
                ("start", "2019-02-11"),
                ("end", "2019-02-11"),
                ("result", "pass"),
                ("evidence", "completion-certificate"),
            ]),
        })
        .collect();
    let provider = town.actor("provider", 1);
    let deliver = || {
        let begun = Instant::now();
        let delivered = registry.deliver(&provider, Delivery { completions: completions.clone(), ..Delivery::default() }).unwrap();
        assert!(delivered.answers.iter().all(|answer| answer.state == "registered"));
        begun.elapsed().as_secs_f64()
    };
    let (first, again) = (deliver(), deliver());
    println!("| {name} | {} | {first:.1} | {again:.1} |", completions.len());
}
