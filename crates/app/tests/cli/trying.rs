//! The command `try`.

use crate::door::{Output, POLICIES, run};

fn attempt(more: &[&str]) -> Output {
    let mut args = vec!["try", "--region", "990000", "--year", "2022", "--policies", POLICIES];
    args.extend(more);
    run(&args, &[])
}

const CLASS: [&str; 6] = ["--activity", "class", "--subject", "specialised", "--unit", "days"];

#[test]
fn hours_rule_cap_and_proof() {
    let done = attempt(&[&CLASS[..], &["--quantity", "6"]].concat());
    done.says(
        0,
        &[
            "40 credit hours of specialised subjects in 2022\n",
            "By: a class ((invented) continuing education 二)\n",
            "Cut by a cap: 8 ((invented) continuing education 二)\n",
            "Proof: ",
            "training certificate",
        ],
    );
    let done = attempt(&[&CLASS[..], &["--quantity", "1", "--evidence", "培训证", "--lang", "zh"]].concat());
    done.says(0, &["可得 8 学时，计入专业科目（2022 年度）\n", "依据：培训班（（虚构）继续教育办法 二）\n"]);
    assert!(!done.out.contains("证明材料"), "{}", done.out);
    attempt(&[&CLASS[..], &["--quantity", "1", "--evidence", "transcript"]].concat()).says(0, &["No hours: ", "missing: training certificate"]);
}

#[test]
fn hours_of_the_next_year() {
    attempt(&["--activity", "attachment", "--subject", "general", "--unit", "months", "--quantity", "1.5"]).says(0, &["30 credit hours of general subjects in 2022", "Counted in 2023: 15"]);
}

#[test]
fn what_would_make_it_count() {
    attempt(&["--activity", "achievement", "--subject", "specialised", "--unit", "exams", "--quantity", "1"])
        .says(0, &["No hours: no clause recognises such study; nearest is ", "a patent", "(四): kind would have to be"]);
    attempt(&["--activity", "achievement", "--subject", "specialised", "--unit", "exams", "--quantity", "1", "--set", "kind=patent"]).says(0, &["12 credit hours"]);
    attempt(&["--activity", "exam", "--subject", "specialised", "--unit", "exams", "--quantity", "1", "--result", "fail"]).says(0, &["No hours: not passed"]);
}

#[test]
fn values_that_are_not_accepted() {
    attempt(&[&CLASS[..], &["--quantity", "-1"]].concat()).says(2, &["xueshi: --quantity -1: must not be negative"]);
    attempt(&CLASS).says(2, &["--quantity: required: must not be blank"]);
    attempt(&[&CLASS[..], &["--quantity", "1", "--set", "colour=red"]].concat()).says(2, &["There is no column “colour”. There are: person, record, "]);
    attempt(&[&CLASS[..], &["--quantity", "1", "--set", "colour"]].concat()).says(2, &["--set is written column=value, not “colour”"]);
    attempt(&["--activity", "conference", "--subject", "general", "--unit", "hours", "--quantity", "4"]).says(2, &["--set days: the rules need it"]);
    attempt(&["--activity", "conference", "--subject", "general", "--unit", "hours", "--quantity", "4", "--set", "天数=1"]).says(0, &["4 credit hours"]);
}
