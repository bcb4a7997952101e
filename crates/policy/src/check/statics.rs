//! What needs no compiling: clauses, citations, names of items, what is declared and not used, the source text.

use super::{FEATURES, SourceText, at_item, feature};
use crate::diagnostic::{Code, Diagnostic, Span, nearest};
use crate::library::{Library, PolicyFile};
use crate::program::walk::{self, Part};
use crate::syntax::ast::{Figure, Item, Policy, Scalar, Test, Word};
use crate::text::Text;
use sha2::{Digest as _, Sha256};
use std::collections::{BTreeMap, BTreeSet};

/// The clause that stands for "the text says nothing".
pub(crate) const SILENT: &str = "silent";

pub(crate) fn check(library: &Library, file: &PolicyFile, sources: Option<&[SourceText]>, out: &mut Vec<Diagnostic>) {
    let policy = &*file.ast;
    clauses(policy, out);
    uncited(policy, out);
    for reading in policy.readings.iter().filter(|reading| reading.is.alternatives.is_empty()) {
        let id = &reading.id.is;
        out.push(at_item(
            Code::NoAlternative,
            policy,
            &reading.id.at,
            crate::text!("解读 {id} 没有写另一种取法", "reading {id} names no alternative"),
            Text::new("在 alternatives 中写明另一种取法及其改动；没有别的取法就不是解读", "write the other way and what it changes; where there is none it is no reading"),
        ));
    }
    layers(library, policy, out);
    names(library, policy, out);
    english(policy, out);
    source(file, sources, out);
}

/// Every citation is a clause of the list; every clause that a rule should carry out is cited; every feature exists.
fn clauses(policy: &Policy, out: &mut Vec<Diagnostic>) {
    let known: BTreeSet<&str> = policy.clauses.iter().map(|clause| clause.id.is.as_str()).collect();
    let mut cited: BTreeSet<&str> = BTreeSet::new();
    for word in cites(policy) {
        cited.insert(&word.is);
        if word.is != SILENT && !known.contains(word.is.as_str()) {
            let is = &word.is;
            let remedy = match nearest(is, known.iter().copied()) {
                Some(near) => crate::text!("改为 \"{near}\"，或在 [clause.\"{is}\"] 中列入", "write \"{near}\", or list it in [clause.\"{is}\"]"),
                None => crate::text!("在 [clause.\"{is}\"] 中列入；文本没有规定的写 \"silent\"", "list it in [clause.\"{is}\"]; write \"silent\" where the text says nothing"),
            };
            out.push(at_item(Code::UnknownClause, policy, &word.at, crate::text!("条款清单中没有“{is}”", "the list of clauses has no \"{is}\""), remedy));
        }
    }
    for clause in &policy.clauses {
        let id = &clause.id.is;
        if clause.is.became.iter().any(|word| word.is == "rule") && !cited.contains(id.as_str()) {
            out.push(at_item(
                Code::ClauseGap,
                policy,
                &clause.id.at,
                crate::text!("条款“{id}”应由规则落实，却没有条目引用它", "clause \"{id}\" is to be a rule, and no item cites it"),
                Text::new("让落实它的条目写 cite，或改写 is", "cite it where it is carried out, or write another `is`"),
            ));
        }
        let only_text = matches!(clause.is.became.as_slice(), [word] if word.is == "text");
        if let Some(by) = carried_out(policy).find(|(cited, _)| cited.is == *id).map(|(_, by)| by).filter(|_| only_text) {
            out.push(at_item(
                Code::ClauseGap,
                policy,
                &clause.id.at,
                crate::text!("条款“{id}”写的是 text，{by} 却引用它", "clause \"{id}\" is `text`, and {by} cites it"),
                Text::new("改为 is = \"rule\"，或改那一条目的 cite", "write is = \"rule\", or cite another clause there"),
            ));
        }
        if clause.is.became.is_empty() {
            out.push(at_item(
                Code::ClauseGap,
                policy,
                &clause.id.at,
                crate::text!("条款“{id}”没有写明如何落实", "clause \"{id}\" does not say what became of it"),
                Text::new("写 is = \"rule\"、\"text\" 等", "write is = \"rule\", \"text\" …"),
            ));
        }
        for word in &clause.is.became {
            if let Some((_, id)) = word.is.split_once(':')
                && feature(id).is_none()
            {
                let all = FEATURES.iter().map(|(id, ..)| *id).filter(|id| *id != "planned").collect::<Vec<_>>().join("、");
                out.push(at_item(
                    Code::BadWord,
                    policy,
                    &word.at,
                    crate::text!("软件没有“{id}”这项功能", "the product has no feature called {id}"),
                    crate::text!("可用的功能：{all}；尚未做的写 planned", "the features are: {all}; `planned` for those to come"),
                ));
            }
        }
    }
}

/// Citations of the items that carry a clause out, with the item.
fn carried_out(policy: &Policy) -> impl Iterator<Item = (&Word, String)> {
    fn of<'p, T>(kind: &'static str, items: &'p [Item<T>]) -> impl Iterator<Item = (&'p Word, String)> {
        items.iter().flat_map(move |item| item.cite.iter().map(move |word| (word, format!("{kind}.{}", item.id.is))))
    }
    of("rule", &policy.rules).chain(of("limit", &policy.limits)).chain(of("surplus", &policy.surpluses)).chain(of("requirement", &policy.requirements))
}

/// Every citation of a policy.
pub(crate) fn cites(policy: &Policy) -> Vec<&Word> {
    let mut all: Vec<&Word> = Vec::new();
    macro_rules! from {
        ($($kind:ident),*) => { $(all.extend(policy.$kind.iter().flat_map(|item| &item.cite));)* };
    }
    from!(facts, windows, lists, sets, values, readings, coverages, checks, rules, limits, surpluses, requirements, exemptions, gates, papers, actors, stages, warnings);
    if let Some(layer) = &policy.layer {
        all.extend(layer.is.delegates.iter().flat_map(|delegate| &delegate.cite));
        all.extend(layer.is.drop.iter().flat_map(|(cite, _)| cite));
    }
    all
}

/// Figures in kinds of item whose `cite` may be left out.
fn uncited(policy: &Policy, out: &mut Vec<Diagnostic>) {
    let mut found: BTreeMap<(usize, &str), (&str, Span)> = BTreeMap::new();
    walk::policy(policy, &mut |at, part| {
        if !["fact", "set", "window", "duty"].contains(&at.kind) || !at.cite.is_empty() {
            return;
        }
        let figure = match part {
            Part::Figure(figure) => matches!(figure.is, Figure::Exact(_)),
            Part::Test(_, test) => holds_figure(test),
            Part::Date => false,
        };
        if figure {
            found.insert((at.id.at.start, at.kind), (&at.id.is, at.id.at.clone()));
        }
    });
    for ((_, kind), (id, span)) in found {
        out.push(at_item(
            Code::Uncited,
            policy,
            &span,
            crate::text!("[{kind}.{id}] 里有数，却没有写依据的条款", "[{kind}.{id}] holds a figure and cites no clause"),
            Text::new("写 cite = \"…\"；文本没有规定的写 \"silent\"", "write cite = \"…\"; \"silent\" where the text says nothing"),
        ));
    }
}

fn holds_figure(test: &Test) -> bool {
    match test {
        Test::OneOf(values) => values.iter().any(|value| matches!(value.is, Scalar::Number(_) | Scalar::Date(_))),
        Test::Range(bounds) => bounds.iter().any(|(_, value)| matches!(value.is, Scalar::Number(_) | Scalar::Date(_))),
        Test::Not(inner) => holds_figure(inner),
        Test::Given(_) | Test::In(_) | Test::SameAs(_) | Test::Among(_) => false,
    }
}

/// Whether a policy lies on another, directly or through others.
pub(super) fn lies_on(library: &Library, id: &str, other: &str, seen: &mut BTreeSet<String>) -> bool {
    let Some(file) = library.get(id).filter(|_| seen.insert(id.to_owned())) else { return false };
    file.ast.layer.iter().flat_map(|layer| &layer.is.on).any(|word| word.is == other || lies_on(library, &word.is, other, seen))
}

/// What a layer lies on, drops and replaces must exist.
fn layers(library: &Library, policy: &Policy, out: &mut Vec<Diagnostic>) {
    let ids: Vec<&str> = library.files().iter().map(PolicyFile::id).collect();
    for word in policy.layer.iter().flat_map(|layer| &layer.is.on) {
        if word.is != "region" && !ids.contains(&word.is.as_str()) {
            let is = &word.is;
            let remedy = nearest(is, ids.iter().copied())
                .map_or_else(|| Text::new("把那份政策一并放进目录，或改 on", "put that policy into the folder too, or change `on`"), |near| crate::text!("改为 \"{near}\"", "write \"{near}\""));
            out.push(at_item(Code::LayerOrder, policy, &word.at, crate::text!("没有标识为 {is} 的政策", "there is no policy {is}"), remedy));
        }
        if word.is == policy.head.id.is {
            out.push(at_item(Code::LayerOrder, policy, &word.at, Text::new("政策不能叠加在自己之上", "a policy can not lie on itself"), Text::new("写下层的标识", "name the policy below")));
        } else if lies_on(library, &word.is, &policy.head.id.is, &mut BTreeSet::new()) {
            let (is, own) = (&word.is, &policy.head.id.is);
            out.push(at_item(
                Code::LayerOrder,
                policy,
                &word.at,
                crate::text!("{own} 叠加在 {is} 之上，{is} 又叠加在 {own} 之上", "{own} lies on {is}, and {is} lies on {own}"),
                Text::new("去掉其中一处 on：下层的文件不提上层", "take one `on` away: the document below does not name the one above"),
            ));
        }
    }
    let mut targets: Vec<(&Word, &'static str)> = Vec::new();
    targets.extend(policy.rules.iter().filter_map(|item| item.is.replaces.as_ref()).map(|word| (word, "rule")));
    targets.extend(policy.limits.iter().filter_map(|item| item.is.replaces.as_ref()).map(|word| (word, "limit")));
    targets.extend(policy.requirements.iter().filter_map(|item| item.is.replaces.as_ref()).map(|word| (word, "requirement")));
    for (word, kind) in targets {
        let found = word.is.split_once('/').is_some_and(|(policy, id)| exists(library, policy, kind, id));
        missing_item(policy, word, found, out);
    }
    for (_, word) in policy.layer.iter().flat_map(|layer| &layer.is.drop) {
        let found = word.is.split_once('/').and_then(|(policy, rest)| rest.split_once('.').map(|(kind, id)| exists(library, policy, kind, id)));
        missing_item(policy, word, found.unwrap_or(false), out);
        if found == Some(true) {
            super::drops::check(library, policy, word, out);
        }
    }
}

/// Names that no program resolves: who acts, which stage comes before, whose values a list holds.
fn names(library: &Library, policy: &Policy, out: &mut Vec<Diagnostic>) {
    let all = || library.files().iter().map(|file| &*file.ast);
    let mut asked: Vec<(&Word, &str, Vec<&str>)> = Vec::new();
    for stage in &policy.stages {
        asked.extend(stage.is.by.iter().map(|word| (word, "[actor]", all().flat_map(|p| &p.actors).map(|item| item.id.is.as_str()).collect())));
        asked.extend(stage.is.after.iter().map(|word| (word, "[stage]", all().flat_map(|p| &p.stages).map(|item| item.id.is.as_str()).collect())));
    }
    let facts = || all().flat_map(|p| &p.facts).map(|item| item.id.is.as_str()).collect::<Vec<_>>();
    asked.extend(policy.lists.iter().flat_map(|list| &list.is.of).map(|word| (word, "[fact]", facts())));
    let units = || all().flat_map(|p| &p.units).map(|item| item.id.is.as_str()).collect::<Vec<_>>();
    asked.extend(policy.facts.iter().filter_map(|fact| fact.is.unit.as_ref()).map(|word| (word, "[unit]", units())));
    for (word, kind, known) in asked.into_iter().filter(|(word, _, known)| !known.contains(&word.is.as_str())) {
        let is = &word.is;
        let remedy = match nearest(is, known) {
            Some(near) => crate::text!("改为 {near}，或在 {kind} 中声明 {is}", "write {near}, or declare {is} in {kind}"),
            None => crate::text!("在 {kind} 中声明 {is}", "declare {is} in {kind}"),
        };
        out.push(at_item(Code::UnknownName, policy, &word.at, crate::text!("{kind} 中没有 {is}", "there is no {is} in {kind}"), remedy));
    }
}

fn missing_item(policy: &Policy, word: &Word, found: bool, out: &mut Vec<Diagnostic>) {
    if !found {
        let is = &word.is;
        out.push(at_item(
            Code::UnknownItem,
            policy,
            &word.at,
            crate::text!("没有 {is} 这个条目", "there is no item {is}"),
            Text::new("replaces 写 政策/标识，drop 写 政策/种类.标识", "`replaces` takes policy/id, `drop` policy/kind.id"),
        ));
    }
}

fn exists(library: &Library, policy: &str, kind: &str, id: &str) -> bool {
    library.get(policy).is_some_and(|file| file.root.get(kind).and_then(|items| items.get(id)).is_some())
}

/// Titles and texts without English, once for the file.
fn english(policy: &Policy, out: &mut Vec<Diagnostic>) {
    let texts = std::iter::once(&policy.head.title).chain(policy.rules.iter().map(|rule| &rule.title)).chain(policy.readings.iter().map(|reading| &reading.is.text));
    let count = texts.filter(|text| text.en.is_empty() && !text.zh.is_empty()).count();
    if count > 0 {
        out.push(at_item(
            Code::NoEnglish,
            policy,
            &policy.head.id.at,
            crate::text!("{count} 处名称或解读没有英文；英文界面显示中文", "titles and readings without English: {count}; English readers see the Chinese"),
            Text::new("写成 { zh = \"…\", en = \"…\" }", "write { zh = \"…\", en = \"…\" }"),
        ));
    }
}

/// The source text is the one that was encoded, and every numbered clause of it is listed.
fn source(file: &PolicyFile, sources: Option<&[SourceText]>, out: &mut Vec<Diagnostic>) {
    let policy = &*file.ast;
    let Some(word) = &policy.head.source_sha256 else { return };
    let Some(sources) = sources else {
        out.push(at_item(
            Code::NoSource,
            policy,
            &word.at,
            Text::new("原文不在手边，未核对", "the source text is not at hand and was not compared"),
            Text::new("用 --source 目录 给出原文", "give the folder of source texts with --source"),
        ));
        return;
    };
    let hash = |bytes: &[u8]| Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let Some(text) = sources.iter().find(|source| hash(&source.bytes) == word.is.to_lowercase()) else {
        out.push(at_item(
            Code::SourceChanged,
            policy,
            &word.at,
            Text::new("给出的原文中没有一份是当时编写所据的那份", "none of the source texts is the one that was encoded"),
            Text::new("核对原文是否改动；改动之处重新编写后更新 source_sha256", "see what changed in the text, encode it, then update source_sha256"),
        ));
        return;
    };
    let text = String::from_utf8_lossy(&text.bytes);
    for unit in crate::outline::units(&text) {
        let covered = policy.clauses.iter().any(|clause| clause.id.is == unit || clause.id.is.starts_with(&unit) || unit.starts_with(&clause.id.is));
        if !covered {
            out.push(at_item(
                Code::SourceClause,
                policy,
                &word.at,
                crate::text!("原文有“{unit}”，条款清单里没有", "the text has \"{unit}\"; the list of clauses has not"),
                crate::text!("加上 [clause.\"{unit}\"]", "add [clause.\"{unit}\"]"),
            ));
        }
    }
}
