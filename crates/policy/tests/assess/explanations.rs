//! Every kind of explanation, in both languages, kept as a snapshot.

use crate::support::{Case, shipped};
use xueshi_policy::{Asked, Engine, Explaining, Lang, explain};

/// Explains a case; hashes of policies, which change with every edit, are left out.
fn told(case: &str, lang: Lang) -> String {
    let engine = Engine::new(shipped());
    let case = Case::read(case);
    let asked = Asked { explain: true, ..case.asked };
    let results = engine.assess(case.region, None, &case.rows, asked).unwrap();
    let mut out = String::new();
    for result in &results {
        let readings = engine.readings(case.region, None, &case.rows, asked, result);
        out += &explain(result, Explaining { library: engine.library(), readings: &readings, lang });
    }
    let basis = |line: &str| line.find("sha256").map_or_else(|| line.to_owned(), |at| format!("{}sha256 …", &line[..at]));
    out.lines().map(basis).collect::<Vec<_>>().join("\n")
}

#[track_caller]
fn keep(name: &str, case: &str) {
    for (lang, tail) in [(Lang::Zh, "zh"), (Lang::En, "en")] {
        insta::with_settings!({ snapshot_path => "snapshots", prepend_module_to_snapshot => false, omit_expression => true }, {
            insta::assert_snapshot!(format!("{name}-{tail}"), told(case, lang));
        });
    }
}

#[test]
fn short_with_cuts_ways_to_close_the_gap_and_consequences() {
    keep(
        "short",
        "
        at 510100 2019
        person org_kind=public-institution in_service=yes
        - activity=distance subject=general quantity=28 unit=hours end=2019-05-20 platform=sc-online topic=人工智能与健康 title=人工智能与健康
        - activity=self-study subject=specialised quantity=39.5 unit=thousand-characters end=2019-10-30 result=pass evidence=other-proof title=读书笔记
        - activity=publication subject=specialised quantity=11.8 unit=thousand-characters end=2019-12-02 evidence=publication-copy title=论文",
    );
}

#[test]
fn every_reason_against_a_record() {
    keep(
        "problems",
        "
        at 510100 2019
        person org_kind=enterprise in_service=yes
        - activity=exam subject=specialised quantity=2 unit=exams end=2019-03-01 result=pass
        - activity=conference subject=specialised quantity=2 unit=days end=2019-03-02
        - activity=class subject=specialised quantity=8 unit=hours end=2018-12-31
        - activity=class subject=specialised quantity=8 unit=hours end=2019-03-04 result=fail evidence=training-certificate
        - activity=class subject=specialised quantity=8 unit=hours end=2019-03-05
        - activity=class subject=specialised quantity=8 unit=hours end=2019-03-06 evidence=training-certificate title=甲 certificate=1
        - activity=class subject=specialised quantity=8 unit=hours end=2019-03-06 evidence=training-certificate title=甲 certificate=1
        - activity=distance subject=general quantity=8 unit=hours end=2019-03-07 topic=大数据
        - activity=distance subject=general quantity=8 unit=hours end=2019-03-08 topic=5G+ platform=别的平台
        - activity=overseas subject=specialised quantity=80 unit=hours start=2019-03-01 end=2019-03-15 evidence=completion-certificate
        - activity=overseas subject=specialised quantity=80 unit=hours end=2019-04-15 evidence=completion-certificate
        - activity=achievement subject=specialised level=national quantity=10 unit=hours end=2019-05-01
        - activity=self-study subject=specialised quantity=8 unit=thousand-characters end=2019-05-02 result=91 evidence=other-proof",
    );
}

#[test]
fn carried_hours_caps_and_groups_of_proofs() {
    keep(
        "carried",
        "
        at 650200 2023
        person in_service=yes
        - activity=attachment subject=specialised quantity=1.5 unit=months end=2022-06-30 evidence=completion-certificate
        - activity=overseas subject=specialised quantity=2.75 unit=months end=2023-06-30 evidence=training-certificate
        - activity=class subject=specialised provider_kind=university quantity=9 unit=days travel_days=1 end=2023-07-01 evidence=training-certificate
        - activity=teaching subject=specialised quantity=4 unit=hours end=2023-08-01 evidence=teaching-proof",
    );
}

#[test]
fn one_platform_a_year_and_records_that_span_years() {
    keep(
        "platforms",
        "
        at 500000 2023
        person in_service=yes org_kind=enterprise title_level=junior education=college
        - activity=distance subject=general quantity=12 unit=hours end=2023-03-01 platform=cq-public-1
        - activity=distance subject=general quantity=20 unit=hours end=2023-04-01 platform=cq-public-2
        - activity=class subject=specialised quantity=3 unit=days start=2022-12-30 end=2023-01-01 evidence=training-certificate
        - activity=self-study subject=specialised quantity=30 unit=hours end=2023-05-01 result=pass evidence=other-proof",
    );
}

#[test]
fn met_exempt_not_covered_and_undetermined() {
    keep("met", "at 430100 2020\nperson in_service=yes\n- activity=class subject=specialised quantity=90 unit=hours end=2020-05-01");
    keep("exempt", "at 650200 2023\nperson in_service=yes exempt_years=2023");
    keep("not-covered", "at 500103 2010\nperson in_service=yes title_level=none education=bachelor");
    keep("undetermined", "strict\nat 510100 2019\nperson in_service=yes\n- activity=class subject=specialised quantity=95 unit=hours end=2019-05-01 evidence=training-certificate");
}
