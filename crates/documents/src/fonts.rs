//! The fonts documents are set in, read from the system: the only reading of files in this crate.

use crate::text::{Error, Text};
use serde::Serialize;
use std::path::{Path, PathBuf};
use std::{env, fs};
use typst::foundations::Bytes;
use typst::text::{Font, FontBook, FontInfo};
use typst::utils::LazyHash;

/// Song faces, the voice of the law, the best covered first: rare characters of names decide.
const SERIF: &[&str] = &["Noto Serif CJK SC", "Source Han Serif SC", "Songti SC", "STSong", "SimSun", "SimSun-ExtB", "NSimSun"];

/// Hei faces, for work.
const SANS: &[&str] = &["Noto Sans CJK SC", "Source Han Sans SC", "PingFang SC", "Microsoft YaHei", "Hiragino Sans GB", "SimHei"];

/// Scripts of names that the two above do not hold.
const OTHER: &[&str] =
    &["Noto Naskh Arabic", "Noto Sans Arabic", "Noto Serif Tibetan", "Noto Sans Mongolian", "Noto Sans Yi", "Microsoft Uighur", "Microsoft Himalaya", "Mongolian Baiti", "Microsoft Yi Baiti"];

/// Folders in folders are read to this depth, so that a link to its own parent ends.
const DEPTH: usize = 6;

/// The fonts of a machine that documents use. Reading them takes a moment and some hundred megabytes: keep one and share it.
pub struct Fonts {
    pub(crate) book: LazyHash<FontBook>,
    pub(crate) faces: Vec<Font>,
    pub(crate) families: Families,
}

/// The families found, in order of preference, as templates name them.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Families {
    serif: Vec<String>,
    sans: Vec<String>,
}

impl Fonts {
    /// The fonts in the folders where systems keep them.
    ///
    /// # Errors
    /// See [`Fonts::read`].
    pub fn system() -> Result<Self, Error> {
        let home = env::var_os("HOME").map(PathBuf::from);
        let windows = env::var_os("WINDIR").map(|root| PathBuf::from(root).join("Fonts"));
        let at_home = [".fonts", ".local/share/fonts", "Library/Fonts"].into_iter().filter_map(|folder| Some(home.as_ref()?.join(folder)));
        let shared = ["/usr/share/fonts", "/usr/local/share/fonts", "/Library/Fonts", "/System/Library/Fonts"].map(PathBuf::from);
        Self::read(&shared.into_iter().chain(windows).chain(at_home).collect::<Vec<_>>())
    }

    /// The fonts in these folders and the folders in them; a folder that is not there is passed over.
    ///
    /// # Errors
    /// If no Chinese font is among them; the error names the package that brings one.
    pub fn read(folders: &[PathBuf]) -> Result<Self, Error> {
        let mut files = Vec::new();
        for folder in folders {
            collect(folder, DEPTH, &mut files);
        }
        files.sort();
        files.dedup();
        let mut found: Vec<(usize, Font)> = Vec::new();
        for file in &files {
            let Ok(data) = fs::read(file) else { continue };
            let known: Vec<_> = FontInfo::iter(&data).map(|info| rank(&info.family)).collect();
            if known.iter().all(Option::is_none) {
                continue;
            }
            // One face of a family and cut is enough; the first of the sorted files is taken, so that two runs agree.
            for font in Font::iter(Bytes::new(data)) {
                let Some(rank) = rank(&font.info().family) else { continue };
                if !found.iter().any(|(_, other)| other.info().family == font.info().family && other.info().variant == font.info().variant) {
                    found.push((rank, font));
                }
            }
        }
        found.sort_by_key(|(rank, font)| (*rank, font.info().variant));
        let faces: Vec<Font> = found.into_iter().map(|(_, font)| font).collect();
        let present = |names: &[&str]| -> Vec<String> { names.iter().filter(|name| faces.iter().any(|face| face.info().family == **name)).map(|&name| name.to_owned()).collect() };
        let (serif, sans, other) = (present(SERIF), present(SANS), present(OTHER));
        if serif.is_empty() && sans.is_empty() {
            return Err(missing(folders));
        }
        // A character missing in one is looked for in all the others.
        let families = Families { serif: [&serif[..], &sans, &other].concat(), sans: [&sans[..], &serif, &other].concat() };
        Ok(Self { book: LazyHash::new(FontBook::from_fonts(&faces)), faces, families })
    }

    /// Whether one of the fonts draws the character.
    pub(crate) fn draws(&self, character: char) -> bool {
        self.faces.iter().any(|face| face.info().coverage.contains(u32::from(character)))
    }
}

fn rank(family: &str) -> Option<usize> {
    SERIF.iter().chain(SANS).chain(OTHER).position(|&known| known == family)
}

fn collect(folder: &Path, depth: usize, files: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for path in entries.flatten().map(|entry| entry.path()) {
        if path.is_dir() {
            if depth > 0 {
                collect(&path, depth - 1, files);
            }
        } else if path.extension().and_then(|extension| extension.to_str()).is_some_and(|extension| matches!(extension.to_ascii_lowercase().as_str(), "ttf" | "otf" | "ttc" | "otc")) {
            files.push(path);
        }
    }
}

fn missing(folders: &[PathBuf]) -> Error {
    let looked: Vec<_> = folders.iter().map(|folder| folder.display().to_string()).collect();
    Error::new(
        "fonts",
        Text::new(format!("字体（{}）", looked.join("、")), format!("fonts ({})", looked.join(", "))),
        Text::new("没有能排中文的字体", "there is no font for Chinese"),
        Text::new(
            "请安装思源字体：Debian、Ubuntu 上执行 apt-get install fonts-noto-cjk；或把“Noto Serif CJK SC”“Noto Sans CJK SC”放进上述文件夹",
            "Install the Noto CJK fonts: apt-get install fonts-noto-cjk on Debian and Ubuntu, or put Noto Serif CJK SC and Noto Sans CJK SC in one of these folders",
        ),
    )
}
