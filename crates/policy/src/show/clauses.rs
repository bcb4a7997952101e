//! The list of clauses, and what became of each.

use super::{Page, Voice};
use crate::check::feature;
use crate::coverage::coverage;
use crate::text::{Text, say};

impl Voice<'_> {
    pub(super) fn clauses(&self, page: &mut Page) {
        let rows = coverage(self.file);
        if rows.is_empty() {
            return;
        }
        page.heading(Text::new("条款清单", "Clauses"));
        for row in rows {
            let became = crate::speak::join(row.became.iter().map(|(kind, feature)| became_words(kind, feature.as_deref())));
            let (clause, gist, items) = (Text::same(row.clause.as_str()), &row.gist, crate::speak::ids(row.items.iter().map(String::as_str)));
            let mut line = say!("{clause} {gist} —— {became}", "{clause} {gist} — {became}"; clause, gist, became);
            if !items.zh.is_empty() {
                line = say!("{line}：{items}", "{line}: {items}"; line, items);
            }
            if row.gap {
                line = say!("{line}【没有着落】", "{line} [unaccounted for]"; line);
            }
            page.line(1, &line);
        }
    }
}

/// What became of a clause, in words.
fn became_words(kind: &str, named: Option<&str>) -> Text {
    let kind = match kind {
        "rule" => Text::new("规则", "rules"),
        "text" => Text::new("只作文本", "text only"),
        "flow" => Text::new("流程", "a procedure"),
        "register" => Text::new("登记", "the register"),
        "document" => Text::new("文书", "a document"),
        "report" => Text::new("报表", "a report"),
        "access" => Text::new("权限", "access"),
        other => Text::same(other),
    };
    match named {
        None => kind,
        Some(id) => {
            let feature = feature(id).unwrap_or_else(|| Text::same(id));
            say!("{kind}（{feature}）", "{kind} ({feature})"; kind, feature)
        }
    }
}
