//! What is tried: a draft in place of a policy or beside them, and alternatives of readings.

use super::Pair;
use crate::failure::Failure;
use crate::input::Place;
use crate::policies;
use std::path::Path;
use xueshi_policy::{Change, Diagnostic, Engine, Lang, Library, PolicyFile, Severity, Text, check, compare, has_errors, text};

/// What the command line asks to try.
#[derive(Clone, Debug)]
pub(crate) struct Wanted<'a> {
    /// A draft.
    pub(crate) against: Option<&'a Path>,
    /// Readings, each as `ID=ALTERNATIVE`.
    pub(crate) readings: Vec<&'a str>,
}

/// A trial: the policies with what is tried among them, and what that changes in them.
#[derive(Debug)]
pub(crate) struct Trial {
    pub(crate) library: Library,
    pub(crate) draft: Option<Draft>,
    pub(crate) readings: Vec<Flipped>,
    pub(crate) policies: Vec<PolicyChange>,
    pub(crate) notes: Vec<Text>,
}

/// A draft.
#[derive(Debug)]
pub(crate) struct Draft {
    pub(crate) file: String,
    pub(crate) policy: String,
    pub(crate) title: Text,
    pub(crate) hash: String,
    /// It takes the place of a policy of its id.
    pub(crate) replaces: bool,
}

/// A reading with another alternative than the one chosen.
#[derive(Debug)]
pub(crate) struct Flipped {
    pub(crate) policy: String,
    pub(crate) reading: String,
    pub(crate) chosen: Text,
    /// Counted from 1.
    pub(crate) alternative: usize,
    pub(crate) text: Text,
}

/// What changes in a policy.
#[derive(Debug)]
pub(crate) struct PolicyChange {
    pub(crate) policy: String,
    /// Nothing: the policy is new.
    pub(crate) items: Option<Vec<Change>>,
}

impl Trial {
    /// Lays what is wanted over the policies in force.
    ///
    /// # Errors
    /// If the draft has errors, or there is no such reading or alternative.
    pub(crate) fn new(engine: &Engine, wanted: &Wanted<'_>, place: &Place, year: i16) -> Result<Self, Failure> {
        let mut trial = Self { library: engine.library().clone(), draft: None, readings: Vec::new(), policies: Vec::new(), notes: Vec::new() };
        if let Some(path) = wanted.against {
            trial.lay(path)?;
        }
        for pair in &wanted.readings {
            trial.flip(pair, place, year)?;
        }
        let mut touched: Vec<&str> = Vec::new();
        for id in trial.draft.iter().map(|draft| &draft.policy).chain(trial.readings.iter().map(|one| &one.policy)) {
            if !touched.contains(&id.as_str()) {
                touched.push(id);
            }
        }
        let mut changes = Vec::new();
        for id in touched {
            let items = match (engine.library().get(id), trial.library.get(id)) {
                (Some(before), Some(after)) => Some(compare((engine.library(), before), (&trial.library, after), year)?),
                _ => None,
            };
            changes.push(PolicyChange { policy: id.to_owned(), items });
        }
        trial.policies = changes;
        Ok(trial)
    }

    /// Says of a policy that is tried and answers for nobody that it changes nothing.
    ///
    /// # Errors
    /// If a policy can not be compiled.
    pub(crate) fn say_idle(&mut self, engines: Pair<&Engine>, places: &[Place], year: i16) -> Result<(), Failure> {
        for policy in &self.policies {
            let mut answers = false;
            for Place { region, industry } in places {
                for engine in [engines.before, engines.after] {
                    let stacks = engine.stacks(region, industry.as_deref(), year)?;
                    answers |= stacks.iter().flat_map(|stack| stack.files()).any(|file| file.id() == policy.policy);
                }
            }
            if !answers {
                let id = &policy.policy;
                self.notes.push(text!(
                    "{id} 在 {year} 年度不适用于这些人员中任何人所在的地区或行业，因此什么也不改变；请核对 place、sector 与 governs",
                    "{id} answers for no place or industry of these persons in {year} and so changes nothing; check its place, sector and governs"
                ));
            }
        }
        Ok(())
    }

    /// What is tried, a line each.
    pub(crate) fn lines(&self) -> Vec<Text> {
        let draft = self.draft.iter().map(|draft| {
            let Draft { policy, title, file, .. } = draft;
            let (zh, en) = (&title.zh, title.get(Lang::En));
            if draft.replaces {
                text!("草案 {file}：取代 {policy}，{zh}", "draft {file}: in place of {policy}, {en}")
            } else {
                text!("草案 {file}：新增 {policy}，{zh}", "draft {file}: adds {policy}, {en}")
            }
        });
        let readings = self.readings.iter().map(|one| {
            let Flipped { policy, reading, text, .. } = one;
            let (zh, en) = (&text.zh, text.get(Lang::En));
            text!("解读 {policy}/{reading} 改为：{zh}", "reading {policy}/{reading} as: {en}")
        });
        draft.chain(readings).collect()
    }

    /// Lays a draft over the policies.
    fn lay(&mut self, path: &Path) -> Result<(), Failure> {
        let (file, mut found) = policies::one(path)?;
        let Some(file) = file.filter(|_| !has_errors(&found)) else { return Err(found.into()) };
        let (policy, title, hash) = (file.id().to_owned(), file.title().clone(), file.hash().to_owned());
        let replaces = self.library.add(file);
        found.extend(check(&self.library, &policy, None));
        if has_errors(&found) {
            return Err(found.into());
        }
        let (warnings, shown) = (found.iter().filter(|finding| finding.severity == Severity::Warning).count(), path.display());
        if warnings > 0 {
            self.notes.push(text!("草案有 {warnings} 个警告：xueshi policy check {shown}", "the draft has {warnings} warnings: xueshi policy check {shown}"));
        }
        self.draft = Some(Draft { file: shown.to_string(), policy, title, hash, replaces });
        Ok(())
    }

    /// Puts an alternative of a reading in place of what it chose.
    fn flip(&mut self, pair: &str, place: &Place, year: i16) -> Result<(), Failure> {
        let Some((id, word)) = pair.split_once(['=', '＝']).map(|(id, word)| (id.trim(), word.trim())) else {
            return Err(Failure::Message(text!("--reading 写成 解读标识=序号或文字，不能是“{pair}”。", "--reading is written ID=ALTERNATIVE, not “{pair}”.")));
        };
        let found = self.find(id, place, year)?;
        let Some(file) = self.library.get(&found.policy) else { return Ok(()) };
        let Some((at, reading)) = file.readings().enumerate().find(|(_, reading)| reading.id == found.reading) else { return Ok(()) };
        let Found { policy, reading: id } = found;
        if self.readings.iter().any(|known| known.policy == policy && known.reading == id) {
            return Err(Failure::Message(text!("解读 {policy}/{id} 给了两次；每个解读只能改为一种。", "The reading {policy}/{id} is given twice; each can be read in one other way only.")));
        }
        let alternative = which(&reading.alternatives, word).ok_or_else(|| no_alternative(&policy, &id, word, &reading.alternatives))?;
        let (chosen, text) = (reading.text.clone(), reading.alternatives[alternative].clone());
        let mut out: Vec<Diagnostic> = Vec::new();
        match file.with_alternative(at, alternative, &mut out) {
            Some(changed) if !has_errors(&out) => self.library.add(changed),
            _ => return Err(out.into()),
        };
        self.readings.push(Flipped { policy, reading: id, chosen, alternative: alternative + 1, text });
        Ok(())
    }

    /// The one reading of an id, or of `policy/id`.
    fn find(&self, id: &str, place: &Place, year: i16) -> Result<Found, Failure> {
        let all = |file: &PolicyFile| -> Vec<Found> { file.readings().map(|reading| Found { policy: file.id().to_owned(), reading: reading.id.to_owned() }).collect() };
        let stacks = Engine::new(self.library.clone()).stacks(&place.region, place.industry.as_deref(), year).unwrap_or_default();
        let here = |policy: &str| stacks.is_empty() || stacks.iter().flat_map(|stack| stack.files()).any(|file| file.id() == policy);
        let mut found: Vec<Found> = self.library.files().iter().flat_map(all).filter(|one| one.reading == id || one.name() == id).collect();
        // Of several with one id the one that may concern these persons.
        if found.len() > 1 && found.iter().any(|one| here(&one.policy)) {
            found.retain(|one| here(&one.policy));
        }
        if found.len() == 1
            && let Some(only) = found.pop()
        {
            return Ok(only);
        }
        if !found.is_empty() {
            let names = found.iter().map(Found::name).collect::<Vec<_>>();
            let (zh, en) = (names.join("、"), names.join(", "));
            return Err(Failure::Message(text!("几份政策都有解读“{id}”：请写明 {zh} 之一。", "Several policies have a reading “{id}”: write one of {en}.")));
        }
        let names: Vec<String> = self.library.files().iter().filter(|file| here(file.id())).flat_map(all).map(|one| one.name()).collect();
        let list = names.iter().map(|name| format!("\n  {name}")).collect::<String>();
        let region = &place.region;
        Err(Failure::Message(text!(
            "没有解读“{id}”。{region} 的 {year} 年度适用的政策有这些解读（各自的文字见 xueshi policy show）：{list}",
            "There is no reading “{id}”. The policies that answer for {region} in {year} have these (xueshi policy show reads them out):{list}"
        )))
    }
}

/// A reading that was found.
struct Found {
    policy: String,
    reading: String,
}

impl Found {
    fn name(&self) -> String {
        format!("{}/{}", self.policy, self.reading)
    }
}

/// The alternative of a number counted from 1, or the only one whose text has the words.
fn which(alternatives: &[&Text], word: &str) -> Option<usize> {
    if let Ok(number) = word.parse::<usize>() {
        return number.checked_sub(1).filter(|at| *at < alternatives.len());
    }
    let folded = word.to_lowercase();
    let texts = |at: usize| [alternatives[at].zh.to_lowercase(), alternatives[at].en.to_lowercase()];
    let mut whole = (0..alternatives.len()).filter(|at| texts(*at).contains(&folded));
    let mut part = (0..alternatives.len()).filter(|at| !folded.is_empty() && texts(*at).iter().any(|text| text.contains(&folded)));
    whole.next().or_else(|| part.next().filter(|_| part.next().is_none()))
}

fn no_alternative(policy: &str, id: &str, word: &str, alternatives: &[&Text]) -> Failure {
    let list = |lang: Lang| alternatives.iter().enumerate().map(|(at, text)| format!("\n  {}. {}", at + 1, text.get(lang))).collect::<String>();
    let (zh, en) = (list(Lang::Zh), list(Lang::En));
    Failure::Message(text!(
        "解读 {policy}/{id} 没有唯一符合“{word}”的另一种解读；请填序号，或只在一种中出现的文字：{zh}",
        "The reading {policy}/{id} has not just one alternative “{word}”; give its number, or words of one text only:{en}"
    ))
}
