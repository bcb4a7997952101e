//! Texts under the columns of a stack: one row becomes the values of a record or a person, and what is wrong with it.

use crate::schema::{Cell, Schema};
use crate::syntax::ast::{FactType, Of};
use crate::text::Text;
use crate::value::Value;

/// Something wrong with a row under the columns of one stack.
#[derive(Clone, Debug)]
pub struct Fault {
    /// The column's id.
    pub column: String,
    /// What stands there.
    pub value: String,
    /// Why it is not accepted, and what is.
    pub message: Text,
    /// What kind of fault it is.
    pub kind: FaultKind,
}

/// What kind of fault: other stacks that read the same row may see it otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FaultKind {
    /// A text that this stack's column does not accept.
    Cell,
    /// A value that this stack asks for and that is not there.
    Required,
    /// Something that is wrong under any stack.
    Row,
}

impl Schema {
    /// The values of a record or a person whose facts stand as texts by column, and what is wrong with them. Where a text is at fault its place stays empty.
    pub fn fill<'t>(&self, of: Of, text_of: &dyn Fn(&str) -> Option<&'t str>) -> (Vec<Value>, Vec<Fault>) {
        let mut values = vec![Value::Empty; self.slots(of)];
        let (mut faults, mut set) = (Vec::new(), Vec::new());
        for (at, column) in self.columns.iter().enumerate().filter(|(_, column)| column.of == of) {
            let Some(slot) = values.get_mut(column.slot) else { continue };
            if column.kind == FactType::Years {
                *slot = Value::Years(Vec::new());
            }
            let Some(text) = text_of(&column.id).filter(|text| !column.derived && !text.trim().is_empty()) else { continue };
            match self.read(at, text) {
                Cell::Is(value, also) => {
                    *slot = value;
                    set.extend(also.into_iter().map(|(other, code)| (at, text, other, code)));
                }
                Cell::Bad(message) => faults.push(Fault { column: column.id.clone(), value: text.to_owned(), message, kind: FaultKind::Cell }),
            }
        }
        for (column, text, other, code) in set {
            faults.extend(self.set_code(&mut values, column, &|| text.to_owned(), &other, &code));
        }
        (values, faults)
    }

    /// Sets the code that a spelling stands for in another column (专利: kind = patent).
    pub fn set_code(&self, values: &mut [Value], column: usize, word: &dyn Fn() -> String, other: &str, code: &str) -> Option<Fault> {
        let at = self.find(other)?;
        let about = self.columns.get(at)?;
        let wanted = Value::Code(self.code(at, code)?);
        let slot = values.get_mut(about.slot)?;
        if *slot == Value::Empty {
            *slot = wanted;
            return None;
        }
        if *slot == wanted {
            return None;
        }
        let title = about.codes.iter().find(|known| known.id == code).map_or_else(|| Text::same(code), |known| known.title.clone());
        let (zh, en) = (format!("{}（{}）", about.title.zh, title.zh), format!("{other} = {code}"));
        let value = word();
        let message = crate::text!("“{value}”即{zh}，与该行所填不符；请改其中一项，或空着后者", "“{value}” means {en}, which is not what the row says; correct one of the two, or leave {other} blank");
        Some(Fault { column: self.columns.get(column)?.id.clone(), value, message, kind: FaultKind::Row })
    }

    /// What is wrong with a record whose cells can each be read: empty required columns, dates and quantities that do not go together.
    pub fn check_record(&self, values: &[Value], faults: &mut Vec<Fault>) {
        let of_record = self.columns.iter().filter(|column| column.of == Of::Record);
        for column in of_record.filter(|column| column.required && values.get(column.slot) == Some(&Value::Empty)) {
            if faults.iter().all(|fault| fault.column != column.id) {
                let message = Text::new("必填，不能空白", "required: must not be blank");
                faults.push(Fault { column: column.id.clone(), value: String::new(), message, kind: FaultKind::Required });
            }
        }
        let value = |id: &str| self.find(id).and_then(|at| self.columns.get(at)).filter(|column| column.of == Of::Record).and_then(|column| values.get(column.slot));
        if let (Some(Value::Date(start)), Some(Value::Date(end))) = (value("start"), value("end"))
            && start > end
        {
            let message = crate::text!("开始日期晚于结束日期 {end}", "the start is after the end, {end}");
            faults.push(Fault { column: "start".to_owned(), value: start.to_string(), message, kind: FaultKind::Row });
        }
        if let (Some(Value::Number(quantity)), Some(Value::Code(unit))) = (value("quantity"), value("unit"))
            && self.whole(*unit)
            && !quantity.is_integer()
        {
            let title = self.find("unit").and_then(|at| self.columns[at].codes.get(usize::from(*unit))).map(|code| code.title.clone()).unwrap_or_default();
            let (zh, en) = (title.get(crate::text::Lang::Zh), title.get(crate::text::Lang::En));
            let message = crate::text!("以“{zh}”计的数量须为整数", "a quantity in {en} must be a whole number");
            let value = decimal(*quantity);
            faults.push(Fault { column: "quantity".to_owned(), value, message, kind: FaultKind::Row });
        }
    }
}

/// A quantity as it was read: at most two places.
fn decimal(quantity: crate::exact::Exact) -> String {
    crate::exact::Hours::floor(quantity).map(|value| value.to_string()).unwrap_or_default()
}
