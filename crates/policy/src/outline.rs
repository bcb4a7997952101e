//! The numbered clauses of a Chinese regulation, found by their numbering.

/// The chief clauses of a text: 第一条 … where it has articles, else 一、二、… with their （一）…, in order, each once.
pub fn units(text: &str) -> Vec<String> {
    let lines: Vec<&str> = text.lines().map(|line| line.trim().trim_start_matches('#').trim()).collect();
    let articles: Vec<String> = lines.iter().filter_map(|line| article(line)).collect();
    // A text that only quotes an article or two of another is told by its sections.
    let sections = sections(&lines);
    let mut found = if articles.len() > 2 || sections.is_empty() || articles.first().is_some_and(|first| first == "第一条") { articles } else { sections };
    let mut seen = std::collections::BTreeSet::new();
    found.retain(|unit| seen.insert(unit.clone()));
    found
}

/// 第三十条 or 第三十条之一 at the head of a line.
fn article(line: &str) -> Option<String> {
    let is_number = |text: &str| !text.is_empty() && text.chars().all(|c| NUMERALS.contains(c));
    let head = line.split(char::is_whitespace).next().unwrap_or("");
    let (number, inserted) = head.strip_prefix('第')?.split_once('条')?;
    let fine = is_number(number) && (inserted.is_empty() || inserted.strip_prefix('之').is_some_and(is_number));
    fine.then(|| head.to_owned())
}

/// 一、 and, inside it, （一）.
fn sections(lines: &[&str]) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let mut section = String::new();
    let mut inner: Vec<String> = Vec::new();
    let flush = |section: &mut String, inner: &mut Vec<String>, found: &mut Vec<String>| {
        if !section.is_empty() {
            if inner.is_empty() {
                found.push(section.clone());
            }
            found.append(inner);
        }
    };
    for line in lines {
        if let Some((number, _)) = line.split_once('、').filter(|(number, _)| !number.is_empty() && number.chars().count() <= 3 && number.chars().all(|c| NUMERALS.contains(c))) {
            flush(&mut section, &mut inner, &mut found);
            section = number.to_owned();
        } else if let Some(number) = bracketed(line).filter(|_| !section.is_empty()) {
            inner.push(format!("{section}({number})"));
        }
    }
    flush(&mut section, &mut inner, &mut found);
    found
}

/// （一） or (一) at the head of a line.
fn bracketed(line: &str) -> Option<&str> {
    let rest = line.strip_prefix('（').or_else(|| line.strip_prefix('('))?;
    let end = rest.find(['）', ')'])?;
    let number = &rest[..end];
    (!number.is_empty() && number.chars().all(|c| NUMERALS.contains(c))).then_some(number)
}

const NUMERALS: &str = "零〇一二三四五六七八九十百";

#[cfg(test)]
mod tests {
    use super::units;

    #[test]
    fn articles_and_sections_are_found_by_their_numbering() {
        assert_eq!(units("第一条  为\n　　第二条 本\n第三条　依\n第二条规定的"), ["第一条", "第二条", "第三条"]);
        assert_eq!(units("一、目的\n说明\n二、内容\n（一）公需\n(二) 专业\n三、其他"), ["一", "二(一)", "二(二)", "三"]);
        assert_eq!(units("第一条 为\n第二条　本\n第二条之一 又"), ["第一条", "第二条", "第二条之一"]);
        assert_eq!(units("第一条\n一、甲\n第二条"), ["第一条", "第二条"]);
        assert_eq!(units("一、按上位法\n第三条 的规定\n二、其他"), ["一", "二"]);
        assert!(units("没有编号").is_empty());
    }
}
