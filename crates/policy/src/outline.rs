//! The numbered clauses of a Chinese regulation, found by their numbering.

/// The chief clauses of a text: 第一条 … where it has articles, else 一、二、… with their （一）…, in order, each once.
pub fn units(text: &str) -> Vec<String> {
    let lines: Vec<&str> = text.lines().map(|line| line.trim().trim_start_matches('#').trim()).collect();
    let articles: Vec<String> = lines.iter().filter_map(|line| article(line)).collect();
    let mut found = if articles.len() > 2 { articles } else { sections(&lines) };
    let mut seen = std::collections::BTreeSet::new();
    found.retain(|unit| seen.insert(unit.clone()));
    found
}

/// 第三十条 at the head of a line.
fn article(line: &str) -> Option<String> {
    let rest = line.strip_prefix('第')?;
    let (number, after) = rest.split_once('条')?;
    let fine = !number.is_empty() && number.chars().all(|c| NUMERALS.contains(c)) && after.chars().next().is_none_or(|c| c.is_whitespace() || c == '　');
    fine.then(|| format!("第{number}条"))
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
        assert!(units("没有编号").is_empty());
    }
}
