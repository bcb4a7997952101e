//! Visits every where, figure, table and name of a policy, so that what is used is known before it is compiled.

use crate::syntax::ast::*;

/// Something a policy says somewhere.
pub(crate) enum Part<'a> {
    /// A condition on a fact.
    Test(&'a Word, &'a Test),
    /// A figure, each once, inner ones after their outer.
    Figure(&'a Sp<Figure>),
    /// A date.
    Date,
}

/// Where a part stands.
pub(crate) struct At<'a> {
    /// `rule`, `limit` …
    pub(crate) kind: &'static str,
    /// The item's id.
    pub(crate) id: &'a Word,
    /// Its citations.
    pub(crate) cite: &'a [Word],
}

type Visit<'v, 'a> = &'v mut dyn FnMut(&At<'a>, Part<'a>);

/// Calls `visit` with every part of a policy.
pub(crate) fn policy<'a>(policy: &'a Policy, visit: Visit<'_, 'a>) {
    let head = At { kind: "policy", id: &policy.head.id, cite: &[] };
    governs(&policy.head.governs, &head, visit);
    if let Some(account) = &policy.account {
        figure(&account.is.round.step, &at("account", account), visit);
    }
    if let Some(layer) = &policy.layer {
        let here = at("layer", layer);
        if let TakesOver::Records(records) = &layer.is.takes_over {
            wheres(records, &here, visit);
        }
        for delegate in &layer.is.delegates {
            wheres(&delegate.what, &here, visit);
        }
    }
    for item in &policy.facts {
        let here = at("fact", item);
        each(item.is.empty.iter().chain(&item.is.derived), &here, visit);
    }
    for item in &policy.windows {
        if let WindowShape::Calendar { first: Some(first), .. } = &item.is.shape {
            figure(first, &at("window", item), visit);
        }
    }
    for item in &policy.duties {
        wheres(&item.is.persons, &at("duty", item), visit);
    }
    for item in &policy.sets {
        wheres(&item.is, &at("set", item), visit);
    }
    for item in &policy.values {
        let here = at("value", item);
        match &item.is {
            Value::Figure(is) => figure(is, &here, visit),
            Value::Gives(is) => gives(is, &here, visit),
            Value::Proof(_) => {}
        }
    }
    for item in &policy.coverages {
        wheres(&item.is.persons, &at("coverage", item), visit);
    }
    for item in &policy.checks {
        let here = at("check", item);
        wheres(&item.is.of, &here, visit);
        wheres(&item.is.needs, &here, visit);
    }
    for item in &policy.rules {
        rule(item, visit);
    }
    for item in &policy.limits {
        let here = at("limit", item);
        wheres(&item.is.of, &here, visit);
        wheres(&item.is.persons, &here, visit);
        if let Keep::AtMost(most) = &item.is.keep {
            figure(most, &here, visit);
        }
        each(item.is.round.iter().map(|round| &round.step), &here, visit);
    }
    for item in &policy.surpluses {
        let here = at("surplus", item);
        wheres(&item.is.of, &here, visit);
        wheres(&item.is.persons, &here, visit);
        each(std::iter::once(&item.is.above).chain(&item.is.at_most), &here, visit);
    }
    for item in &policy.requirements {
        let here = at("requirement", item);
        governs(&item.is.governs, &here, visit);
        wheres(&item.is.persons, &here, visit);
        for way in &item.is.ways {
            wheres(&way.of, &here, visit);
            measure(&way.what, &here, visit);
            figure(&way.at_least, &here, visit);
        }
    }
    for item in &policy.exemptions {
        wheres(&item.is.persons, &at("exemption", item), visit);
    }
    for item in &policy.gates {
        let here = at("gate", item);
        wheres(&item.is.persons, &here, visit);
        each([&item.is.from, &item.is.to], &here, visit);
        item.is.unless.iter().for_each(|is| wheres(is, &here, visit));
    }
    for item in &policy.warnings {
        let here = at("warning", item);
        wheres(&item.is.of, &here, visit);
        item.is.when.iter().for_each(|is| wheres(is, &here, visit));
    }
}

fn at<'a, T>(kind: &'static str, item: &'a Item<T>) -> At<'a> {
    At { kind, id: &item.id, cite: &item.cite }
}

fn rule<'a>(item: &'a Item<Rule>, visit: Visit<'_, 'a>) {
    let (here, rule) = (at("rule", item), &item.is);
    wheres(&rule.matches, &here, visit);
    rule.needs.iter().for_each(|is| wheres(is, &here, visit));
    governs(&rule.governs, &here, visit);
    for per_unit in rule.counted_in.iter().chain(&rule.quantity_at_most) {
        match per_unit {
            PerUnit::All(is) => figure(is, &here, visit),
            PerUnit::Units(units) => each(units.iter().map(|(_, is)| is), &here, visit),
        }
    }
    gives(&rule.gives, &here, visit);
    each(rule.times.iter().chain(&rule.at_most).chain(rule.round.iter().map(|round| &round.step)), &here, visit);
    match &rule.spread {
        Some(Spread::Ladder(rungs)) => each(rungs.iter().flat_map(|rung| rung.at_most.iter().chain(&rung.part)), &here, visit),
        Some(Spread::Across { from, to, .. }) => {
            date(from, &here, visit);
            date(to, &here, visit);
        }
        None => {}
    }
}

fn governs<'a>(governs: &'a Governs, here: &At<'a>, visit: Visit<'_, 'a>) {
    each(governs.from.iter().chain(&governs.to), here, visit);
}

fn gives<'a>(gives: &'a Gives, here: &At<'a>, visit: Visit<'_, 'a>) {
    match gives {
        Gives::Grant(is) => figure(is, here, visit),
        Gives::Units(units) => each(units.iter().map(|(_, is)| is), here, visit),
        Gives::Named(_) => {}
    }
}

fn measure<'a>(measure: &'a Measure, here: &At<'a>, visit: Visit<'_, 'a>) {
    if let Measure::SumOf(is) = measure {
        figure(is, here, visit);
    }
}

fn each<'a>(figures: impl IntoIterator<Item = &'a Sp<Figure>>, here: &At<'a>, visit: Visit<'_, 'a>) {
    for is in figures {
        figure(is, here, visit);
    }
}

fn wheres<'a>(is: &'a Where, here: &At<'a>, visit: Visit<'_, 'a>) {
    for condition in is.any.iter().flatten() {
        visit(here, Part::Test(&condition.fact, &condition.test));
    }
}

fn figure<'a>(is: &'a Sp<Figure>, here: &At<'a>, visit: Visit<'_, 'a>) {
    visit(here, Part::Figure(is));
    match &is.is {
        Figure::Exact(_) | Figure::Name(_) | Figure::Unbounded | Figure::Count(_) => {}
        Figure::Table(table) => {
            for (tests, result, _) in &table.rows {
                for (fact, test) in table.by.iter().zip(tests) {
                    visit(here, Part::Test(fact, test));
                }
                figure(result, here, visit);
            }
            table.otherwise.iter().for_each(|is| figure(is, here, visit));
        }
        Figure::Line { of, pieces } => {
            figure(of, here, visit);
            each(pieces.iter().map(|(_, is)| is), here, visit);
        }
        Figure::Many(_, items) => each(items, here, visit),
        Figure::Difference(pair) | Figure::Ratio(pair) => each([&pair.0, &pair.1], here, visit),
        Figure::Span(_, pair) => {
            date(&pair.0, here, visit);
            date(&pair.1, here, visit);
        }
        Figure::YearOf(of) | Figure::Date(of) => date(of, here, visit),
        Figure::OverYears(of) => figure(of, here, visit),
        Figure::Measured(pair) => {
            measure(&pair.0, here, visit);
            wheres(&pair.1, here, visit);
        }
    }
}

fn date<'a>(is: &'a Sp<DateFigure>, here: &At<'a>, visit: Visit<'_, 'a>) {
    visit(here, Part::Date);
    match &is.is {
        DateFigure::Name(_) | DateFigure::Date(_) => {}
        DateFigure::First(items) | DateFigure::Earliest(items) | DateFigure::Latest(items) => items.iter().for_each(|is| date(is, here, visit)),
        DateFigure::Plus(of, ..) => date(of, here, visit),
    }
}
