//! What is said about a header row, with the spelling that was probably meant.

use super::{Header, Matched, column_letters, fold, is_blank};
use crate::limits;
use crate::text::{Problem, Remark, Text, excerpt, listed};

/// How many unknown titles are compared with the known ones, to suggest a spelling.
const TITLES_COMPARED: usize = 100;

/// How many titles may have been meant for one header, and how many columns of one title are named.
const SPELLINGS: usize = 3;
const COLUMNS_NAMED: usize = 20;

pub(super) fn header_elsewhere(row: usize) -> Problem {
    Problem::new(
        "header-row",
        Text::new(format!("第 1 行不是表头；表头似乎在第 {row} 行。"), format!("Row 1 is not the header; the header seems to be in row {row}.")),
        Text::new(format!("请删除第 {row} 行上面的各行，使表头成为第 1 行。"), format!("Delete the rows above row {row}, so that the header is row 1.")),
    )
}

/// The titles of a file, and how they are spoken of.
pub(super) enum Titles<'a> {
    /// The first row of a sheet.
    Row(&'a [String]),
    /// The names of columns, which are in no row.
    Names(&'a [String]),
}

impl Titles<'_> {
    fn all(&self) -> &[String] {
        let (Titles::Row(titles) | Titles::Names(titles)) = self;
        titles
    }

    /// One of two ways to say it: of a row, or of names.
    fn say(&self, row: (&str, &str), names: (&str, &str)) -> Text {
        let (zh, en) = match self {
            Titles::Row(_) => row,
            Titles::Names(_) => names,
        };
        Text::new(zh, en)
    }

    pub(super) fn nothing_known(&self, headers: &[Header]) -> Problem {
        let found = found(self.all());
        let accepted = listed(&headers.iter().map(Header::title).collect::<Vec<_>>());
        let cause = self.say(("第 1 行没有任何可识别的表头", "Row 1 has no header that is known"), ("文件没有任何可识别的列", "The file has no column that is known"));
        let remedy = self.say(("请把第 1 行改为表头，可用的有", "Make row 1 the header; these are known"), ("请在导出时使用这些列名", "Name the columns so when you export the file; these are known"));
        Problem::new(
            "header-row",
            Text::new(format!("{}；{}。", cause.zh, found.zh), format!("{}; {}.", cause.en, found.en)),
            Text::new(format!("{}：{}。", remedy.zh, accepted.zh), format!("{}: {}.", remedy.en, accepted.en)),
        )
    }

    pub(super) fn missing_columns(&self, headers: &[Header], matched: &Matched, missing: &[usize]) -> Problem {
        let titles = self.all();
        let names = listed(&missing.iter().map(|header| headers[*header].title()).collect::<Vec<_>>());
        let found = found(titles);
        let lacks = self.say(("表头（第 1 行）缺少必需的列", "The header (row 1) lacks required columns"), ("文件缺少必需的列", "The file lacks required columns"));
        let mut remedy = self.say(
            ("请在第 1 行补上这些列名（中文或英文均可）。", "Add these headers to row 1, in Chinese or in English."),
            ("请在导出时加上这些列（列名中文或英文均可）。", "Export the file with these columns, named in Chinese or in English."),
        );
        for header in missing {
            let unknown = (0..titles.len()).filter(|column| matched.columns[*column].is_none()).take(TITLES_COMPARED);
            let near = unknown.filter(|column| nearest(&titles[*column], &headers[*header..=*header]).is_some());
            for column in near.take(SPELLINGS) {
                let (at, wanted) = (self.place(column), headers[*header].title());
                remedy.zh.push_str(&format!("{}是否应为“{wanted}”？", at.asked_zh));
                remedy.en.push_str(&format!(" Should {} be \"{wanted}\"?", at.asked_en));
            }
        }
        Problem::new("missing-column", Text::new(format!("{}：{}；{}。", lacks.zh, names.zh, found.zh), format!("{}: {}; {}.", lacks.en, names.en, found.en)), remedy)
    }

    pub(super) fn duplicate_column(&self, header: &Header, columns: &[usize]) -> Problem {
        let places: Vec<Place> = columns.iter().take(COLUMNS_NAMED).map(|column| self.place(*column)).collect();
        let mut zh: Vec<&str> = places.iter().map(|place| place.zh.as_str()).collect();
        let mut en: Vec<&str> = places.iter().map(|place| place.en.as_str()).collect();
        if columns.len() > COLUMNS_NAMED {
            zh.push("…");
            en.push("…");
        }
        let name = header.title();
        let several = self.say(("表头（第 1 行）有几列都是", "Several columns of the header (row 1) are"), ("文件有几列都是", "Several columns of the file are"));
        Problem::new(
            "duplicate-column",
            Text::new(format!("{}“{name}”：{}。", several.zh, zh.join("、")), format!("{} \"{name}\": {}.", several.en, en.join(", "))),
            Text::new("请只保留其中一列。", "Keep only one of them."),
        )
    }

    /// A column as it is named in a list, and in a question.
    fn place(&self, column: usize) -> Place {
        let title = excerpt(self.all().get(column).map_or("", String::as_str));
        match self {
            Titles::Row(_) => {
                let letters = column_letters(column);
                Place {
                    zh: format!("{letters} 列“{title}”"), en: format!("{letters} \"{title}\""), asked_zh: format!("{letters} 列的“{title}”"), asked_en: format!("\"{title}\" in column {letters}")
                }
            }
            Titles::Names(_) => {
                let (zh, en) = (format!("“{title}”"), format!("\"{title}\""));
                Place { asked_zh: zh.clone(), asked_en: en.clone(), zh, en }
            }
        }
    }
}

/// How a column is named.
struct Place {
    zh: String,
    en: String,
    asked_zh: String,
    asked_en: String,
}

pub(super) fn unknown_columns(titles: &[String], headers: &[Header], matched: &Matched) -> Option<Remark> {
    let unknown: Vec<&String> = titles.iter().zip(&matched.columns).filter(|(title, header)| header.is_none() && !is_blank(title)).map(|(title, _)| title).collect();
    if unknown.is_empty() {
        return None;
    }
    let free: Vec<Header> = headers.iter().enumerate().filter(|(h, _)| !matched.has(*h)).map(|(_, h)| h.clone()).collect();
    let names = listed(&unknown);
    let mut text = Text::new(format!("以下各列无法识别，没有读入：{}。", names.zh), format!("These columns are not known and were not read: {}.", names.en));
    for title in unknown.into_iter().take(TITLES_COMPARED) {
        if let Some(header) = nearest(title, &free) {
            let (title, wanted) = (excerpt(title), header.title());
            text.zh.push_str(&format!("“{title}”是否应为“{wanted}”？"));
            text.en.push_str(&format!(" Should \"{title}\" be \"{wanted}\"?"));
        }
    }
    Some(("unknown-columns", text))
}

/// The header one of whose spellings is very close to a title: a third of its characters differ
/// at most, or one.
fn nearest<'a>(title: &str, headers: &'a [Header]) -> Option<&'a Header> {
    const CHARS_MAX: usize = 60;
    let title = fold(title);
    let length = title.chars().count();
    if !(2..=CHARS_MAX).contains(&length) {
        return None;
    }
    let distance = |header: &Header| {
        let names = header.names.iter().chain([&header.id]);
        names.map(|name| strsim::osa_distance(&fold(name), &title)).min().unwrap_or(usize::MAX)
    };
    let close = headers.iter().map(|header| (distance(header), header));
    close.filter(|(distance, _)| *distance <= (length / 3).max(1)).min_by_key(|(d, _)| *d).map(|(_, h)| h)
}

fn found(titles: &[String]) -> Text {
    let titles: Vec<&String> = titles.iter().filter(|title| !is_blank(title)).collect();
    if titles.is_empty() {
        return Text::new("该行是空的", "the row is blank");
    }
    let names = listed(&titles);
    Text::new(format!("文件中的列有：{}", names.zh), format!("the file has: {}", names.en))
}

pub(crate) fn too_many_columns() -> Problem {
    let most = limits::COLUMNS;
    Problem::new(
        "too-many-columns",
        Text::new(format!("表格超过 {most} 列。"), format!("The table has more than {most} columns.")),
        Text::new("请删除多余的列。", "Delete the columns that are not needed."),
    )
}

/// Says that cells stand under no title; given is the first of them, the header being row 0.
pub(crate) fn headless_columns((row, column): (u32, usize)) -> Remark {
    let place = format!("{}{}", column_letters(column), u64::from(row) + 1);
    let text = Text::new(format!("有的单元格所在的列没有表头，没有读入（第一个是 {place}）。"), format!("Some cells are in columns without a header and were not read (the first is {place})."));
    ("headless-columns", text)
}
