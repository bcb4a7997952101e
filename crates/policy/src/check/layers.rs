//! Which layers of a stack drop out together: for every such choice a program is compiled and proved.

use crate::program::algebra::{intersect, subtract};
use crate::program::{Program, Where};
use crate::syntax::ast::Policy;

/// Most choices that are tried.
const MOST: usize = 16;

/// The choices of layers that hold, all of them first; then those in which fewest drop out. With more than four layers
/// that can drop out not every choice is tried.
pub(crate) fn choices(stack: &[&Policy]) -> Vec<Vec<bool>> {
    let droppable: Vec<usize> = (0..stack.len()).filter(|at| stack[*at].coverages.iter().any(|coverage| coverage.is.drops_layer)).collect();
    let mut subsets: Vec<u32> = (0..1 << droppable.len().min(MOST)).collect();
    subsets.sort_by_key(|subset| subset.count_ones());
    subsets.truncate(MOST);
    let holds = |subset: u32, layer: usize| droppable.iter().position(|at| *at == layer).is_none_or(|bit| subset >> bit & 1 == 0);
    subsets.into_iter().map(|subset| (0..stack.len()).map(|layer| holds(subset, layer)).collect()).collect()
}

/// Whether there can be a person for whom exactly these layers hold. What is too entangled to tell can be.
pub(crate) fn possible(program: &Program, active: &[bool]) -> bool {
    let mut persons = Where::all();
    for (layer, holds) in active.iter().enumerate() {
        let mine = program.coverages.iter().filter(|coverage| coverage.layer == layer && coverage.drops_layer);
        let covered = mine.fold(Where::all(), |all, coverage| intersect(&all, &coverage.persons));
        let left = if *holds { Some(intersect(&persons, &covered)) } else { subtract(&program.facts, &persons, &covered) };
        match left {
            Some(left) => persons = left,
            None => return true,
        }
    }
    !persons.0.is_empty()
}
