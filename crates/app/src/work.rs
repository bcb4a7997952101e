//! Work on many persons: in chunks, on every core, taken in order.

use crate::failure::Failure;
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;

/// Fewer than this many are done without other threads.
const ALONE: usize = 2_000;
/// How many persons are done at a time.
const CHUNK: usize = 64;
/// How many chunks each thread may be ahead of what was taken.
const AHEAD: usize = 8;

/// Makes something of each chunk of `0..count` and takes the results in order. A failure to make or to take ends the work.
///
/// # Errors
/// The first failure in order.
pub(crate) fn in_order<T: Send>(count: usize, make: impl Fn(Range<usize>) -> Result<T, Failure> + Sync, mut take: impl FnMut(T, usize) -> Result<(), Failure>) -> Result<(), Failure> {
    let chunk = |at: usize| at * CHUNK..((at + 1) * CHUNK).min(count);
    let threads = if count < ALONE { 1 } else { cores() };
    ordered(count.div_ceil(CHUNK), threads, AHEAD, |at| make(chunk(at)), |made, at| take(made, chunk(at).end))
}

/// Makes something of each of a few large tasks on every core and takes the results in order. Not many wait to be taken.
///
/// # Errors
/// The first failure in order.
pub(crate) fn tasks<T: Send>(count: usize, make: impl Fn(usize) -> Result<T, Failure> + Sync, take: impl FnMut(T, usize) -> Result<(), Failure>) -> Result<(), Failure> {
    ordered(count, cores().min(count), 1, make, take)
}

/// How many threads work at a time.
pub(crate) fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, |cores| cores.get())
}

fn ordered<T: Send>(count: usize, threads: usize, ahead: usize, make: impl Fn(usize) -> Result<T, Failure> + Sync, mut take: impl FnMut(T, usize) -> Result<(), Failure>) -> Result<(), Failure> {
    if threads < 2 {
        return (0..count).try_for_each(|at| take(make(at)?, at));
    }
    let next = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        let (send, receive) = mpsc::sync_channel::<(usize, Result<T, Failure>)>(threads * ahead);
        for _ in 0..threads {
            let (send, next, make) = (send.clone(), &next, &make);
            scope.spawn(move || {
                loop {
                    let at = next.fetch_add(1, Ordering::Relaxed);
                    if at >= count || send.send((at, make(at))).is_err() {
                        return;
                    }
                }
            });
        }
        drop(send);
        let mut early: BTreeMap<usize, Result<T, Failure>> = BTreeMap::new();
        let mut wanted = 0;
        for (at, made) in receive {
            early.insert(at, made);
            while let Some(made) = early.remove(&wanted) {
                take(made?, wanted)?;
                wanted += 1;
            }
        }
        Ok(())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_are_taken_in_order_and_the_first_failure_ends_the_work() {
        for count in [0, 1, ALONE - 1, ALONE, 10_000] {
            let mut taken = Vec::new();
            in_order(
                count,
                |range| Ok(range.collect::<Vec<_>>()),
                |some, done| {
                    taken.extend(some);
                    assert_eq!(taken.len(), done);
                    Ok(())
                },
            )
            .unwrap();
            assert_eq!(taken, (0..count).collect::<Vec<_>>());
        }
        let failed = in_order(10_000, |range| if range.start > 5_000 { Err(Failure::Quiet) } else { Ok(range.end) }, |end, _| if end > 5_120 { Err(Failure::new("", "")) } else { Ok(()) });
        assert!(matches!(failed, Err(Failure::Quiet)));
    }
}
