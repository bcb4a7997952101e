//! Names looked up while compiling, and what is said of those that nothing declares.

use super::FactId;
use super::compile::Compiler;
use crate::diagnostic::{Code, Diagnostic, Span, nearest};
use crate::exact::Exact;
use crate::syntax::ast::{self, FactType, Scalar, Word};
use crate::text::Text;
use std::collections::BTreeSet;

impl Compiler<'_> {
    pub(crate) fn window(&mut self, layer: usize, word: &Word) -> Option<usize> {
        let name = self.word(layer, &word.is);
        let found = self.windows.iter().position(|window| window.id == name);
        self.used_everywhere("window", &name);
        if found.is_none() {
            let known: Vec<String> = self.windows.iter().map(|window| window.id.clone()).collect();
            self.unknown(layer, Code::UnknownName, &word.at, &word.is, &known.iter().map(String::as_str).collect::<Vec<_>>(), "[window]");
        }
        found
    }

    pub(crate) fn bucket(&mut self, layer: usize, name: &str, at: &Span) -> Option<u8> {
        let found = self.buckets.iter().position(|bucket| *bucket.id == *name).and_then(|at| u8::try_from(at).ok());
        self.used_everywhere("bucket", name);
        if found.is_none() {
            let known: Vec<String> = self.buckets.iter().map(|bucket| bucket.id.to_string()).collect();
            self.unknown(layer, Code::UnknownName, at, name, &known.iter().map(String::as_str).collect::<Vec<_>>(), "[bucket]");
        }
        found
    }

    pub(crate) fn problem(&mut self, layer: usize, word: &Word) -> Option<usize> {
        let found = self.problems.iter().position(|problem| *problem.id == *word.is);
        self.used_everywhere("problem", &word.is);
        if found.is_none() {
            let known: Vec<String> = self.problems.iter().map(|problem| problem.id.to_string()).collect();
            self.unknown(layer, Code::UnknownName, &word.at, &word.is, &known.iter().map(String::as_str).collect::<Vec<_>>(), "[problem]");
        }
        found
    }

    pub(crate) fn fact(&mut self, layer: usize, word: &Word) -> Option<FactId> {
        let found = self.facts.find(&word.is);
        match found {
            Some(id) => self.used_fact(id),
            None => {
                let known: Vec<String> = self.facts.all.iter().map(|fact| fact.id.clone()).collect();
                self.unknown(layer, Code::UnknownFact, &word.at, &word.is, &known.iter().map(String::as_str).collect::<Vec<_>>(), "[fact]");
            }
        }
        found
    }

    pub(crate) fn used_fact(&mut self, id: FactId) {
        self.used_facts.insert(id);
    }

    /// Notes the use of an item of a kind whose ids mean the same in every layer.
    pub(crate) fn used_everywhere(&mut self, kind: &'static str, id: &str) {
        self.used.extend((0..self.names.stack.len()).map(|layer| (kind, layer, id.to_owned())));
    }

    /// A word that stands here itself, or that the reading of that name has for its value.
    pub(crate) fn word(&mut self, layer: usize, word: &str) -> String {
        if let Some((at, item)) = self.names.reading(layer, word)
            && item.is.value.as_ref().is_some_and(|value| matches!(value.is, Scalar::Text(_) | Scalar::Date(_)))
        {
            self.used.insert(("reading", at, item.id.is.clone()));
        }
        self.names.word(layer, word)
    }

    /// A number that a name stands for without looking at any fact.
    pub(crate) fn constant(&mut self, layer: usize, name: &str) -> Option<Exact> {
        let mut through = Vec::new();
        let number = self.names.constant_through(layer, name, &mut through);
        self.used.extend(through);
        number
    }

    pub(crate) fn unit(&mut self, layer: usize, word: &Word) -> Option<u16> {
        let column = self.schema.find(crate::schema::UNIT)?;
        let codes = &self.schema.columns[column].codes;
        let found = codes.iter().position(|code| code.id == word.is).and_then(|at| u16::try_from(at).ok());
        self.used_everywhere("unit", &word.is);
        if found.is_none() {
            let known: Vec<String> = codes.iter().map(|code| code.id.clone()).collect();
            self.unknown(layer, Code::UnknownName, &word.at, &word.is, &known.iter().map(String::as_str).collect::<Vec<_>>(), "[unit]");
        }
        found
    }

    /// `true`, `false`, or the reading that says so.
    pub(crate) fn truth(&mut self, layer: usize, value: &ast::Sp<Scalar>) -> bool {
        match &value.is {
            Scalar::Bool(yes) => *yes,
            Scalar::Text(name) => match (self.names.scalar(layer, name), self.names.reading(layer, name)) {
                (Some(Scalar::Bool(yes)), Some((at, item))) => {
                    self.used.insert(("reading", at, item.id.is.clone()));
                    *yes
                }
                _ => {
                    self.report(
                        layer,
                        Code::WrongType,
                        &value.at,
                        Text::new("这里要 true、false，或值为其一的解读名", "true, false, or a reading whose value is one of them stands here"),
                        Text::new("例如 binding = true", "for instance binding = true"),
                    );
                    true
                }
            },
            _ => true,
        }
    }

    /// A word of a closed list, or the reading that has it for its value.
    pub(crate) fn chosen_word(&mut self, layer: usize, word: &Word, words: &[&str]) -> Option<String> {
        let found = self.word(layer, &word.is);
        if words.contains(&found.as_str()) {
            return Some(found);
        }
        let all = words.join("、");
        let is = &word.is;
        self.report(
            layer,
            Code::BadWord,
            &word.at,
            crate::text!("“{is}”不能写在这里", "`{is}` does not stand here"),
            crate::text!("可用的词：{all}，或值为其一的解读名", "the words are: {all}, or a reading that has one of them for its value"),
        );
        None
    }

    pub(crate) fn wrong_test(&mut self, layer: usize, at: &Span, fact: FactId, cause: Text) {
        let id = self.facts.get(fact).id.clone();
        let (kind, tests) = match self.facts.get(fact).kind {
            FactType::Code => ("code", "\"a\" · [\"a\", \"b\"] · { not = … } · { given = true } · { in = … } · ordered = true: { at_least = \"a\" }"),
            FactType::Codes => ("codes", "\"a\" · [\"a\", \"b\"] · { not = … } · { given = true }"),
            FactType::Number => ("number", "3 · [1, 2] · { at_least = 3 } · { above = 3 } · { at_most = 3 } · { below = 3 } · { given = true }"),
            FactType::Date => ("date", "2019-05-14 · { at_least = 2019-05-14 } · { below = … } · { given = true }"),
            FactType::Text => ("text", "\"…\" · [\"…\", \"…\"] · { in = … } · { not = … } · { given = true } · { same_as = … } · { among = … }"),
            FactType::Texts => ("texts", "\"…\" · { not = … } · { given = true }"),
            FactType::YesNo => ("yes-no", "\"yes\" · \"no\" · { given = true }"),
            FactType::Years => ("years", "\"yes\" · \"no\""),
        };
        let (zh, en) = (cause.zh, cause.en);
        self.report(
            layer,
            Code::WrongTest,
            at,
            crate::text!("{zh}（{id} 的类型是 {kind}）", "{en} ({id} is of type {kind})"),
            crate::text!("{kind} 可用：{tests}；或改事实的类型", "of {kind} one can ask: {tests}; or change the fact's type"),
        );
    }

    pub(crate) fn report(&mut self, layer: usize, code: Code, at: &Span, cause: Text, remedy: Text) {
        let Some(policy) = self.names.stack.get(layer) else { return };
        if self.reported.insert((layer, at.start, code.name(), cause.zh.clone())) {
            self.out.push(Diagnostic::new(code, &policy.source, at.clone(), cause, remedy));
        }
    }

    pub(crate) fn unknown(&mut self, layer: usize, code: Code, at: &Span, name: &str, known: &[&str], where_: &str) {
        let all: BTreeSet<&str> = known.iter().copied().collect();
        let remedy = match nearest(name, known.iter().copied()) {
            Some(near) => crate::text!("改为 {near}，或在 {where_} 中声明 {name}", "write {near}, or declare {name} in {where_}"),
            None if all.is_empty() || all.len() > 12 => crate::text!("在 {where_} 中声明 {name}", "declare {name} in {where_}"),
            None => {
                let all = all.into_iter().collect::<Vec<_>>();
                let (zh, en) = (all.join("、"), all.join(", "));
                crate::text!("在 {where_} 中声明 {name}；现有：{zh}", "declare {name} in {where_}; there are: {en}")
            }
        };
        self.report(layer, code, at, crate::text!("{where_} 里没有 {name}", "there is no {name} in {where_}"), remedy);
    }
}
