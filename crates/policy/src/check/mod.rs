//! What can be proved about a policy: its names, its rules against each other, its clauses, its readings, its examples.

mod changes;
mod columns;
mod cycles;
mod drops;
mod examples;
mod figures;
mod layers;
mod proofs;
mod readings;
mod statics;
mod unused;

pub use figures::{UntestedFigure, untested_figures};

use crate::diagnostic::{Code, Diagnostic, Severity, list};
use crate::engine::Stack;
use crate::library::{COMMON, Library, PolicyFile};
use crate::program::{Choice, Program, Usage, compile};
use crate::schema::Schema;
use crate::syntax::ast::Policy;
use crate::text::Text;
use std::collections::BTreeSet;
use std::sync::Arc;

/// The features of the product that a clause can name, with what each is called; `planned` stands for those still to come.
pub const FEATURES: &[(&str, &str, &str)] = &[
    ("assess", "学时计算", "assessment"),
    ("audit", "操作留痕", "audit"),
    ("card", "登记卡", "registration card"),
    ("certificate", "年度证书", "yearly certificate"),
    ("coverage", "适用对象", "who is covered"),
    ("declaration", "申报与审核", "declaration and review"),
    ("deliveries", "平台报送", "deliveries"),
    ("discipline", "学习纪律", "study discipline"),
    ("endorsement", "核准与盖章", "endorsement"),
    ("exemption", "免学", "exemption"),
    ("gate", "评审、聘任等用途", "gates"),
    ("lists", "名单", "lists"),
    ("planned", "待做", "planned"),
    ("reason", "正当理由", "good reasons"),
    ("recognition", "学时认定登记表", "recognition form"),
    ("records", "学习记录", "learning records"),
    ("registers", "公开名册", "public registers"),
    ("roles", "身份与权限", "roles"),
    ("verification", "年度审验", "yearly verification"),
];

/// What a feature is called; nothing if there is none of that name.
pub fn feature(id: &str) -> Option<Text> {
    FEATURES.iter().find(|(known, ..)| *known == id).map(|(_, zh, en)| Text::new(*zh, *en))
}

/// A source text at hand: its name and its bytes.
#[derive(Clone, Debug)]
pub struct SourceText {
    /// The file's name.
    pub name: String,
    /// Its content.
    pub bytes: Vec<u8>,
}

/// Everything found about one policy of a library. `sources`: texts of regulations, where they are at hand.
pub fn check(library: &Library, id: &str, sources: Option<&[SourceText]>) -> Vec<Diagnostic> {
    let Some(file) = library.get(id) else { return Vec::new() };
    let mut out = Vec::new();
    statics::check(library, file, sources, &mut out);
    let (found, used) = proved(library, file);
    out.extend(found);
    if out.iter().all(|d| d.severity != Severity::Error)
        && let Some(used) = used
    {
        unused::check(library, file, used, &mut out);
        readings::check(library, file, &years(library, file), &region(file), &mut out);
        examples::check(library, file, &mut out);
    }
    sort(&mut out);
    list(&file.ast.source, &mut out);
    out
}

/// What is said once of all years.
#[derive(Default)]
struct Kept {
    /// Rows of tables, and whether any year reaches them.
    idle: proofs::Rows,
    /// Items that are not reckoned by columns.
    left: columns::Items,
}

/// What compiling a policy in every year shows, and what it uses; nothing of that where no stack holds it.
fn proved(library: &Library, file: &PolicyFile) -> (Vec<Diagnostic>, Option<Usage>) {
    let (mut out, mut used, mut kept, mut compiled) = (Vec::new(), Usage::default(), Kept::default(), false);
    for year in years(library, file) {
        for files in stacks_of(library, file, &region(file), year) {
            compiled = true;
            compile_year(&files, file, year, &mut used, &mut kept, &mut out);
        }
    }
    proofs::idle_rows(file, kept.idle, &mut out);
    columns::note(file, &kept.left, &mut out);
    (out, compiled.then_some(used))
}

/// Errors first, then by place; each once.
fn sort(out: &mut Vec<Diagnostic>) {
    fn key(d: &Diagnostic) -> (Severity, &str, usize, Code, &str) {
        (d.severity, &d.source.name, d.span.start, d.code, &d.cause.zh)
    }
    out.sort_by(|a, b| key(a).cmp(&key(b)));
    out.dedup_by(|a, b| key(a) == key(b));
}

/// The stacks of a place and year that hold the policy.
pub(crate) fn stacks_of(library: &Library, file: &PolicyFile, region: &str, year: i16) -> Vec<Vec<PolicyFile>> {
    let stacks = library.select(region, file.sector(), year);
    if file.id() == COMMON {
        return if stacks.is_empty() { vec![vec![file.clone()]] } else { stacks };
    }
    stacks.into_iter().filter(|stack| stack.iter().any(|member| member.id() == file.id())).collect()
}

/// The place a policy is checked and tried in: its own, as a whole code.
pub(crate) fn region(file: &PolicyFile) -> String {
    if file.place() == "*" { "000000".to_owned() } else { format!("{:0<6}", file.place()) }
}

/// The years in which something changes for a policy, within those it governs.
pub(crate) fn years(library: &Library, file: &PolicyFile) -> Vec<i16> {
    let (from, to) = file.years();
    let mut years: BTreeSet<i16> = BTreeSet::new();
    years.extend(library.files().iter().flat_map(PolicyFile::turning_years).chain(to));
    years.retain(|year| from.is_none_or(|from| *year >= from) && to.is_none_or(|to| *year <= to));
    if years.is_empty() {
        years.insert(from.or(to).unwrap_or(2020));
    }
    years.into_iter().collect()
}

/// Compiles a stack for a year, with every layer and with each choice that can drop out, and proves what can be proved.
fn compile_year(files: &[PolicyFile], file: &PolicyFile, year: i16, used: &mut Usage, kept: &mut Kept, out: &mut Vec<Diagnostic>) {
    let asts: Vec<&Policy> = files.iter().map(|file| &*file.ast).collect();
    let hashes: Vec<Arc<str>> = files.iter().map(|file| Arc::clone(&file.hash)).collect();
    let schema = Arc::new(Schema::of(&asts));
    let mut whole: Option<Program> = None;
    for (n, active) in layers::choices(&asts).into_iter().enumerate() {
        if whole.as_ref().is_some_and(|whole| n > 0 && !layers::possible(whole, &active)) {
            continue;
        }
        let (program, usage, found) = compile(&asts, &hashes, &schema, &Choice { year, active });
        used.extend(usage);
        out.extend(found.into_iter().filter(|d| d.source.name == file.ast.source.name));
        if let Some(program) = program {
            proofs::check(&program, &asts, file, n == 0, &mut kept.idle, out);
            cycles::check(&program, file, out);
            columns::look(&program, file, &mut kept.left);
            whole.get_or_insert(program);
        }
    }
}

/// Compiles the stacks of a policy in a year; used to compare programs.
pub(crate) fn programs(library: &Library, file: &PolicyFile, region: &str, year: i16) -> Result<Vec<Stack>, Vec<Diagnostic>> {
    stacks_of(library, file, region, year).into_iter().map(|files| Stack::compile(files, year)).collect()
}

/// A finding at the place of an item.
pub(crate) fn at_item(code: Code, policy: &Policy, span: &crate::Span, cause: Text, remedy: Text) -> Diagnostic {
    Diagnostic::new(code, &policy.source, span.clone(), cause, remedy)
}

pub use changes::{Change, compare};
pub(crate) use readings::same;
