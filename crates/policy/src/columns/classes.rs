//! From the cells of a row to one number: the combination of classes that a program can tell apart.

use super::input::{Block, Cells, Input, NO_DAY, NO_NUMBER, Storage};
use super::packs::{Adds, Pack};
use super::uses;
use crate::assess::{Asked, Bounds, Scope};
use crate::exact::Exact;
use crate::program::atoms::{Classes, Comparison, interval};
use crate::program::{AtomSet, FactId, Program};
use crate::syntax::ast::Of;
use crate::value::{Person, Record, Value, day_number};
use rustc_hash::FxHashMap;
use std::collections::BTreeSet;
use std::sync::Arc;

/// Numbers of combinations from here on hold a row in error.
pub(super) const BAD: u32 = 1 << 26;
/// So many columns at most, so that errors do not add up beyond a number.
const MOST_PARTS: usize = 30;
/// Up to here combinations are looked up in a table, beyond by hashing.
pub(super) const MOST_TABLE: u32 = 1 << 16;
/// In blocks of so many rows columns of words are looked up together: preparing that costs as much as a few thousand rows.
const MANY_ROWS: usize = 1 << 12;
/// So many columns at most can one compared or derived fact hang on.
pub(super) const MOST_COLUMNS: usize = 4;

/// Numbers the combinations of classes that a program can tell apart.
#[derive(Debug)]
pub(super) struct Classifier {
    pub(super) program: Arc<Program>,
    parts: Vec<Part>,
    pub(super) computed: Vec<Computed>,
    /// One number for every row of the block at hand.
    pub(super) rows: Vec<u32>,
    /// Which block that is.
    pub(super) block: u64,
    /// Raised when the numbers mean other combinations than before.
    pub(super) layout: u32,
    /// How many combinations there can be, compared and derived facts aside.
    pub(super) size: u32,
    packed: Packed,
}

/// Columns of words that are looked up together.
#[derive(Debug, Default)]
struct Packed {
    packs: Vec<Pack>,
    /// Those that no pack has.
    alone: Vec<usize>,
    /// The layout and the words of each column that they were made for.
    made_for: (u32, Vec<usize>),
}

/// A column that tells records apart.
#[derive(Debug)]
struct Part {
    input: usize,
    asks: Asks,
    /// What words, or intervals of numbers and days, add to the number.
    adds: Vec<u32>,
    classes: FxHashMap<Key, u32>,
    /// The class of each word or interval.
    of: Vec<Option<u32>>,
    /// Whether what a class means hangs on the day.
    varies: Vec<bool>,
    /// Whether it tells any cells apart so far.
    tells: bool,
    /// What one class more adds.
    stride: u32,
    cuts: Vec<(i64, bool)>,
}

/// What is asked of a column.
#[derive(Debug, Default)]
struct Asks {
    /// Facts with the sets asked of each.
    facts: Vec<(FactId, Vec<AtomSet>)>,
    /// The code itself decides: the unit, the subject.
    code: bool,
    proofs: bool,
}

/// Cells that no rule tells apart have equal keys.
type Key = Vec<u64>;

/// A fact that is compared or derived; its class is found once for each combination of cells.
#[derive(Debug)]
pub(super) struct Computed {
    pub(super) fact: FactId,
    /// The inputs it hangs on.
    pub(super) inputs: Vec<usize>,
    /// What one class more adds.
    pub(super) stride: u32,
    /// How many classes there are, class 0 included.
    pub(super) classes: u32,
}

impl Classifier {
    /// Sorts out which columns tell records apart. `Err`: why the program can not be run by columns.
    pub(super) fn new(program: Arc<Program>, inputs: &[Input], asked: Asked) -> Result<Self, &'static str> {
        let mut asks: Vec<Asks> = inputs.iter().map(|_| Asks::default()).collect();
        let mut computed: Vec<Computed> = Vec::new();
        let at = |fact: FactId| inputs.iter().position(|input| input.column == usize::from(fact));
        for (fact, set) in uses::asked(&program) {
            let about = program.facts.get(fact);
            let base = match &about.classes {
                Classes::Compare(comparison) => match **comparison {
                    Comparison::Given(of) | Comparison::HasCode(of, _) | Comparison::HasText(of, _) => plain(&program, of).then_some(of),
                    _ => None,
                },
                _ => plain(&program, fact).then_some(fact),
            };
            match base {
                // A column that the file does not have tells nothing apart.
                Some(base) => {
                    if let Some(input) = at(base) {
                        match asks[input].facts.iter_mut().find(|(known, _)| *known == fact) {
                            Some((_, sets)) => sets.push(set),
                            None => asks[input].facts.push((fact, vec![set])),
                        }
                    }
                }
                None if computed.iter().any(|known| known.fact == fact) => {}
                None => {
                    let columns = uses::columns(&program, fact).ok_or("a compared fact hangs on what was recognised")?;
                    let mut inputs: Vec<usize> = columns.into_iter().filter_map(at).collect();
                    inputs.sort_unstable();
                    if inputs.len() > MOST_COLUMNS {
                        return Err("a compared fact hangs on more than four columns");
                    }
                    let classes = u32::try_from(about.classes.count()).unwrap_or(u32::MAX);
                    computed.push(Computed { fact, inputs, stride: 0, classes });
                }
            }
        }
        if let Some(input) = at(1) {
            asks[input].code = true;
        }
        if let Some(input) = at(program.subject) {
            asks[input].code = true;
        }
        if let Some(input) = program.evidence.filter(|_| asked.evidence).and_then(at) {
            asks[input].proofs = true;
        }
        let mut parts: Vec<Part> = Vec::new();
        for (input, asks) in asks.into_iter().enumerate() {
            // A required column can be in error, a free one that nobody asks about tells nothing.
            let idle = asks.facts.is_empty() && !asks.code && !asks.proofs;
            let about = &inputs[input];
            if idle && about.storage != Storage::Words {
                continue;
            }
            parts.push(Part::new(&program, input, about, asks));
        }
        if parts.len() > MOST_PARTS {
            return Err("more columns decide than can be numbered");
        }
        let mut new = Self { program, parts, computed, rows: Vec::new(), block: 0, layout: 0, size: 0, packed: Packed::default() };
        new.lay_out()?;
        Ok(new)
    }

    /// Gives every part its place in the number. `Err`: there are too many combinations.
    fn lay_out(&mut self) -> Result<(), &'static str> {
        let mut size = 1_u32;
        let mut place = |classes: u32| {
            let stride = size;
            size = size.checked_mul(classes.max(1)).filter(|size| *size < BAD)?;
            Some(stride)
        };
        const MANY: &str = "more combinations of facts decide than can be numbered";
        for part in &mut self.parts {
            part.stride = place(u32::try_from(part.classes.len()).unwrap_or(u32::MAX)).ok_or(MANY)?;
            part.adds = part.of.iter().map(|class| class.map_or(BAD, |class| class * part.stride)).collect();
            part.tells = part.adds.iter().any(|add| *add != 0);
        }
        let plain = place(1).ok_or(MANY)?;
        for computed in &mut self.computed {
            computed.stride = place(computed.classes).ok_or(MANY)?;
        }
        self.size = plain;
        self.layout += 1;
        Ok(())
    }

    /// Numbers the rows of a block. `Err`: the program can no longer be run by columns.
    pub(super) fn read(&mut self, inputs: &[Input], block: &Block<'_>, number: u64, window: Option<Bounds>) -> Result<(), &'static str> {
        if self.block == number {
            return Ok(());
        }
        self.block = number;
        let mut grown = false;
        for part in &mut self.parts {
            grown |= part.learn(&self.program, &inputs[part.input], window);
        }
        if grown {
            self.lay_out()?;
        }
        let Self { parts, rows, packed, layout, .. } = self;
        rows.clear();
        rows.resize(block.rows, 0);
        let mut words: Vec<Adds<'_>> = Vec::with_capacity(parts.len());
        for part in parts.iter().filter(|part| part.tells) {
            match block.columns[part.input] {
                Cells::Words(ids) => words.push((&part.adds, ids)),
                cells => part.add(cells, rows),
            }
        }
        if block.rows < MANY_ROWS {
            add_all(rows, &words);
            return Ok(());
        }
        packed.make(*layout, &words);
        let mut alone: Vec<Adds<'_>> = packed.alone.iter().map(|at| words[*at]).collect();
        for pack in packed.packs.iter() {
            if !pack.add(rows, &words) {
                alone.extend(pack.columns().map(|at| words[at]));
            }
        }
        add_all(rows, &alone);
        Ok(())
    }

    /// The classes of the words of an input, where they tell records apart; nothing for a word in error.
    pub(super) fn words(&self, input: usize) -> Option<&[Option<u32>]> {
        self.parts.iter().find(|part| part.input == input).map(|part| part.of.as_slice())
    }

    /// From where on numbers or days of an input belong to another class.
    pub(super) fn bounds(&self, input: usize) -> impl Iterator<Item = i64> {
        // A number that is cut at is a class of its own; one that lies between two hundredths parts them.
        let cuts = self.parts.iter().filter(move |part| part.input == input).flat_map(|part| &part.cuts);
        cuts.flat_map(|(cut, exact)| [exact.then_some(*cut), cut.checked_add(1)]).flatten()
    }

    /// Whether what a row means hangs on its day.
    pub(super) fn varies(&self, block: &Block<'_>, row: usize) -> bool {
        self.parts.iter().any(|part| match block.columns[part.input] {
            Cells::Words(ids) => part.of.get(ids[row] as usize).copied().flatten().is_some_and(|class| part.varies[class as usize]),
            _ => false,
        })
    }
}

/// A column of records that is read, not computed.
fn plain(program: &Program, fact: FactId) -> bool {
    let about = program.facts.get(fact);
    about.of == Of::Record && about.derived.is_none() && !matches!(about.classes, Classes::Compare(_)) && usize::from(fact) < program.facts.columns
}

impl Part {
    fn new(program: &Program, input: usize, about: &Input, asks: Asks) -> Self {
        let fact = FactId::try_from(about.column).unwrap_or(0);
        let cuts = match &program.facts.get(fact).classes {
            Classes::Numbers(cuts) => cuts.iter().map(hundredths).collect(),
            Classes::Dates(cuts) => cuts.iter().map(|day| (i64::from(day_number(*day)), true)).collect(),
            _ => Vec::new(),
        };
        let mut part = Self { input, asks, adds: Vec::new(), classes: FxHashMap::default(), of: Vec::new(), varies: Vec::new(), stride: 0, tells: false, cuts };
        if about.storage != Storage::Words {
            // Class 0 is the empty cell; then the intervals and the cuts between them.
            for class in 0..2 * part.cuts.len() + 2 {
                let key = part.key_of_interval(program, fact, class);
                let class = part.class(key, false);
                part.of.push(Some(class));
            }
        }
        part
    }

    fn key_of_interval(&self, program: &Program, fact: FactId, class: usize) -> Key {
        let about = program.facts.get(fact);
        let mut key = vec![u64::from(class == 0)];
        let stands_for = match (&about.empty, &about.classes, class) {
            (Some(empty), Classes::Numbers(cuts), 0) => interval(cuts, empty),
            _ => u8::try_from(class).unwrap_or(u8::MAX),
        };
        for (asked, sets) in &self.asks.facts {
            // Besides itself, only whether it is given is asked of a number or a day here.
            let class = if *asked == fact { stands_for } else { 1 + u8::from(class == 0) };
            key.extend(sets.iter().map(|set| (set >> class & 1) as u64));
        }
        key
    }

    /// The class of a key; a new one where it is new.
    fn class(&mut self, key: Key, varies: bool) -> u32 {
        let next = u32::try_from(self.classes.len()).unwrap_or(u32::MAX);
        let class = *self.classes.entry(key).or_insert(next);
        if class == next {
            self.varies.push(varies);
        }
        class
    }

    /// Classes of words that were not there before. True where the layout must change.
    fn learn(&mut self, program: &Program, input: &Input, window: Option<Bounds>) -> bool {
        if input.storage != Storage::Words || self.of.len() == input.words.len() {
            return false;
        }
        let before = self.classes.len();
        for at in self.of.len()..input.words.len() {
            let class = input.words[at].as_ref().map(|value| {
                let (key, varies) = self.key_of_word(program, input, input.meanings[at], value, window);
                self.class(key, varies)
            });
            self.of.push(class);
            let add = class.map_or(BAD, |class| class * self.stride);
            self.adds.push(add);
            self.tells |= add != 0;
        }
        self.classes.len() != before
    }

    fn key_of_word(&self, program: &Program, input: &Input, meaning: u32, value: &Value, window: Option<Bounds>) -> (Key, bool) {
        if self.asks.facts.is_empty() && !self.asks.code && !self.asks.proofs {
            return (Key::new(), false);
        }
        let fact = FactId::try_from(input.column).unwrap_or(0);
        let person = Person::default();
        let mut values = vec![Value::Empty; program.schema.slots(Of::Record)];
        if let Some(slot) = values.get_mut(input.slot) {
            *slot = value.clone();
        }
        let records = [Record { id: String::new(), row: 1, values }];
        let mut key = Key::new();
        if self.asks.code {
            key.push(u64::from(meaning) + 1);
        }
        if self.asks.proofs {
            let have = |code: &u16| matches!(value, Value::Codes(codes) if codes.contains(code));
            key.push(u64::from(matches!(value, Value::Codes(codes) if !codes.is_empty())));
            key.extend(uses::proofs(program).iter().map(|group| u64::from(group.iter().any(have))));
        }
        let varies = !self.asks.facts.is_empty() && varies(program, fact, value, window);
        let bounds = window.or_else(|| Bounds::of_year(2000));
        if let Some(bounds) = bounds {
            let scope = Scope::new(program, &person, &records, bounds, Asked::year(bounds.number));
            for (asked, sets) in &self.asks.facts {
                let class = scope.class(*asked, Some(0));
                key.push(u64::from(class == 0));
                key.extend(sets.iter().map(|set| (set >> class & 1) as u64));
            }
        }
        if varies {
            key.push(u64::MAX);
        }
        (key, varies)
    }

    /// Adds what the cells of a column say to the numbers of the rows.
    fn add(&self, cells: Cells<'_>, rows: &mut [u32]) {
        match cells {
            Cells::Words(ids) => add_one(rows, (&self.adds, ids)),
            Cells::Numbers(numbers) => {
                for (row, number) in rows.iter_mut().zip(numbers) {
                    *row += self.adds[if *number == NO_NUMBER { 0 } else { self.interval(*number) }];
                }
            }
            Cells::Days(days) => {
                for (row, day) in rows.iter_mut().zip(days) {
                    *row += self.adds[if *day == NO_DAY { 0 } else { self.interval(i64::from(*day)) }];
                }
            }
        }
    }

    fn interval(&self, number: i64) -> usize {
        for (at, (cut, exact)) in self.cuts.iter().enumerate() {
            if number < *cut || number == *cut && !exact {
                return 2 * at + 1;
            }
            if number == *cut {
                return 2 * at + 2;
            }
        }
        2 * self.cuts.len() + 1
    }
}

impl Packed {
    /// Packs columns of words together, unless they are.
    fn make(&mut self, layout: u32, words: &[Adds<'_>]) {
        let (known, lengths) = &self.made_for;
        if *known == layout && lengths.len() == words.len() && lengths.iter().zip(words).all(|(length, (adds, _))| *length == adds.len()) {
            return;
        }
        let adds: Vec<&[u32]> = words.iter().map(|(adds, _)| *adds).collect();
        (self.packs, self.alone) = Pack::all(&adds, BAD);
        self.made_for = (layout, adds.iter().map(|adds| adds.len()).collect());
    }
}

/// Adds what columns of words say: two at a time, so that the numbers are written half as often.
fn add_all(rows: &mut [u32], words: &[Adds<'_>]) {
    for pair in words.chunks(2) {
        match pair {
            [one, other] => add_two(rows, *one, *other),
            [one] => add_one(rows, *one),
            _ => {}
        }
    }
}

/// Adds what a column of words says.
fn add_one(rows: &mut [u32], (adds, ids): (&[u32], &[u32])) {
    for (row, id) in rows.iter_mut().zip(ids) {
        *row = row.wrapping_add(adds.get(*id as usize).copied().unwrap_or(BAD));
    }
}

/// Adds what two columns of words say.
fn add_two(rows: &mut [u32], (adds, ids): (&[u32], &[u32]), (more, others): (&[u32], &[u32])) {
    let count = rows.len().min(ids.len()).min(others.len());
    let (rows, ids, others) = (&mut rows[..count], &ids[..count], &others[..count]);
    #[allow(clippy::needless_range_loop, reason = "three slices zipped cost twice the instructions")]
    for at in 0..count {
        let one = adds.get(ids[at] as usize).copied().unwrap_or(BAD);
        let other = more.get(others[at] as usize).copied().unwrap_or(BAD);
        rows[at] = rows[at].wrapping_add(one).wrapping_add(other);
    }
}

/// A cut in hundredths, and whether it is whole ones.
fn hundredths(cut: &Exact) -> (i64, bool) {
    let scaled = Exact::new(*cut.numer(), *cut.denom()) * Exact::from_integer(100);
    (scaled.floor().to_integer(), scaled.is_integer())
}

/// Whether the lists that a text stands on change inside a window; without one, whether they ever do.
fn varies(program: &Program, fact: FactId, value: &Value, window: Option<Bounds>) -> bool {
    let (Classes::Texts { known, .. }, Value::Text(text)) = (&program.facts.get(fact).classes, value) else { return false };
    let Some(spans) = known.get(&**text) else { return false };
    let classes: BTreeSet<u8> = match window {
        None => spans.iter().map(|span| span.class).collect(),
        Some(window) => {
            let mut days = vec![window.begin, window.end];
            days.extend(spans.iter().flat_map(|span| [span.from, span.until]).flatten().filter(|day| window.holds(*day)));
            days.into_iter().map(|on| program.facts.class(fact, value, Some(on))).collect()
        }
    };
    classes.len() > 1
}

/// A row of a block as a record; nothing where a cell is in error.
pub(super) fn record(program: &Program, inputs: &[Input], block: &Block<'_>, row: usize) -> Option<Record> {
    let mut values = vec![Value::Empty; program.schema.slots(Of::Record)];
    for column in program.schema.columns.iter().filter(|column| column.of == Of::Record && column.kind == crate::syntax::ast::FactType::Years) {
        values[column.slot] = Value::Years(Vec::new());
    }
    for (input, cells) in inputs.iter().zip(block.columns) {
        *values.get_mut(input.slot)? = input.value(*cells, row)?;
    }
    Some(Record { id: String::new(), row: 0, values })
}
