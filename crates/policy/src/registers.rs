//! Public registers (公开名册): the lists of a policy file that say which platforms, topics, bases and providers a year has.

use crate::library::PolicyFile;
use crate::text::Text;
use jiff::civil::Date;

/// The registers there are: platforms (学习平台), topics of general subjects (公需科目主题), bases (继续教育基地), providers (施教机构).
pub const REGISTERS: [&str; 4] = ["platform", "topic", "base", "provider"];

/// An entry of a public register, as a policy file lists it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegisterEntry<'a> {
    /// Which register: one of [`REGISTERS`].
    pub register: &'a str,
    /// The list it stands in.
    pub list: &'a str,
    /// The clauses of the list.
    pub cite: Vec<&'a str>,
    /// What records name it by.
    pub id: &'a str,
    /// What it is called; the id where the file gives no title.
    pub title: Text,
    /// First and last day, where the file or the years it governs set them.
    pub days: (Option<Date>, Option<Date>),
}

impl PolicyFile {
    /// What the file puts into public registers, in its order. Entries without days of their own hold in the years the file governs.
    pub fn registers(&self) -> Vec<RegisterEntry<'_>> {
        let (first, last) = self.years();
        let begin = first.and_then(|year| Date::new(year, 1, 1).ok());
        let end = last.and_then(|year| Date::new(year, 12, 31).ok());
        let lists = self.ast.lists.iter().filter_map(|item| item.is.register.as_deref().map(|register| (item, register)));
        lists
            .flat_map(|(item, register)| {
                item.is.entries.iter().map(move |entry| RegisterEntry {
                    register,
                    list: &item.id.is,
                    cite: item.cite.iter().map(|word| word.is.as_str()).collect(),
                    id: &entry.id,
                    title: if entry.title.is_empty() { Text::same(entry.id.as_str()) } else { entry.title.clone() },
                    days: (entry.from.or(begin), entry.to.or(end)),
                })
            })
            .collect()
    }
}
