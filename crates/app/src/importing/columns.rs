//! The columns of tables that are imported: those of the policies, and who it is about.

use crate::input::Columns;
use xueshi_exchange::Header;
use xueshi_policy::{Column, Engine, FactType, Of};
use xueshi_registry::ImportKind;

/// Columns that say who it is about, before those of the policies: English name, Chinese ones, whether a file without it is refused.
pub(super) const PEOPLE: &[(&str, &[&str], bool)] =
    &[("identity_number", &["身份证号", "身份证号码", "公民身份号码"], true), ("name", &["姓名"], true), ("post", &["岗位", "现有专业技术职务"], false), ("from", &["起始日期"], false)];
/// The same for records.
pub(super) const RECORDS: &[(&str, &[&str], bool)] = &[("person", &["人员编号", "身份证号", "identity_number"], true), ("name", &["姓名"], false), ("record", &["记录编号"], false)];

/// Columns of persons that are not imported: the place and the sector come from the employer.
pub(super) const OF_EMPLOYER: [&str; 3] = ["person", "region", "industry"];

/// The columns a table of a kind may have.
pub(crate) fn headers(engine: &Engine, kind: ImportKind, year: i16) -> Vec<Header> {
    let all = Columns::of(engine, year);
    let (own, heads) = match kind {
        ImportKind::People => (PEOPLE, &all.persons),
        ImportKind::Records => (RECORDS, &all.records),
    };
    let fixed = own.iter().map(|(id, names, required)| Header { id: (*id).to_owned(), names: names.iter().map(|name| (*name).to_owned()).collect(), required: *required });
    let decided = decided(engine, year);
    let of_policies = heads
        .list()
        .iter()
        .filter(|head| own.iter().all(|(id, ..)| *id != head.id) && !OF_EMPLOYER.contains(&head.id.as_str()) && !(kind == ImportKind::People && decided.contains(&head.id)))
        .map(|head| Header { id: head.id.clone(), names: head.titles.clone(), required: head.required });
    fixed.chain(of_policies).collect()
}

/// Facts of persons that somebody decides: years of exemption and the like are no particulars to be filled in.
fn decided(engine: &Engine, year: i16) -> Vec<String> {
    let mut all = Vec::new();
    for file in engine.library().files() {
        for stack in engine.stacks(file.place().trim_end_matches('*'), file.sector(), year).iter().flat_map(|stacks| stacks.iter()) {
            all.extend(stack.schema().columns.iter().filter(|column| !enters(column)).map(|column| column.id.clone()));
        }
    }
    all
}

/// Whether a column of persons is a particular.
pub(super) fn enters(column: &Column) -> bool {
    column.of != Of::Person || (column.kind != FactType::Years && !column.derived)
}
