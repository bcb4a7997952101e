//! How pages look: templates, words and static files, from the binary or, while they are being written, from a folder.

use super::assets::Assets;
use super::words::Words;
use minijinja::syntax::SyntaxConfig;
use minijinja::value::{Kwargs, Value};
use minijinja::{AutoEscape, Environment, Error, ErrorKind, State, UndefinedBehavior};
use std::borrow::Cow;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::{fs, io};
use xueshi_policy::Lang;

/// Name and content of every file under `web/`.
pub(super) const EMBEDDED: &[(&str, &[u8])] = &include!(concat!(env!("OUT_DIR"), "/web.rs"));

/// Where templates, words and static files come from.
#[derive(Clone, Debug, Default)]
pub(crate) struct WebFiles {
    folder: Option<PathBuf>,
}

impl WebFiles {
    /// The files in the binary, or those of a folder, which are read anew for every request.
    pub(crate) fn new(folder: Option<&Path>) -> Self {
        Self { folder: folder.map(Path::to_owned) }
    }

    /// Whether they may change while the program runs.
    pub(super) fn may_change(&self) -> bool {
        self.folder.is_some()
    }

    /// Every file: its name with `/`, and its content.
    ///
    /// # Errors
    /// If the folder can not be read.
    pub(super) fn all(&self) -> io::Result<Vec<(String, Cow<'static, [u8]>)>> {
        let Some(folder) = &self.folder else {
            return Ok(EMBEDDED.iter().map(|(name, content)| ((*name).to_owned(), Cow::Borrowed(*content))).collect());
        };
        let mut found = Vec::new();
        for kind in ["templates", "words", "static"] {
            for entry in fs::read_dir(folder.join(kind))? {
                let entry = entry?;
                found.push((format!("{kind}/{}", entry.file_name().to_string_lossy()), Cow::Owned(fs::read(entry.path())?)));
            }
        }
        Ok(found)
    }
}

/// Everything a page is made of.
#[derive(Debug)]
pub(crate) struct Look {
    templates: Environment<'static>,
    pub(super) words: Arc<Words>,
    pub(super) assets: Arc<Assets>,
}

impl Look {
    /// Reads templates, words and static files.
    ///
    /// # Errors
    /// What is wrong, in one line: a file that can not be read, a template or a table of words with a mistake.
    pub(super) fn load(files: &WebFiles) -> Result<Self, String> {
        let all = files.all().map_err(|error| error.to_string())?;
        let words = Arc::new(Words::read(&all)?);
        let assets = Arc::new(Assets::of(&all));
        let mut templates = Environment::new();
        templates.set_undefined_behavior(UndefinedBehavior::Strict);
        templates.set_auto_escape_callback(|_| AutoEscape::Html);
        templates.set_syntax(syntax()?);
        speak(&mut templates, &words);
        let known = Arc::clone(&assets);
        templates.add_function("asset", move |name: &str| known.url(name).ok_or_else(|| wrong(format!("there is no static file {name}"))));
        for (name, content) in all {
            if let Some(name) = name.strip_prefix("templates/") {
                let text = String::from_utf8(content.into_owned()).map_err(|_| format!("{name}: not UTF-8"))?;
                templates.add_template_owned(name.to_owned(), text).map_err(|error| format!("{error:#}"))?;
            }
        }
        Ok(Self { templates, words, assets })
    }

    /// A template with what it is to show.
    ///
    /// # Errors
    /// If it asks for something that it was not given.
    pub(super) fn render(&self, template: &str, values: Value) -> Result<String, Error> {
        self.templates.get_template(template)?.render(values)
    }
}

/// Lines that hold only a statement leave no line behind.
fn syntax() -> Result<SyntaxConfig, String> {
    SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build().map_err(|error| error.to_string())
}

/// `t("page.key", name=value)`: a word of the page's language.
fn speak(templates: &mut Environment<'static>, words: &Arc<Words>) {
    let words = Arc::clone(words);
    templates.add_function("t", move |state: &State<'_, '_>, key: &str, values: Kwargs| {
        let lang = match state.lookup("lang").as_ref().and_then(Value::as_str) {
            Some("en") => Lang::En,
            _ => Lang::Zh,
        };
        let mut given = Vec::new();
        for name in values.args() {
            given.push((name, values.get::<Value>(name)?.to_string()));
        }
        let given: Vec<(&str, &str)> = given.iter().map(|(name, value)| (*name, value.as_str())).collect();
        words.say(lang, key, &given).map_err(wrong)
    });
}

fn wrong(why: String) -> Error {
    Error::new(ErrorKind::InvalidOperation, why)
}
