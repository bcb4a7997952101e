//! Every figure of a program, each with the where in which it is asked.

use super::algebra::{intersect, subtract};
use super::atoms::{Classes, Comparison, Derived};
use super::{Accepts, Figure, Keep, Measure, PerUnit, Program, Region, Rule, Spread, Where, WindowShape};

/// What is called with a figure and the where in which it is asked.
pub(crate) type Visit<'v, 'a> = &'v mut dyn FnMut(&'a Figure, &Where);

impl Program {
    /// Calls `visit` with every figure, inner ones after their outer.
    pub(crate) fn each_figure<'a>(&'a self, visit: Visit<'_, 'a>) {
        let all = Where::all();
        self.inside(&self.step, &all, visit);
        for fact in &self.facts.all {
            if let Some(Derived::Number(is)) = &fact.derived {
                self.inside(is, &all, visit);
            }
            if let Classes::Compare(comparison) = &fact.classes
                && let Comparison::Numbers(_, bounds) = &**comparison
            {
                bounds.iter().for_each(|(_, is)| self.inside(is, &all, visit));
            }
        }
        for window in &self.windows {
            if let WindowShape::Calendar { first: Some(is), .. } = &window.shape {
                self.inside(is, &all, visit);
            }
        }
        for rule in &self.rules {
            let context = rule.takes();
            rule.figures().into_iter().for_each(|is| self.inside(is, &context, visit));
        }
        for limit in &self.limits {
            if let Keep::AtMost(most, round) = &limit.keep {
                let context = intersect(&limit.of, &limit.persons);
                std::iter::once(most).chain(round.iter().map(|round| &round.step)).for_each(|is| self.inside(is, &context, visit));
            }
        }
        for requirement in &self.requirements {
            for way in &requirement.ways {
                self.measured(&way.what, &intersect(&requirement.persons, &way.of), visit);
                self.inside(&way.at_least, &requirement.persons, visit);
            }
        }
        for surplus in &self.surpluses {
            surplus.at_most.iter().chain([&surplus.above]).for_each(|is| self.inside(is, &surplus.persons, visit));
        }
        for gate in &self.gates {
            let asked = gate.unless.as_ref().and_then(|unless| subtract(&self.facts, &gate.persons, unless));
            [&gate.from, &gate.to].into_iter().for_each(|is| self.inside(is, asked.as_ref().unwrap_or(&gate.persons), visit));
        }
    }

    /// A figure and those inside it.
    fn inside<'a>(&'a self, is: &'a Figure, context: &Where, visit: Visit<'_, 'a>) {
        visit(is, context);
        match is {
            Figure::Table { rows, otherwise, .. } => {
                rows.iter().for_each(|(region, inner)| self.inside(inner, &intersect(context, &Where(vec![region.clone()])), visit));
                otherwise.iter().for_each(|inner| self.inside(inner, context, visit));
            }
            Figure::Line { of, pieces } => {
                self.inside(of, context, visit);
                pieces.iter().for_each(|(_, each)| self.inside(each, context, visit));
            }
            Figure::Many(_, items) => items.iter().for_each(|item| self.inside(item, context, visit)),
            Figure::Difference(pair) | Figure::Ratio(pair) => [&pair.0, &pair.1].into_iter().for_each(|inner| self.inside(inner, context, visit)),
            Figure::OverYears(inner) => self.inside(inner, context, visit),
            Figure::Measured(pair) => self.measured(&pair.0, &intersect(context, &pair.1), visit),
            Figure::Exact(_) | Figure::Unbounded | Figure::Fact(_) | Figure::Span(..) | Figure::YearOf(_) | Figure::Count(_) => {}
        }
    }

    /// The figure that is summed over recognised records.
    fn measured<'a>(&'a self, what: &'a Measure, of: &Where, visit: Visit<'_, 'a>) {
        if let Measure::SumOf(is) = what {
            self.inside(is, &intersect(&self.recognised(), of), visit);
        }
    }

    /// The records that rules recognise, rule by rule: a rule settles which facts and which bucket its records have.
    pub(crate) fn recognised(&self) -> Where {
        let mut all = Vec::new();
        for (at, rule) in self.rules.iter().enumerate() {
            let mut of_rule = Region(vec![(self.facts.rule(), 1 << (at + 1))]);
            if let Some(bucket) = rule.bucket {
                of_rule.0.push((self.facts.bucket(), 1 << (bucket + 1)));
            }
            all.extend(intersect(&rule.takes(), &Where(vec![of_rule])).0);
        }
        Where(all)
    }
}

impl Rule {
    /// The records it gives something to: those it speaks of that have what it needs.
    pub(crate) fn takes(&self) -> Where {
        match &self.needs {
            Some(needs) => intersect(&self.matches, needs),
            None => self.matches.clone(),
        }
    }

    fn figures(&self) -> Vec<&Figure> {
        let mut all: Vec<&Figure> = match &self.accepts {
            Accepts::Grant(is) => vec![is],
            Accepts::Units(units) => units.iter().map(|(_, is)| is).collect(),
        };
        for per_unit in self.counted_in.iter().chain(&self.quantity_at_most) {
            match per_unit {
                PerUnit::All(is) => all.push(is),
                PerUnit::Units(units) => all.extend(units.iter().map(|(_, is)| is)),
            }
        }
        if let Some(Spread::Ladder(rungs)) = &self.spread {
            all.extend(rungs.iter().flat_map(|rung| rung.at_most.iter().chain(&rung.part)));
        }
        all.extend(self.times.iter().chain(&self.at_most).chain(self.round.iter().map(|round| &round.step)));
        all
    }
}
