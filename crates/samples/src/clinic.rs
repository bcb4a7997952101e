//! Invented records of an invented clinic. Nobody here exists; no identity numbers.

use jiff::civil::Date;
use std::fmt::Write as _;
use std::path::Path;
use xueshi_exchange::{ColumnKind, Out, SheetColumn, XlsxWriter};

/// Person, form, subject, title, start, end, quantity in hundredths, unit, level, platform, topic, result, verified by, proofs.
type Row = (&'static str, &'static str, &'static str, &'static str, &'static str, &'static str, i64, &'static str, &'static str, &'static str, &'static str, &'static str, &'static str, &'static str);

/// The records of 2019, and a few that belong elsewhere.
pub(crate) const RECORDS: &[Row] = &[
    ("医师01", "远程教育", "公需科目", "人工智能与健康", "2019-03-04", "2019-05-20", 3000, "学时", "", "sc-online", "人工智能与健康", "合格", "", "电子证书"),
    ("医师01", "培训班", "专业科目", "心血管介入新技术培训班", "2019-06-12", "2019-06-14", 2400, "学时", "", "", "", "合格", "", "结业证"),
    ("医师01", "发表出版", "专业科目", "基层胸痛中心建设十年", "2019-09-01", "2019-09-01", 1290, "千字", "", "", "", "", "", "发表证明"),
    ("医师01", "学术会议", "专业科目", "全省急诊医学学术年会", "2019-11-02", "2019-11-03", 1600, "学时", "省级", "", "", "", "", "参会证明"),
    ("医师02", "远程教育", "公需科目", "5G+ 智慧医疗", "2019-04-01", "2019-06-30", 3000, "学时", "", "成都市第一人民医院", "5G+", "合格", "", ""),
    ("医师02", "自学", "专业科目", "重症超声读书笔记", "2019-01-10", "2019-10-30", 3950, "千字", "", "", "", "合格", "", "其他证明"),
    ("医师02", "发表出版", "专业科目", "床旁超声在休克评估中的应用", "2019-12-02", "2019-12-02", 1180, "千字", "", "", "", "", "", "发表证明"),
    ("医师03", "出国（境）学习", "专业科目", "日本急救体系研修", "2019-05-01", "2019-05-24", 9600, "学时", "", "", "", "合格", "", "结业证"),
    ("医师03", "远程教育", "公需科目", "人工智能与健康", "2019-08-01", "2019-08-30", 2850, "学时", "", "sc-online", "人工智能与健康", "合格", "", ""),
    ("护士01", "远程教育", "公需科目", "人工智能与健康", "2019-02-11", "2019-03-29", 3000, "学时", "", "sc-online", "人工智能与健康", "合格", "", ""),
    ("护士01", "培训班", "专业科目", "静脉治疗专科护士培训", "2019-07-01", "2019-07-12", 6000, "学时", "", "", "", "92", "", "结业证;成绩单"),
    ("护士02", "远程教育", "公需科目", "大数据基础", "2019-04-08", "2019-05-31", 3000, "学时", "", "其他平台", "大数据", "合格", "", "电子证书"),
    ("护士02", "培训班", "专业科目", "院内业务学习（全年）", "2019-01-03", "2019-12-26", 5, "天", "", "", "", "", "", "其他证明"),
    ("护士02", "培训班", "专业科目", "老年护理实务", "2019-10-14", "2019-10-25", 6000, "学时", "", "", "", "合格", "", "结业证"),
    ("护士03", "远程教育", "公需科目", "人工智能与健康", "2019-03-04", "2019-05-20", 3000, "学时", "", "sc-online", "人工智能与健康", "合格", "", ""),
    ("护士03", "培训班", "专业科目", "伤口造口护理培训", "2019-06-12", "2019-06-14", 1600, "学时", "", "", "", "合格", "", "培训证"),
    ("护士03", "自学", "专业科目", "护理科研方法自学报告", "2019-02-01", "2019-08-30", 3080, "千字", "", "", "", "合格", "", "其他证明"),
    ("护士03", "发表出版", "专业科目", "老年压力性损伤的居家护理", "2019-09-15", "2019-09-15", 1290, "千字", "", "", "", "", "", "发表证明"),
    ("护士03", "学术会议", "专业科目", "全省护理学术年会", "2019-11-02", "2019-11-03", 200, "天", "省级", "", "", "", "", "参会证明"),
    ("护士03", "培训班", "专业科目", "新生儿复苏培训", "2018-12-20", "2018-12-22", 1600, "学时", "", "", "", "合格", "", "培训证"),
    ("药师01", "远程教育", "公需科目", "大数据基础", "2019-04-08", "2019-05-31", 3000, "学时", "", "其他平台", "大数据", "合格", "市卫生健康委员会", "电子证书"),
    ("药师01", "资格考试", "专业科目", "执业药师资格考试", "2019-10-26", "2019-10-27", 400, "门", "", "", "", "合格", "", "考试成绩"),
    ("药师01", "培训班", "专业科目", "处方审核能力培训", "2019-03-11", "2019-03-22", 6000, "学时", "", "", "", "合格", "", "结业证"),
    ("技师01", "专利", "专业科目", "一种便携式采血架", "2019-05-06", "2019-05-06", 2000, "学时", "", "", "", "", "市第一人民医院", "鉴定证书"),
    ("技师01", "培训班", "专业科目", "医学影像质控", "2019-09-02", "2019-09-06", 4000, "学时", "", "", "", "合格", "", "结业证"),
    ("技师01", "远程教育", "公需科目", "人工智能与健康", "2019-06-03", "2019-06-28", 3000, "学时", "", "sc-online", "人工智能与健康", "合格", "", ""),
    ("技师02", "培训班", "专业科目", "检验新技术", "2019-08-05", "2019-08-09", 4000, "学时", "", "", "", "不合格", "", "培训证"),
];

/// Person, title level, education, exempt years.
const PEOPLE: &[(&str, &str, &str, &str)] = &[
    ("医师01", "副高", "硕士", ""),
    ("医师02", "中级", "本科", ""),
    ("医师03", "正高", "博士", ""),
    ("医师04", "初级", "本科", "2019"),
    ("护士01", "中级", "大专", ""),
    ("护士02", "初级", "大专", ""),
    ("护士03", "初级", "大专", ""),
    ("护士04", "初级", "中专", ""),
    ("药师01", "中级", "本科", ""),
    ("技师01", "中级", "本科", ""),
    ("技师02", "初级", "大专", ""),
    ("会计01", "初级", "本科", ""),
];

const HEADERS: [&str; 15] =
    ["人员编号", "记录编号", "学习形式", "科目类别", "学习内容", "开始日期", "结束日期", "数量", "计量单位", "级别", "学习平台", "学习主题", "考核结果", "核定单位", "证明材料"];

/// Writes the workbook: records, then people.
pub(crate) fn write(path: &Path) -> Result<(), String> {
    let mut book = XlsxWriter::new();
    let fail = |why: xueshi_exchange::FileError| why.to_string();
    let everyone = RECORDS.iter().map(|row| (row.0.to_owned(), row));
    records(&mut book, everyone)?;
    book.sheet("人员", &["人员编号", "单位性质", "职称级别", "学历", "在职", "免学年度"].iter().map(column).collect::<Vec<_>>()).map_err(fail)?;
    for (id, level, education, exempt) in PEOPLE {
        let exempt = if exempt.is_empty() { Out::Empty } else { Out::Text(exempt) };
        book.row(&[Out::Text(id), Out::Text("事业单位"), Out::Text(level), Out::Text(education), Out::Text("是"), exempt]).map_err(fail)?;
    }
    book.save(path).map_err(fail)
}

/// Writes a workbook of the same records over and over, for timing.
pub(crate) fn long_book(path: &Path, rows: usize) -> Result<(), String> {
    let mut book = XlsxWriter::new();
    records(&mut book, (0..rows).map(|at| (format!("{}-{}", RECORDS[at % RECORDS.len()].0, at / RECORDS.len()), &RECORDS[at % RECORDS.len()])))?;
    book.save(path).map_err(|why| why.to_string())
}

/// Writes the sheet of records, each with the person it is of.
fn records(book: &mut XlsxWriter, rows: impl Iterator<Item = (String, &'static Row)>) -> Result<(), String> {
    let fail = |why: xueshi_exchange::FileError| why.to_string();
    book.sheet("记录", &HEADERS.iter().map(column).collect::<Vec<_>>()).map_err(fail)?;
    for (id, (person, row)) in (1_i64..).zip(rows) {
        let days = [row.4.parse::<Date>(), row.5.parse::<Date>()];
        let [Ok(start), Ok(end)] = days else { return Err(format!("record {id}: bad date")) };
        let texts = [row.8, row.9, row.10, row.11, row.12, row.13];
        let mut cells = vec![Out::Text(&person), Out::Integer(id), Out::Text(row.1), Out::Text(row.2), Out::Text(row.3), Out::Date(start), Out::Date(end), Out::Number(row.6), Out::Text(row.7)];
        cells.extend(texts.map(|text| if text.is_empty() { Out::Empty } else { Out::Text(text) }));
        book.row(&cells).map_err(fail)?;
    }
    Ok(())
}

fn column(title: &&str) -> SheetColumn {
    SheetColumn { title: (*title).to_owned(), width: 14, kind: ColumnKind::Text }
}

/// The same records over and over as CSV, for timing.
pub(crate) fn csv(rows: usize) -> String {
    let mut out = HEADERS.join(",") + "\n";
    for at in 0..rows {
        let row = RECORDS[at % RECORDS.len()];
        let number = format!("{}.{:02}", row.6 / 100, row.6 % 100);
        let _ = writeln!(
            out,
            "{}-{},{},{},{},{},{},{},{number},{},{},{},{},{},{},{}",
            row.0,
            at / RECORDS.len(),
            at + 1,
            row.1,
            row.2,
            row.3,
            row.4,
            row.5,
            row.7,
            row.8,
            row.9,
            row.10,
            row.11,
            row.12,
            row.13
        );
    }
    out
}
