//! The beginning of a policy file, made from the text of a regulation.

use crate::outline::units;
use sha2::{Digest as _, Sha256};
use std::fmt::Write as _;

/// A file to start from: the head with what can be found in the text, a row for every numbered clause, an example of a rule.
pub fn skeleton(text: &str, bytes: &[u8]) -> String {
    let lines: Vec<&str> = text.lines().map(|line| line.trim().trim_start_matches('#').trim()).filter(|line| !line.is_empty()).collect();
    let number = lines.iter().find_map(|line| document_number(line)).unwrap_or_default();
    let title = lines.iter().find(|line| line.contains("关于") || line.contains("办法") || line.contains("通知") || line.contains("规定") || line.contains("意见")).copied().unwrap_or("（文件名称）");
    let issued = lines.iter().rev().find_map(|line| day(line)).unwrap_or_else(|| "2000-01-01".to_owned());
    let hash = Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let mut out = String::new();
    let _ = write!(
        out,
        r#"# 由原文生成的起点：逐项核对，补全；写法见 docs/policy-language.md。

[policy]
id = "new-policy"                    # 改为英文标识，如 cn-51-2016-20
title = {title}
{}authority = "（发文机关）"
place = "99"                         # 改为 GB/T 2260 代码前缀；全国写 "*"
issued = {issued}
known_since = {issued}
governs = {{ from = {} }}                # 改为起始年度，可为解读名
source_sha256 = "{hash}"

"#,
        if number.is_empty() { String::new() } else { format!("number = {}\n", quoted(&number)) },
        &issued[..4],
        title = quoted(title),
    );
    out.push_str("# 每一条款一项：is 写明如何落实（rule、text，或 flow:planned 等），gist 用自己的话写要旨。\n");
    for unit in units(text) {
        let _ = write!(out, "[clause.{}]\nis = \"text\"\n", quoted(&unit));
    }
    out.push_str(
        r#"
# 独立适用的文件要有自己的义务；叠加在别的文件上时改写 [layer]。
[duty.annual]
title = "年度继续教育"
window = "year"
role = "regional"

# 以下为示例，按条款改写后去掉行首的 #：
# [requirement.total]
# cite = "第一条"
# at_least = 90
# binding = true
#
# [rule.class]
# cite = "第二条"
# title = "培训班"
# match = { activity = "class" }
# gives = { hours = 1, days = 6 }
# proof = "any"
# examples = [{ given = { quantity = 2, unit = "days" }, hours = 12 }]
"#,
    );
    out
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

/// 川人社发〔2016〕20号 inside a line.
fn document_number(line: &str) -> Option<String> {
    let open = line.find('〔')?;
    let close = line.get(open..)?.find("号").map(|at| open + at + "号".len())?;
    let head: String = line[..open].chars().rev().take_while(|c| !c.is_whitespace() && !"《（(，。、；：".contains(*c)).collect::<Vec<_>>().into_iter().rev().collect();
    let tail = &line[open..close];
    (!head.is_empty() && head.chars().count() <= 12 && tail.chars().count() <= 14).then(|| format!("{head}{tail}"))
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
        let made = skeleton(text, text.as_bytes());
        let (file, findings) = crate::PolicyFile::parse("new.toml", &made);
        assert!(findings.is_empty(), "{}\n{made}", findings[0].render(crate::Lang::En));
        let file = file.unwrap();
        assert_eq!((file.number(), file.years()), (Some("某人社发〔2020〕3号"), (Some(2020), None)));
        assert!(made.contains("[clause.\"二(一)\"]"), "{made}");
    }
}
