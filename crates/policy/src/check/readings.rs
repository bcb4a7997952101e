//! Readings: every alternative must hold together by itself and change something.

use super::{at_item, programs};
use crate::diagnostic::{Code, Diagnostic, Severity};
use crate::engine::Stack;
use crate::library::{Library, PolicyFile};
use crate::syntax::ast::{Alternative, Item, Reading};
use crate::text::{Text, say};

/// Tries each alternative of each reading alone.
pub(crate) fn check(library: &Library, file: &PolicyFile, years: &[i16], region: &str, out: &mut Vec<Diagnostic>) {
    for (at, reading) in file.ast.readings.iter().enumerate() {
        for (n, alternative) in reading.is.alternatives.iter().enumerate() {
            let mut found = Vec::new();
            let Some(changed) = file.with_alternative(at, n, &mut found).filter(|_| found.iter().all(|d| d.severity != Severity::Error)) else {
                out.append(&mut found);
                continue;
            };
            let (id, title) = (&reading.id.is, &alternative.text.zh);
            match differs(library, file, changed.clone(), years, region) {
                Ok(true) => {
                    if let Some(first) = contradiction(library, changed) {
                        out.push(bad(file, reading, alternative, &first));
                    }
                }
                Ok(false) => out.push(at_item(
                    Code::SameAlternative,
                    &file.ast,
                    &alternative.at,
                    crate::text!("解读 {id} 的“{title}”没有改变任何结果", "the alternative \"{title}\" of reading {id} changes nothing"),
                    Text::new("写出真正不同的取法：value 或 change", "write what would really differ: `value` or `change`"),
                )),
                Err(why) => {
                    let first = why.iter().find(|d| d.severity == Severity::Error).map(|d| d.cause.clone()).unwrap_or_default();
                    out.push(bad(file, reading, alternative, &first));
                }
            }
        }
    }
}

fn bad(file: &PolicyFile, reading: &Item<Reading>, alternative: &Alternative, why: &Text) -> Diagnostic {
    let (id, title) = (Text::same(reading.id.is.as_str()), &alternative.text);
    at_item(
        Code::BadAlternative,
        &file.ast,
        &alternative.at,
        say!("解读 {id} 的“{title}”不成立：{why}", "the alternative \"{title}\" of reading {id} does not hold together: {why}"; id, title, why),
        Text::new("改正这一取法的 value 或 change", "mend its `value` or `change`"),
    )
}

/// What makes the results of a changed file depend on chance: two rules or rows that both hold, none that does, limits without an order.
fn contradiction(library: &Library, changed: PolicyFile) -> Option<Text> {
    let mut other = library.clone();
    other.add(changed.clone());
    let undecided = [Code::Overlap, Code::TableOverlap, Code::TableGap, Code::LimitOrder, Code::Entangled];
    let found = super::proved(&other, &changed).0;
    found.into_iter().find(|finding| undecided.contains(&finding.code)).map(|finding| finding.cause)
}

/// Whether a changed file gives another program in some year.
fn differs(library: &Library, file: &PolicyFile, changed: PolicyFile, years: &[i16], region: &str) -> Result<bool, Vec<Diagnostic>> {
    let mut other = library.clone();
    other.add(changed.clone());
    let mut all: Vec<i16> = years.to_vec();
    let edges = [file.years(), changed.years()];
    all.extend(edges.iter().flat_map(|(from, to)| from.iter().chain(to)).flat_map(|year| [*year - 1, *year, *year + 1]));
    all.sort_unstable();
    all.dedup();
    if file.id() == crate::library::COMMON {
        // What lies under every stack is looked at under each of them.
        for above in library.files().iter().filter(|above| above.id() != file.id()) {
            for year in super::years(library, above) {
                let region = super::region(above);
                if unlike(&programs(library, above, &region, year)?, &programs(&other, above, &region, year)?) {
                    return Ok(true);
                }
            }
        }
    }
    for year in all {
        if unlike(&programs(library, file, region, year)?, &programs(&other, &changed, region, year)?) {
            return Ok(true);
        }
    }
    Ok(false)
}

fn unlike(before: &[Stack], after: &[Stack]) -> bool {
    before.len() != after.len() || before.iter().zip(after).any(|(a, b)| !same(a, b))
}

/// Whether two compiled stacks decide alike.
pub(crate) fn same(a: &Stack, b: &Stack) -> bool {
    let (a, b) = (a.program(), b.program());
    a.rules == b.rules
        && a.limits == b.limits
        && a.requirements == b.requirements
        && a.checks == b.checks
        && a.coverages == b.coverages
        && a.exemptions == b.exemptions
        && a.gates == b.gates
        && a.surpluses == b.surpluses
        && a.takeovers == b.takeovers
        && a.windows == b.windows
        && a.duties == b.duties
        && a.warnings == b.warnings
        && a.step == b.step
        && a.way == b.way
        && a.dated == b.dated
        && a.facts.all.iter().map(|fact| (&fact.derived, &fact.classes, &fact.problem, &fact.empty)).eq(b.facts.all.iter().map(|fact| (&fact.derived, &fact.classes, &fact.problem, &fact.empty)))
}
