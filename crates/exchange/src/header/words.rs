//! What is said about a header row, with the spelling that was probably meant.

use super::{Header, Matched, column_letters, fold, is_blank};
use crate::limits;
use crate::text::{Problem, Remark, Text, excerpt, listed};

/// How many unknown titles are compared with the known ones, to suggest a spelling.
const TITLES_COMPARED: usize = 100;

pub(super) fn header_elsewhere(row: usize) -> Problem {
    Problem::new(
        "header-row",
        Text::new(format!("第 1 行不是表头；表头似乎在第 {row} 行。"), format!("Row 1 is not the header; the header seems to be in row {row}.")),
        Text::new(format!("请删除第 {row} 行上面的各行，使表头成为第 1 行。"), format!("Delete the rows above row {row}, so that the header is row 1.")),
    )
}

pub(super) fn nothing_known(titles: &[String], headers: &[Header]) -> Problem {
    let found = found(titles);
    let accepted = listed(&headers.iter().map(Header::title).collect::<Vec<_>>());
    Problem::new(
        "header-row",
        Text::new(format!("第 1 行没有任何可识别的表头；{}。", found.zh), format!("Row 1 has no header that is known; {}.", found.en)),
        Text::new(format!("请把第 1 行改为表头，可用的有：{}。", accepted.zh), format!("Make row 1 the header; these are known: {}.", accepted.en)),
    )
}

pub(super) fn missing_columns(titles: &[String], headers: &[Header], matched: &Matched, missing: &[usize]) -> Problem {
    let names = listed(&missing.iter().map(|header| headers[*header].title()).collect::<Vec<_>>());
    let found = found(titles);
    let mut remedy = Text::new("请在第 1 行补上这些列名（中文或英文均可）。", "Add these headers to row 1, in Chinese or in English.");
    for header in missing {
        let unknown = (0..titles.len()).filter(|column| matched.columns[*column].is_none()).take(TITLES_COMPARED);
        let near = unknown.filter(|column| nearest(&titles[*column], &headers[*header..=*header]).is_some());
        for column in near {
            let (title, wanted) = (excerpt(&titles[column]), headers[*header].title());
            let letters = column_letters(column);
            remedy.zh.push_str(&format!("{letters} 列的“{title}”是否应为“{wanted}”？"));
            remedy.en.push_str(&format!(" Should \"{title}\" in column {letters} be \"{wanted}\"?"));
        }
    }
    Problem::new(
        "missing-column",
        Text::new(format!("表头（第 1 行）缺少必需的列：{}；{}。", names.zh, found.zh), format!("The header (row 1) lacks required columns: {}; {}.", names.en, found.en)),
        remedy,
    )
}

pub(super) fn duplicate_column(header: &Header, columns: &[usize], titles: &[String]) -> Problem {
    let each: Vec<(String, String)> = columns.iter().map(|c| (column_letters(*c), excerpt(&titles[*c]))).collect();
    let zh: Vec<String> = each.iter().map(|(letters, title)| format!("{letters} 列“{title}”")).collect();
    let en: Vec<String> = each.iter().map(|(letters, title)| format!("{letters} \"{title}\"")).collect();
    let name = header.title();
    Problem::new(
        "duplicate-column",
        Text::new(format!("表头（第 1 行）有几列都是“{name}”：{}。", zh.join("、")), format!("Several columns of the header (row 1) are \"{name}\": {}.", en.join(", "))),
        Text::new("请只保留其中一列。", "Keep only one of them."),
    )
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
