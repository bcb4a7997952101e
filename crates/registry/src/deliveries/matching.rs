//! Whom a completion is about: the identity number finds a person, and the name must be one of that person's.

use super::{BATCH, Reason};
use crate::error::Result;
use crate::store::{Param, Tx, placeholders};
use std::collections::HashMap;

/// People by the keyed hash of their identity number.
pub(super) struct People(HashMap<Vec<u8>, Known>);

struct Known {
    person: i64,
    /// Every name the person has or had.
    names: Vec<String>,
}

impl People {
    /// Reads the people of so many hashes, at most [`BATCH`], in one statement.
    pub(super) fn of(tx: &Tx<'_>, lookups: &[&[u8]]) -> Result<Self> {
        let mut all: HashMap<Vec<u8>, Known> = HashMap::new();
        if lookups.is_empty() {
            return Ok(Self(all));
        }
        let sql = format!(
            "SELECT i.lookup, COALESCE(x.merged_in, x.id), n.name FROM person_identifiers i JOIN people x ON x.id = i.person JOIN person_names n ON n.person = x.id
             WHERE i.kind = 'identity-number' AND i.valid_to IS NULL AND x.erased_at IS NULL AND EXISTS (SELECT 1 FROM posts p WHERE p.person = COALESCE(x.merged_in, x.id)) AND i.lookup IN ({})",
            placeholders(BATCH, 0)
        );
        let values: Vec<Param<'_>> = lookups.iter().cycle().take(BATCH).map(|lookup| Param::Blob(lookup)).collect();
        tx.each(&sql, &values, |row| {
            let known = all.entry(row.get(0)?).or_insert(Known { person: row.get(1)?, names: Vec::new() });
            known.names.push(plain(&row.get::<String>(2)?));
            Ok(())
        })?;
        Ok(Self(all))
    }

    /// The person of a hash and a name, or why there is none. What a stranger sent is never told who the number belongs to.
    pub(super) fn find(&self, lookup: Option<&Vec<u8>>, name: &str) -> std::result::Result<i64, Reason> {
        let Some(known) = lookup.and_then(|lookup| self.0.get(lookup)) else {
            return Err(Reason::new(
                "nobody",
                "没有这个身份证号的在册人员。请核对号码；本人尚未登记的，登记后自动重办。",
                "Nobody of this identity number is registered. Compare the number; if the person is still to be registered, this is tried again by itself then.",
            ));
        };
        if known.names.contains(&plain(name)) {
            return Ok(known.person);
        }
        Err(Reason::new(
            "name-differs",
            "身份证号有人，但姓名不符。请对照证件更正姓名或号码。",
            "The number belongs to somebody of another name. Compare name and number with the card and correct them.",
        ))
    }
}

/// A name as it is compared: without spaces, one kind of middle dot, small letters.
fn plain(name: &str) -> String {
    let dot = |c: char| if ['•', '・', '．', '‧', '.'].contains(&c) { '·' } else { c };
    name.chars().filter(|c| !c.is_whitespace()).map(dot).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::plain;

    #[test]
    fn spaces_dots_and_capitals_make_no_other_name() {
        assert_eq!(plain("阿依 · 古丽"), plain("阿依•古丽"));
        assert_eq!(plain("Zhang San"), plain("ZHANGSAN"));
        assert_ne!(plain("张三"), plain("张三丰"));
    }
}
