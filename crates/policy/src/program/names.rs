//! Names of a stack: from a policy one sees its own items and those of the layers below.

use crate::exact::Exact;
use crate::syntax::ast::{Figure, Item, List, Policy, Reading, Scalar, Value, Where};

/// An item that a name stood for: its kind, layer and id.
pub(crate) type Used = (&'static str, usize, String);

/// The policies of a stack, from the bottom up.
#[derive(Clone, Copy)]
pub(crate) struct Names<'a> {
    pub(crate) stack: &'a [&'a Policy],
}

impl<'a> Names<'a> {
    /// Looks a name up from a layer downward; `policy/name` looks in that policy only.
    fn find<T>(&self, layer: usize, name: &str, items: impl Fn(&'a Policy) -> &'a [Item<T>]) -> Option<(usize, &'a Item<T>)> {
        let (policy, name) = name.split_once('/').map_or((None, name), |(policy, name)| (Some(policy), name));
        (0..=layer).rev().find_map(|at| {
            let here = self.stack.get(at).copied()?;
            if policy.is_some_and(|policy| policy != here.head.id.is) {
                return None;
            }
            items(here).iter().find(|item| item.id.is == name).map(|item| (at, item))
        })
    }

    pub(crate) fn value(&self, layer: usize, name: &str) -> Option<(usize, &'a Item<Value>)> {
        self.find(layer, name, |policy| &policy.values)
    }

    pub(crate) fn reading(&self, layer: usize, name: &str) -> Option<(usize, &'a Item<Reading>)> {
        self.find(layer, name, |policy| &policy.readings)
    }

    pub(crate) fn set(&self, layer: usize, name: &str) -> Option<(usize, &'a Item<Where>)> {
        self.find(layer, name, |policy| &policy.sets)
    }

    pub(crate) fn list(&self, layer: usize, name: &str) -> Option<(usize, &'a Item<List>)> {
        self.find(layer, name, |policy| &policy.lists)
    }

    /// The value of a reading, where it has one.
    pub(crate) fn scalar(&self, layer: usize, name: &str) -> Option<&'a Scalar> {
        self.reading(layer, name).and_then(|(_, reading)| reading.is.value.as_ref()).map(|value| &value.is)
    }

    /// A number that a name stands for without looking at any fact.
    pub(crate) fn constant(&self, layer: usize, name: &str) -> Option<Exact> {
        self.constant_through(layer, name, &mut Vec::new())
    }

    /// The same, noting the readings and values gone through. Names that stand for each other stand for nothing.
    pub(crate) fn constant_through(&self, layer: usize, name: &str, through: &mut Vec<Used>) -> Option<Exact> {
        let reading = self.reading(layer, name).and_then(|(at, item)| Some((("reading", at, item.id.is.clone()), &item.is.value.as_ref()?.is)));
        let (step, next) = match reading {
            Some((step, Scalar::Number(number))) => (step, Ok(*number)),
            Some((step, Scalar::Text(other))) if other != name => (step, crate::exact::parse_exact(other).ok_or((layer, other))),
            _ => {
                let (at, item) = self.value(layer, name)?;
                let Value::Figure(figure) = &item.is else { return None };
                let next = match &figure.is {
                    Figure::Exact(number) => Ok(*number),
                    Figure::Name(other) if other != name => Err((at, other)),
                    _ => return None,
                };
                (("value", at, item.id.is.clone()), next)
            }
        };
        if through.contains(&step) {
            return None;
        }
        through.push(step);
        next.or_else(|(at, other)| self.constant_through(at, other, through).ok_or(())).ok()
    }

    /// A word that stands here itself, or that the reading of that name has for its value.
    pub(crate) fn word(&self, layer: usize, word: &str) -> String {
        match self.scalar(layer, word) {
            Some(Scalar::Text(text)) => text.clone(),
            _ => word.to_owned(),
        }
    }
}
