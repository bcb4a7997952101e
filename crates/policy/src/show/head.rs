//! The head of a policy: what document it is, where and when it holds, on what it lies.

use super::{Page, Voice, cites, rules};
use crate::library::COMMON;
use crate::program::names::Names;
use crate::syntax::ast::{self, Governs};
use crate::text::{Lang, Text, say};

impl Voice<'_> {
    pub(super) fn head(&self, page: &mut Page) {
        page.line(0, &self.policy().head.title);
        let pad = |word: &str, width: usize| " ".repeat(width.saturating_sub(word.chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum()));
        for (label, text) in self.head_rows() {
            let (zh, en) = (&label.zh, &label.en);
            page.line(1, &Text::new(format!("{zh}{}  {}", pad(zh, 10), text.zh), format!("{en}{}  {}", pad(en, 12), text.get(Lang::En))));
        }
    }

    /// What the head says, line by line.
    pub(super) fn head_rows(&self) -> Vec<(Text, Text)> {
        let head = &self.policy().head;
        let mut rows = Vec::new();
        let mut row = |zh: &str, en: &str, text: Text| rows.push((Text::new(zh, en), text));
        row("标识", "id", Text::same(head.id.is.as_str()));
        if let Some(number) = &head.number {
            row("文号", "number", Text::same(number.as_str()));
        }
        row("发文机关", "authority", head.authority.clone());
        let place = Text::same(head.place.is.as_str());
        row("地域", "place", if head.place.is == "*" { Text::new("全国", "the nation") } else { say!("行政区划代码以{place}开头", "codes that begin with {place}"; place) });
        if let Some(sector) = &head.sector {
            row("行业", "sector", Text::same(sector.as_str()));
        }
        row("管辖年度", "years", self.governed(&head.governs).unwrap_or_else(|| Text::new("各年度", "every year")));
        if let (Some(issued), Some(known)) = (head.issued, head.known_since) {
            row("发文日期", "issued", crate::text!("{issued}；自{known}起为人所知", "{issued}; known since {known}"));
        }
        if let Some(sha) = &head.source_sha256 {
            row("原文校验", "source", Text::same(format!("SHA-256 {}", sha.is)));
        }
        row("本文件校验", "this file", Text::same(format!("SHA-256 {}", self.file.hash())));
        for document in &head.not_in_hand {
            row("手头没有", "not in hand", document.clone());
        }
        if let Some(note) = &head.note {
            row("说明", "note", note.clone());
        }
        self.account(&mut row);
        self.layer(&mut row);
        rows
    }

    fn account(&self, row: &mut impl FnMut(&str, &str, Text)) {
        let (Some(account), Some(seen)) = (&self.policy().account, self.seen.first()) else { return };
        let step = seen.figures().phrase(&seen.program.step, Some((seen.layer, &account.is.round.step)));
        let (unit, way) = (&*seen.program.unit, rules::way_words(seen.program.way));
        row("计量", "account", say!("以{unit}计；每条记录的结果取{step}的整倍数，{way}", "in {unit}; the result of each record in whole steps of {step}, {way}"; unit, step, way));
    }

    fn layer(&self, row: &mut impl FnMut(&str, &str, Text)) {
        let policy = self.policy();
        let Some(layer) = &policy.layer else {
            if policy.head.id.is != COMMON {
                row("叠加", "layer", Text::new("不叠加在别的文件之上", "lies on no other document"));
            }
            return;
        };
        let on = crate::speak::join(layer.is.on.iter().map(|word| self.document(&word.is)));
        row("叠加于", "lies on", on);
        let own = self.seen.first();
        let takes = match (&layer.is.takes_over, own) {
            (ast::TakesOver::Nothing, _) => Text::new("不接管，只作增补", "nothing: it only adds"),
            (ast::TakesOver::Records(is), _) if is.is_all() => Text::new("全部认定", "all recognition"),
            (_, Some(seen)) => {
                seen.program.takeovers.last().map(|is| seen.wheres(is, Text::new("全部记录", "all records"))).map(|is| say!("这些记录的认定：{is}", "the recognition of: {is}"; is)).unwrap_or_default()
            }
            (_, None) => Text::default(),
        };
        row("接管", "takes over", takes);
        row(
            "要求",
            "asks",
            if layer.is.own_requirements {
                Text::new("只用本文件的要求", "its own requirements only")
            } else {
                Text::new("与下层比较，从其高者", "the higher of its own and those below")
            },
        );
        for (cite, item) in &layer.is.drop {
            let (cite, item) = (cites(cite), Text::same(item.is.as_str()));
            row("取消", "drops", say!("{item}（{cite}）", "{item} ({cite})"; item, cite));
        }
        for delegate in own.iter().flat_map(|seen| seen.program.delegates.iter().filter(|delegate| *delegate.item.policy == *policy.head.id.is).map(move |delegate| (seen, delegate))) {
            let (seen, delegate) = delegate;
            let what = seen.wheres(&delegate.what, Text::new("全部记录", "all records"));
            let (to, cite) = (&*delegate.to, crate::speak::ids(delegate.item.cite.iter().map(|cite| &**cite)));
            row("留给别人", "left to", say!("{to}：{what}（{cite}）", "{to}: {what} ({cite})"; to, what, cite));
        }
    }

    /// "2016年度起", with the reading it hangs on; `None` where no year is named.
    pub(super) fn governed<'f>(&self, governs: &'f Governs) -> Option<Text> {
        let asts = [self.policy()];
        let names = self.seen.first().map_or(Names { stack: &asts }, |seen| seen.names);
        let layer = names.stack.len().saturating_sub(1);
        let year = |figure: &'f Option<ast::Sp<ast::Figure>>| {
            Some(match &figure.as_ref()?.is {
                ast::Figure::Name(name) => {
                    let year = names.constant(layer, name).map_or_else(|| "?".to_owned(), crate::exact::show);
                    (year, Some(name.as_str()))
                }
                ast::Figure::Exact(year) => (crate::exact::show(*year), None),
                _ => ("?".to_owned(), None),
            })
        };
        let (from, to) = (year(&governs.from), year(&governs.to));
        let readings = crate::speak::ids(from.iter().chain(&to).filter_map(|(_, reading)| *reading));
        let years = match (from, to) {
            (Some((from, _)), Some((to, _))) if from == to => crate::text!("{from}年度", "{from}"),
            (Some((from, _)), Some((to, _))) => crate::text!("{from}至{to}年度", "{from} to {to}"),
            (Some((from, _)), None) => crate::text!("{from}年度起", "from {from} on"),
            (None, Some((to, _))) => crate::text!("至{to}年度", "up to {to}"),
            (None, None) => return None,
        };
        if readings.is_empty() {
            return Some(years);
        }
        Some(say!("{years}（见解读 {readings}）", "{years} (reading {readings})"; years, readings))
    }
}
