//! The beginning of a policy file, made from the text of a regulation.

use crate::outline::units;
use crate::text::Lang;
use sha2::{Digest as _, Sha256};
use std::fmt::Write as _;

/// A file to start from: the head with what can be found in the text, a row for every numbered clause, an example of a rule.
/// Remarks and placeholders are in `lang`.
pub fn skeleton(text: &str, bytes: &[u8], lang: Lang) -> String {
    let t = |zh: &'static str, en: &'static str| if lang == Lang::Zh { zh } else { en };
    let lines: Vec<String> = text.lines().map(|line| tidy(line.trim_start_matches('\u{feff}').trim().trim_start_matches('#'))).filter(|line| !line.is_empty()).collect();
    let head = head(&lines);
    let number = head.iter().find_map(|line| document_number(line)).unwrap_or_default();
    let (title, authority) = title(head);
    let title = title.unwrap_or_else(|| t("（文件名称）", "(title of the document)").to_owned());
    let authority = authority.unwrap_or_else(|| t("（发文机关）", "(issuing authority)").to_owned());
    // A date inside a sentence is another's; the document's own stands by itself, at the end or before the annexes.
    let found = lines.iter().rev().filter(|line| line.chars().count() <= LONGEST_DATE).find_map(|line| day(line));
    let year = found.as_deref().and_then(|day| day.get(..4)).map(str::to_owned).or_else(|| year_of_number(&number));
    let year = year.unwrap_or_else(|| "2000".to_owned());
    let (issued, unsure) = match found {
        Some(day) => (day, ""),
        None => (format!("{year}-01-01"), t("          # 原文没有单独成行的日期：请核对", "          # the text has no date on a line of its own: look it up")),
    };
    let hash = Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let mut out = String::new();
    let _ = write!(
        out,
        r#"# {}

[policy]
id = "new-policy"                    # {}
title = {title}
{}authority = {authority}
place = "99"                         # {}
issued = {issued}{unsure}
known_since = {issued}
governs = {{ from = {year} }}                # {}
source_sha256 = "{hash}"

# {}
"#,
        t("由原文生成的起点：逐项核对，补全；写法见 docs/policy-language.md。", "A start made from the text: look at every line and complete it; see docs/policy-language.en.md."),
        t("改为英文标识，如 cn-51-2016-20", "an id of your own, such as cn-51-2016-20"),
        if number.is_empty() { String::new() } else { format!("number = {}\n", quoted(&number)) },
        t("改为 GB/T 2260 代码前缀；全国写 \"*\"", "the prefix of a GB/T 2260 code; \"*\" for the nation"),
        t("改为起始年度，可为解读名", "the first year it governs, or the name of a reading"),
        t(
            "每一条款一项：is 写明如何落实（rule、text，或 flow:planned 等），gist 用自己的话写要旨。",
            "One item a clause: `is` says what became of it (rule, text, or flow:planned …), `gist` what it says in your own words.",
        ),
        title = quoted(&title),
        authority = quoted(&authority),
    );
    for unit in units(text) {
        let _ = write!(out, "[clause.{}]\nis = \"text\"\n", quoted(&unit));
    }
    out.push_str(&samples(lang));
    out
}

/// What follows the clauses: a duty, and a requirement and a rule to be changed.
fn samples(lang: Lang) -> String {
    let t = |zh: &'static str, en: &'static str| if lang == Lang::Zh { zh } else { en };
    format!(
        r#"
# {}
[duty.annual]
title = "{}"
window = "year"
role = "regional"

# {}
# [requirement.total]
# cite = "第一条"
# at_least = 90
# binding = true
#
# [rule.class]
# cite = "第二条"
# title = "{}"
# match = {{ activity = "class" }}
# gives = {{ hours = 1, days = 6 }}
# proof = "any"
# examples = [{{ given = {{ quantity = 2, unit = "days" }}, hours = 12 }}]
"#,
        t("独立适用的文件要有自己的义务；叠加在别的文件上时改写 [layer]。", "A document that stands alone has a duty of its own; one that lies on another has a [layer] instead."),
        t("年度继续教育", "continuing education of the year"),
        t("以下为示例，按条款改写后去掉行首的 #：", "Samples: change them to what the clauses say and take the # away:"),
        t("培训班", "classes"),
    )
}

/// A date that stands by itself is no longer than this.
const LONGEST_DATE: usize = 16;
/// How the title of a document ends.
const TITLE_ENDS: [&str; 9] = ["通知", "意见", "办法", "规定", "决定", "条例", "细则", "方案", "公告"];
/// How the name of an authority ends.
const AUTHORITY_ENDS: [&str; 7] = ["局", "厅", "部", "政府", "委员会", "办公室", "协会"];

/// A line without the spaces that only lay it out: between two Chinese characters, or one and a digit.
fn tidy(line: &str) -> String {
    let words: Vec<&str> = line.split_whitespace().collect();
    let chinese = |c: Option<char>| c.is_some_and(|c| !c.is_ascii());
    words.iter().enumerate().fold(String::new(), |mut all, (n, word)| {
        let joined = n == 0 || chinese(all.chars().next_back()) || chinese(word.chars().next());
        if !joined {
            all.push(' ');
        }
        all.push_str(word);
        all
    })
}

/// The lines before the salutation or the first numbered clause.
fn head(lines: &[String]) -> &[String] {
    let ends = |line: &String| line.ends_with(['：', ':']) || line.starts_with("一、") || line.starts_with("第一") || line.chars().count() > 60;
    let end = lines.iter().take(16).position(ends).unwrap_or(lines.len().min(8));
    &lines[..end]
}

/// The title, which may run over several lines, and the authority: a line of its own, or what stands before 关于.
fn title(head: &[String]) -> (Option<String>, Option<String>) {
    let names_authority = |line: &&String| AUTHORITY_ENDS.iter().any(|end| line.ends_with(end)) && !line.contains("关于");
    let complete = |text: &str| TITLE_ENDS.iter().any(|end| text.ends_with(end));
    let start = head.iter().position(|line| line.contains("关于") || line.starts_with('《')).or_else(|| head.iter().position(|line| complete(line)));
    let mut title = String::new();
    for line in start.map_or(&[][..], |start| &head[start..]) {
        if !title.is_empty() && (complete(&title) || document_number(line).is_some()) {
            break;
        }
        title.push_str(line);
    }
    let before = title.split_once("关于").map(|(before, _)| before.to_owned()).filter(|before| AUTHORITY_ENDS.iter().any(|end| before.ends_with(end)));
    let authority = before.or_else(|| head.iter().find(names_authority).cloned());
    (Some(title).filter(|title| !title.is_empty()), authority)
}

/// The year in 〔2016〕.
fn year_of_number(number: &str) -> Option<String> {
    let (_, rest) = number.split_once('〔')?;
    rest.get(..4).filter(|year| year.bytes().all(|b| b.is_ascii_digit())).map(str::to_owned)
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

/// 川人社发〔2016〕20号, a line of its own.
fn document_number(line: &str) -> Option<String> {
    let (before, after) = line.split_once('〔')?;
    let plain = |text: &str| text.chars().all(|c| !"《》（），。；：".contains(c));
    (!before.is_empty() && line.chars().count() <= 24 && after.ends_with('号') && plain(line)).then(|| line.to_owned())
}

/// 2019年5月14日 or 二○○六年二月二十七日 as a date.
fn day(line: &str) -> Option<String> {
    let compact: String = line.chars().filter(|c| !c.is_whitespace()).collect();
    let (year, rest) = compact.split_once('年')?;
    let (month, rest) = rest.split_once('月')?;
    let (date, _) = rest.split_once('日')?;
    let year: String = year.chars().rev().take(4).collect::<Vec<_>>().into_iter().rev().collect();
    let (year, month, date) = (digits(&year)?, count(month)?, count(date)?);
    jiff::civil::Date::new(i16::try_from(year).ok()?, i8::try_from(month).ok()?, i8::try_from(date).ok()?).ok().map(|day| day.to_string())
}

const DIGITS: &str = "零一二三四五六七八九";

fn digit(c: char) -> Option<i64> {
    if let Some(value) = c.to_digit(10) {
        return Some(i64::from(value));
    }
    if "○〇Ｏ".contains(c) {
        return Some(0);
    }
    DIGITS.chars().position(|known| known == c).and_then(|at| i64::try_from(at).ok())
}

/// Four digits of a year.
fn digits(text: &str) -> Option<i64> {
    let found = text.chars().map(digit).collect::<Option<Vec<_>>>()?;
    (found.len() == 4).then(|| found.iter().fold(0, |sum, digit| sum * 10 + digit))
}

/// 5, 十, 十二, 二十七.
fn count(text: &str) -> Option<i64> {
    if let Ok(number) = text.parse() {
        return Some(number);
    }
    match text.split_once('十') {
        Some((tens, ones)) => {
            let one = |text: &str, empty: i64| if text.is_empty() { Some(empty) } else { digit(text.chars().next()?).filter(|_| text.chars().count() == 1) };
            Some(one(tens, 1)? * 10 + one(ones, 0)?)
        }
        None => digit(text.chars().next()?).filter(|_| text.chars().count() == 1),
    }
}

#[cfg(test)]
mod tests {
    use super::{day, skeleton};

    #[test]
    fn dates_are_read_in_either_numerals() {
        for (line, want) in [("2019 年 5 月 14 日", "2019-05-14"), ("二○○六年二月二十七日        ", "2006-02-27"), ("2022年11月7日", "2022-11-07"), ("二〇二一年十月三十一日", "2021-10-31")]
        {
            assert_eq!(day(line).as_deref(), Some(want), "{line}");
        }
        assert_eq!(day("每年"), None);
    }

    #[test]
    fn what_it_makes_is_a_policy_file() {
        let text = "某人社发〔2020〕3号\n关于做好继续教育工作的通知\n一、要求\n每年90学时\n二、方式\n（一）培训\n（二）自学\n2020年3月1日";
        let made = skeleton(text, text.as_bytes(), crate::Lang::Zh);
        let (file, findings) = crate::PolicyFile::parse("new.toml", &made);
        assert!(findings.is_empty(), "{}\n{made}", findings[0].render(crate::Lang::En));
        let file = file.unwrap();
        assert_eq!((file.number(), file.years()), (Some("某人社发〔2020〕3号"), (Some(2020), None)));
        let english = skeleton(text, text.as_bytes(), crate::Lang::En);
        assert!(english.contains("# A start made from the text") && !english.contains("由原文生成"), "{english}");
        assert!(made.contains("[clause.\"二(一)\"]"), "{made}");
        assert!(made.contains("title = \"关于做好继续教育工作的通知\"") && made.contains("issued = 2020-03-01\n"), "{made}");
    }

    #[test]
    fn the_head_is_found_however_it_is_laid_out() {
        let cases = [
            (
                "甲人社发〔2022〕3号\n甲市人力资源和社会保障局\n关于做好继续教育\n工作的通知\n各单位：\n根据乙发〔2021〕7号，2021年10月1日起",
                "关于做好继续教育工作的通知",
                "甲市人力资源和社会保障局",
                "甲人社发〔2022〕3号",
                "2022-01-01 ",
            ),
            (
                "甲市人民政府关于印发\n《继续教育条例》实施办法的通知\n甲府发〔2006〕17号\n各县：\n正文\n二○○六年二月二十七日",
                "甲市人民政府关于印发《继续教育条例》实施办法的通知",
                "甲市人民政府",
                "甲府发〔2006〕17号",
                "2006-02-27\n",
            ),
            ("# 关于 2019 年度 继续教育的通知\n各局：\n按人社部发〔2021〕73号\n2019 年 5 月 14 日", "关于2019年度继续教育的通知", "（发文机关）", "", "2019-05-14\n"),
        ];
        for (text, title, authority, number, issued) in cases {
            let made = skeleton(text, text.as_bytes(), crate::Lang::Zh);
            assert!(made.contains(&format!("title = \"{title}\"")) && made.contains(&format!("authority = \"{authority}\"")), "{made}");
            assert!(if number.is_empty() { !made.contains("number = ") } else { made.contains(&format!("number = \"{number}\"")) }, "{made}");
            assert!(made.contains(&format!("issued = {issued}")), "{made}");
        }
    }
}
