//! Set operations on wheres: every condition is a set of classes, every where a union of boxes.

use super::atoms::Facts;
use super::{AtomSet, FactId, Region, Where};

/// Above so many boxes a proof is given up and said so.
const MOST_BOXES: usize = 20_000;

/// What two regions have in common; `None` where nothing.
pub(crate) fn meet(a: &Region, b: &Region) -> Option<Region> {
    let mut met = a.clone();
    for (fact, set) in &b.0 {
        match met.0.iter_mut().find(|(f, _)| f == fact) {
            Some((_, have)) => *have &= set,
            None => met.0.push((*fact, *set)),
        }
    }
    met.0.sort_unstable_by_key(|(fact, _)| *fact);
    met.0.iter().all(|(_, set)| *set != 0).then_some(met)
}

/// The regions two wheres share.
pub(crate) fn intersect(a: &Where, b: &Where) -> Where {
    Where(a.0.iter().flat_map(|x| b.0.iter().filter_map(move |y| meet(x, y))).collect())
}

/// What of `a` is not in `b`; `None` where that is too entangled.
pub(crate) fn subtract(facts: &Facts, a: &Where, b: &Where) -> Option<Where> {
    let mut left = a.0.clone();
    for box_b in &b.0 {
        let mut next = Vec::new();
        for region in &left {
            next.extend(minus(facts, region, box_b));
        }
        left = next;
        if left.len() > MOST_BOXES {
            return None;
        }
    }
    Some(Where(left))
}

/// Everything outside a where.
pub(crate) fn complement(facts: &Facts, a: &Where) -> Option<Where> {
    subtract(facts, &Where::all(), a)
}

/// A box without another: disjoint boxes, one for each fact that sets them apart.
fn minus(facts: &Facts, a: &Region, b: &Region) -> Vec<Region> {
    if meet(a, b).is_none() {
        return vec![a.clone()];
    }
    let mut rest = a.clone();
    let mut out = Vec::new();
    for (fact, set) in &b.0 {
        let have = set_of(facts, &rest, *fact);
        let outside = have & !set;
        if outside != 0 {
            out.push(with(&rest, *fact, outside));
        }
        rest = with(&rest, *fact, have & set);
    }
    out
}

fn set_of(facts: &Facts, region: &Region, fact: FactId) -> AtomSet {
    region.0.iter().find(|(f, _)| *f == fact).map_or_else(|| facts.domain(fact), |(_, set)| *set)
}

fn with(region: &Region, fact: FactId, set: AtomSet) -> Region {
    let mut next = region.clone();
    match next.0.iter_mut().find(|(f, _)| *f == fact) {
        Some((_, have)) => *have = set,
        None => {
            next.0.push((fact, set));
            next.0.sort_unstable_by_key(|(f, _)| *f);
        }
    }
    next
}

/// Joins boxes that differ in one fact only, so that people can read what is left.
pub(crate) fn merge(mut boxes: Vec<Region>) -> Vec<Region> {
    loop {
        let mut joined = None;
        'search: for i in 0..boxes.len() {
            for j in i + 1..boxes.len() {
                if let Some(one) = join(&boxes[i], &boxes[j]) {
                    joined = Some((i, j, one));
                    break 'search;
                }
            }
        }
        match joined {
            Some((i, j, one)) => {
                boxes.swap_remove(j);
                boxes[i] = one;
            }
            None => return boxes,
        }
    }
}

fn join(a: &Region, b: &Region) -> Option<Region> {
    if a.0.len() != b.0.len() || a.0.iter().zip(&b.0).any(|((f, _), (g, _))| f != g) {
        return None;
    }
    let mut differs = a.0.iter().zip(&b.0).enumerate().filter(|(_, ((_, x), (_, y)))| x != y).map(|(at, _)| at);
    match (differs.next(), differs.next()) {
        (Some(at), None) => {
            let mut one = a.clone();
            one.0[at].1 |= b.0[at].1;
            Some(one)
        }
        (None, _) => Some(a.clone()),
        _ => None,
    }
}
