//! The application for an exemption (免学): the form of the regulation, filled with what is registered and what was decided. What is not
//! known stays blank, to be written by hand.

use super::{person, said_day};
use xueshi_documents::{Filled, Form, Given, Part, Value};
use xueshi_policy::{Engine, Lang};
use xueshi_registry::OnForm;
use xueshi_registry::grants::ground_key;
use xueshi_registry::matters::MatterShown;
use xueshi_registry::time::day_of;

/// The ground an exemption was asked for on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Grounded {
    /// The policy that lists it.
    pub(crate) policy: String,
    /// Its clauses.
    pub(crate) cite: Vec<String>,
    /// What it is.
    title: String,
}

impl Grounded {
    /// The ground of a matter: as the policies say it of that year, else as any text has it, else by its key.
    pub(crate) fn of(engine: &Engine, shown: &MatterShown) -> Self {
        if let Some(says) = shown.said.first() {
            return Self { policy: says.cite.0.clone(), cite: says.cite.1.clone(), title: says.text.zh.clone() };
        }
        let key = shown.body.get("ground").map(String::as_str).unwrap_or_default();
        let known = engine.library().files().iter().flat_map(|file| file.grounds()).find(|ground| ground_key(ground) == key);
        match known {
            Some(ground) => Self { policy: ground.item.policy.to_string(), cite: ground.item.cite.iter().map(ToString::to_string).collect(), title: ground.title.zh },
            None => Self { policy: key.split('/').next().unwrap_or_default().to_owned(), cite: Vec::new(), title: key.to_owned() },
        }
    }
}

/// What fills the form of a matter.
pub(crate) fn exemption(engine: &Engine, ground: &Grounded, (shown, on): (&MatterShown, &OnForm), form: &Form) -> Filled {
    let mut known = person(on);
    known.insert("reason", reason(engine, ground, shown));
    let values = form.keys().filter_map(|key| Some((key.to_owned(), Value::Text(known.get(key)?.clone())))).collect();
    let place = form.parts.iter().find_map(|part| if let Part::Opinion(opinion) = part { Some(opinion.key.clone()) } else { None });
    let opinions = place.zip(opinion(shown)).into_iter().collect();
    Filled { values, opinions, remark: remark(shown), ..Filled::default() }
}

/// 2026年3月1日; what is no day, as it is.
fn day(text: &str) -> String {
    text.parse().map_or_else(|_| text.to_owned(), said_day)
}

/// Why: the ground with its clauses, the days with the years they touch, remarks, and the proofs that are attached.
fn reason(engine: &Engine, ground: &Grounded, shown: &MatterShown) -> String {
    let regulation = engine.library().get(&ground.policy).map_or(ground.policy.as_str(), |file| file.cited_as(Lang::Zh));
    let source = format!("{regulation} {}", ground.cite.join("、"));
    let mut lines = vec![format!("{}（{}）", ground.title, source.trim_end())];
    let to = shown.to.as_deref().unwrap_or(&shown.from);
    let returned = shown.body.get("returned").is_some_and(|returned| returned == "yes");
    lines.push(format!("任务起止：{}至{}，{}", day(&shown.from), day(to), if returned { "已返回" } else { "申请时仍在任务中" }));
    let year = |day: &str| day.get(..4).and_then(|year| year.parse::<i16>().ok());
    if let Some((first, last)) = year(&shown.from).zip(year(to)) {
        lines.push(format!("所及年度：{}", (first..=last).map(|year| year.to_string()).collect::<Vec<_>>().join("、")));
    }
    if let Some(remarks) = shown.body.get("reason").filter(|remarks| !remarks.is_empty()) {
        lines.push(format!("说明：{remarks}"));
    }
    if !shown.papers.is_empty() {
        lines.push(format!("所附证明：{}", shown.papers.iter().map(|paper| paper.name.as_str()).collect::<Vec<_>>().join("、")));
    }
    lines.join("\n")
}

/// What was decided, with who decided and when; nothing while nobody has, so that it can be written and sealed.
fn opinion(shown: &MatterShown) -> Option<Given> {
    let decided: Vec<_> = shown.way.iter().filter_map(|step| Some((step, shown.flow.state(&step.to_state)?, step.entry?))).collect();
    let (last, _, entry) = decided.last()?;
    let line = |step: &xueshi_registry::StepTaken, state: &str| {
        let when = if decided.len() > 1 { format!("{}　", said_day(day_of(step.at))) } else { String::new() };
        let why = if step.reason.is_empty() { String::new() } else { format!("：{}", step.reason) };
        format!("{when}{state}{why}")
    };
    let text = decided.iter().map(|(step, state, _)| line(step, state.zh)).collect::<Vec<_>>().join("\n");
    Some(Given { text, by: format!("{}（在系统中办理，账本第 {entry} 条）", shown.counterpart), on: Some(day_of(last.at)), ..Given::default() })
}

/// What the system says of the print: how far the matter is, who approves, and what a reader may rely on.
fn remark(shown: &MatterShown) -> String {
    let state = shown.flow.state(&shown.state).map_or(shown.state.as_str(), |state| state.zh);
    let seal = match shown.state.as_str() {
        "waiting" => format!("审核意见待{}签署、盖章。", shown.counterpart),
        "withdrawn" => "申请已撤回，不再审核。".to_owned(),
        _ => format!("审核意见照{}在系统中的办理记录，公章另盖。", shown.counterpart),
    };
    format!("由系统按第 {} 号事项打印，打印时办理状态：{state}。{seal}空白栏为系统中没有登记的，可手写补填；身份证号按系统规则遮盖。本表没有核验码，以审核单位盖章为准。", shown.case)
}
