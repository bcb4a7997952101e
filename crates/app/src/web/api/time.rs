//! Instants and days as the API tells them: RFC 3339, instants in UTC.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Deserialize;

/// An instant in microseconds UTC.
pub(super) fn instant(microseconds: i64) -> String {
    Timestamp::from_microsecond(microseconds).unwrap_or_default().to_string()
}

/// A day as it is sent, `YYYY-MM-DD` from 1900 to 2199. Whether the calendar has it, and whether it has come, is for the registry to say.
#[derive(Clone, Debug, Deserialize)]
#[serde(try_from = "String")]
pub(super) struct Day(pub(super) String);

impl TryFrom<String> for Day {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, &'static str> {
        let shaped = text.len() == 10 && text.bytes().enumerate().all(|(at, c)| if at == 4 || at == 7 { c == b'-' } else { c.is_ascii_digit() });
        if shaped && ["19", "20", "21"].iter().any(|century| text.starts_with(century)) { Ok(Self(text)) } else { Err("no day") }
    }
}

impl JsonSchema for Day {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Day".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "pattern": "^(19|20|21)[0-9]{2}-[0-9]{2}-[0-9]{2}$" })
    }
}
