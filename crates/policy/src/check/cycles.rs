//! Duties of several years under exemptions that are granted for a year.

use super::at_item;
use crate::diagnostic::{Code, Diagnostic};
use crate::library::PolicyFile;
use crate::program::{Exemption, Figure, Program, WindowShape};
use crate::syntax::ast::FactType;
use crate::text::{Text, say};

/// Notes where an exemption asks for years and a duty of the file lasts longer than one, and what is asked is not added up year by year.
pub(crate) fn check(program: &Program, file: &PolicyFile, out: &mut Vec<Diagnostic>) {
    let Some(exemption) = program.exemptions.iter().find(|exemption| asks_years(program, exemption)) else { return };
    let long = |at: usize| match &program.windows[at].shape {
        WindowShape::Calendar { years, .. } | WindowShape::BackFromWindow { years, .. } | WindowShape::BackFromDate { years, .. } => *years > 1,
        WindowShape::Term { .. } => true,
        WindowShape::Ever => false,
    };
    let by_year = |duty: usize| program.requirements.iter().any(|r| r.duty == duty && r.ways.iter().any(|way| matches!(way.at_least, Figure::OverYears(_))));
    let found = program.duties.iter().enumerate().find_map(|(at, duty)| {
        let item = file.ast.duties.iter().find(|item| *item.id.is == *duty.id)?;
        (long(duty.window) && !by_year(at)).then_some((item, &program.windows[duty.window].title))
    });
    let Some((item, title)) = found else { return };
    let by = Text::same(format!("{}/{}.{}", exemption.item.policy, exemption.item.kind, exemption.item.id));
    out.push(at_item(
        Code::WholeCycle,
        &file.ast,
        &item.id.at,
        say!(
            "免学 {by} 按年度批准，“{title}”却不止一年：其中每一年都免学才免去，单独一年什么也不减",
            "exemption {by} is granted for a year and “{title}” lasts longer: it is lifted where every year of it is exempt; a single one takes nothing off";
            by, title
        ),
        Text::new(
            "免一年即减一年的，逐年加总：at_least = { over_years = { by = \"exempt_years\", rows = [[\"yes\", 0]], else = 30 } }；文本不许免的，在 [layer] 用 drop 取消这项免学",
            "where a year of exemption takes its share off, add up year by year: at_least = { over_years = { by = \"exempt_years\", rows = [[\"yes\", 0]], else = 30 } }; where the text allows none, `drop` the exemption in [layer]",
        ),
    ));
}

fn asks_years(program: &Program, exemption: &Exemption) -> bool {
    exemption.persons.0.iter().flat_map(|region| &region.0).any(|(fact, _)| program.facts.get(*fact).kind == FactType::Years)
}
