//! What is wrong with a policy file: place, cause and remedy, in both languages.

use crate::text::{Lang, Text};
use std::fmt::Write as _;
use std::ops::Range;
use std::sync::Arc;

/// A policy file as it was read.
#[derive(Debug, PartialEq, Eq)]
pub struct Source {
    /// The name it is spoken of by, usually its path.
    pub name: String,
    /// Its text.
    pub text: String,
}

impl Source {
    /// Line and column (both from 1, the column in characters) of a byte offset.
    pub fn place(&self, offset: usize) -> (usize, usize) {
        let before = self.text.get(..offset.min(self.text.len())).unwrap_or(&self.text);
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        (before.matches('\n').count() + 1, before[line_start..].chars().count() + 1)
    }

    /// The line (from 1) without its end.
    pub fn line(&self, number: usize) -> &str {
        self.text.lines().nth(number.saturating_sub(1)).unwrap_or("")
    }
}

/// A place in a policy file, in bytes.
pub type Span = Range<usize>;

/// How much a finding weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The policy can not be used.
    Error,
    /// The policy works; its author should look.
    Warning,
    /// Something the author should know and may confirm.
    Note,
}

/// A finding about a policy.
#[derive(Clone, Debug)]
pub struct Diagnostic {
    /// The stable code of its kind.
    pub code: Code,
    /// Error, warning or note.
    pub severity: Severity,
    /// The file.
    pub source: Arc<Source>,
    /// Where in the file.
    pub span: Span,
    /// What is the matter.
    pub cause: Text,
    /// What to do.
    pub remedy: Text,
}

macro_rules! codes {
    ($($name:ident $code:literal $severity:ident $zh:literal $en:literal;)*) => {
        /// The kinds of finding. Each has a stable code, a kept sample and a test.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Code { $(#[doc = $en] $name,)* }

        impl Code {
            /// Every kind, in the order of their codes.
            pub const ALL: &'static [Code] = &[$(Code::$name,)*];

            /// The stable code, for instance `unknown-key`.
            pub fn name(self) -> &'static str {
                match self { $(Code::$name => $code,)* }
            }

            /// How much it weighs.
            pub fn severity(self) -> Severity {
                match self { $(Code::$name => Severity::$severity,)* }
            }

            /// The kind in one phrase.
            pub fn title(self) -> Text {
                match self { $(Code::$name => Text::new($zh, $en),)* }
            }
        }
    };
}

/// The most findings of a file that are listed: with more, these are to be corrected first.
const LISTED: usize = 200;

/// Leaves out of the findings about a file those beyond what anybody reads, and says how many they are.
pub(crate) fn list(source: &Arc<Source>, out: &mut Vec<Diagnostic>) {
    let more = out.len().saturating_sub(LISTED);
    if more > 0 {
        out.truncate(LISTED);
        let cause = crate::text!("另有 {more} 个问题没有列出", "{more} more findings are not listed");
        out.push(Diagnostic::new(Code::MoreFindings, source, 0..0, cause, Text::new("先改正已列出的问题，再检查一遍", "correct those that are listed first, then check again")));
    }
}

codes! {
    Syntax "syntax" Error "TOML 语法错误" "not valid TOML";
    UnknownKind "unknown-kind" Error "没有这种条目" "no such kind of item";
    UnknownKey "unknown-key" Error "没有这个键" "no such key";
    MissingKey "missing-key" Error "缺少必填的键" "a required key is missing";
    WrongType "wrong-type" Error "值的类型不对" "a value of the wrong type";
    BadNumber "bad-number" Error "数写得不对" "not an exact number";
    BadDate "bad-date" Error "日期不存在" "not a date";
    BadWord "bad-word" Error "不是可用的词" "not one of the words that stand here";
    BadId "bad-id" Error "标识写法不对" "not an id";
    Conflict "conflict" Error "两个键不能并用" "keys that exclude each other";
    UnknownName "unknown-name" Error "名称未声明" "a name that nothing declares";
    UnknownCode "unknown-code" Error "代码未声明" "a code that its fact does not declare";
    UnknownFact "unknown-fact" Error "事实未声明" "a fact that nothing declares";
    UnknownItem "unknown-item" Error "所指条目不存在" "an item that does not exist";
    UnknownClause "unknown-clause" Error "条款未列入清单" "a clause that the list does not hold";
    WrongTest "wrong-test" Error "此类事实不能这样比较" "a test that does not fit the fact";
    Cycle "cycle" Error "循环引用" "items that wait for each other";
    Redeclared "redeclared" Error "同名而不同义" "one name, two meanings";
    NoDuty "no-duty" Error "没有义务" "no duty to hang it on";
    ManyDuties "many-duties" Error "须指明义务" "more than one duty: say which";
    TooMany "too-many" Error "区分过多" "too many values to tell apart";
    Overlap "overlap" Error "两条规则争一条记录" "two rules claim one record";
    TableOverlap "table-overlap" Error "表中两行同时成立" "two rows of a table hold at once";
    TableGap "table-gap" Error "表中有缺行" "a table without a row for some values";
    Unreachable "unreachable" Error "永远用不到" "never reached";
    NeverMet "never-met" Error "要求无法满足" "nothing can meet it";
    LimitOrder "limit-order" Error "两个限额须定先后" "two limits without an order";
    Entangled "entangled" Error "条件过于纠缠" "too entangled to prove";
    Uncited "uncited" Error "没有条款依据" "a figure without a clause";
    ClauseGap "clause-gap" Error "条款没有着落" "a clause that nothing carries out";
    NoAlternative "no-alternative" Error "解读没有另一种" "a reading without an alternative";
    SameAlternative "same-alternative" Error "另一种解读并无不同" "an alternative that changes nothing";
    BadAlternative "bad-alternative" Error "另一种解读不成立" "an alternative that does not work";
    BadChange "bad-change" Error "改动之处不存在" "a change of what is not there";
    LayerOrder "layer-order" Error "分层有误" "layers that do not stack";
    SourceChanged "source-changed" Error "原文已变" "the source text is not the one encoded";
    SourceClause "source-clause" Error "原文条款未列入" "a clause of the text that the list lacks";
    ExampleFails "example-fails" Error "示例不符" "a worked example comes out otherwise";
    TooLarge "too-large" Error "文件过大" "too large a file";
    MoreFindings "more-findings" Error "问题过多" "more findings than are listed";
    Unused "unused" Warning "声明而未用" "declared and not used";
    NeverFed "never-fed" Warning "没有规则能给" "a requirement that no rule feeds";
    IdleCap "idle-cap" Warning "上限永不触及" "a cap that nothing reaches";
    NotByColumns "not-by-columns" Note "不能整列计算" "not reckoned by columns";
    NoEnglish "no-english" Note "缺英文" "no English given";
    WholeCycle "whole-cycle" Note "按年的免学遇上多年的期间" "a yearly exemption under a window of several years";
    NoExample "no-example" Warning "没有示例" "no worked example";
    NoSource "no-source" Note "未对照原文" "not held against its source text";
    Unrecognised "unrecognised" Note "无规则认定的记录" "records that no rule recognises";
}

impl Diagnostic {
    /// Builds a finding with the weight of its kind.
    pub fn new(code: Code, source: &Arc<Source>, span: Span, cause: Text, remedy: Text) -> Self {
        Self { code, severity: code.severity(), source: Arc::clone(source), span, cause, remedy }
    }

    /// The finding as text: code, place, excerpt, cause and remedy in both languages, `lang` first.
    pub fn render(&self, lang: Lang) -> String {
        let (line, column) = self.source.place(self.span.start);
        let word = match (self.severity, lang) {
            (Severity::Error, Lang::Zh) => "错误",
            (Severity::Warning, Lang::Zh) => "警告",
            (Severity::Note, Lang::Zh) => "提示",
            (Severity::Error, Lang::En) => "error",
            (Severity::Warning, Lang::En) => "warning",
            (Severity::Note, Lang::En) => "note",
        };
        let (cut, excerpt) = window(self.source.line(line), column);
        let number = line.to_string();
        let indent = " ".repeat(number.len());
        let before: String = excerpt.chars().take(column - 1 - cut).map(|c| if wide(c) { '　' } else { ' ' }).collect();
        let covered = self.source.text.get(self.span.clone()).unwrap_or("").lines().next().unwrap_or("");
        let shown = excerpt.chars().count().saturating_sub(column - 1 - cut);
        let marks: usize = covered.chars().take(shown).map(|c| if wide(c) { 2 } else { 1 }).sum::<usize>().max(1);
        let mut out = String::new();
        let title = self.code.title();
        let _ = writeln!(out, "{word}[{}] {}", self.code.name(), title.get(lang));
        let _ = writeln!(out, "{indent}--> {}:{line}:{column}", self.source.name);
        if !excerpt.trim().is_empty() {
            let _ = writeln!(out, "{indent} |\n{number} | {excerpt}\n{indent} | {before}{}", "^".repeat(marks));
        }
        let other = if lang == Lang::Zh { Lang::En } else { Lang::Zh };
        for (lang, cause, remedy) in [(lang, &self.cause, &self.remedy), (other, &self.cause, &self.remedy)] {
            let (why, how) = if lang == Lang::Zh { ("原因", "处理") } else { ("cause", "remedy") };
            let _ = writeln!(out, "{indent} = {why}: {}\n{indent} = {how}: {}", cause.get(lang), remedy.get(lang));
        }
        out
    }
}

/// The part of a line around a column that is shown, and how many characters before it are not.
fn window(line: &str, column: usize) -> (usize, String) {
    const SHOWN: usize = 200;
    const BEFORE: usize = 80;
    let cut = if line.chars().count() > SHOWN { column.saturating_sub(BEFORE + 1) } else { 0 };
    (cut, line.chars().skip(cut).take(SHOWN).collect())
}

/// Whether a character takes two columns in a terminal; enough of Unicode for policy files.
fn wide(c: char) -> bool {
    matches!(u32::from(c), 0x1100..=0x115F | 0x2E80..=0xA4CF | 0xAC00..=0xD7A3 | 0xF900..=0xFAFF | 0xFE30..=0xFE6F | 0xFF00..=0xFF60 | 0xFFE0..=0xFFE6 | 0x20000..=0x3FFFD)
}

/// The nearest of `names` to `word`, where one is near enough to be meant.
pub(crate) fn nearest<'a>(word: &str, names: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    // Nobody mistypes so long a name, and to compare two takes the product of their lengths.
    const LENGTH: usize = 100;
    const NAMES: usize = 1000;
    if word.len() > LENGTH {
        return None;
    }
    names
        .into_iter()
        .take(NAMES)
        .filter(|name| name.len() <= LENGTH)
        .map(|name| (strsim::damerau_levenshtein(word, name), name))
        .filter(|(distance, name)| *distance * 3 <= name.chars().count().max(3))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, name)| name)
}
