//! Documents to print: nobody's data, identity numbers of a region that does not exist.

use jiff::civil::{Date, DateTime, date};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock};
use xueshi_documents::{
    Asked, Block, Bucket, Certificate, Endorsed, Filled, Fonts, Form, GateSheet, GateText, GateYear, Given, Hours, Issue, Lack, LedgerEntry, Person, Policy, Press, Proof, Record, Requirement,
    ShortCode, Status, Text, Tone, Value, Verification, Window,
};

/// One press for all: reading the fonts takes longer than printing.
pub(crate) static PRESS: LazyLock<Press> = LazyLock::new(|| Press::new(Arc::new(Fonts::system().unwrap_or_else(|missing| panic!("{missing}")))));

/// A credential that stands for a signed one.
pub(crate) const CREDENTIAL: &[u8] = br#"{"type":["VerifiableCredential"],"hours":"97.50","proof":"..."}"#;

/// The moment at which every sample is issued.
pub(crate) fn at() -> DateTime {
    date(2024, 1, 15).at(9, 30, 0, 0)
}

pub(crate) fn issue<'a>() -> Issue<'a> {
    Issue { at: at(), specimen: true, attachment: Some(CREDENTIAL) }
}

pub(crate) fn proof() -> Proof {
    Proof {
        url: "https://xueshi.example.cn/v/74GM-Q2XD-0V9T-HB5E".to_owned(),
        code: "74GM-Q2XD-0V9T-HB5E".parse::<ShortCode>().unwrap_or_else(|wrong| panic!("{wrong}")),
        ledger: Some(LedgerEntry { index: 184_467, checkpoint: "xueshi.example.cn/ledger 184512 CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=".to_owned() }),
    }
}

fn text(zh: &str, en: &str) -> Text {
    Text::new(zh, en)
}

fn hours(text: &str) -> Hours {
    let (whole, part) = text.split_once('.').unwrap_or((text, "0"));
    let number = |digits: &str| digits.parse::<i64>().unwrap_or_else(|wrong| panic!("{wrong}"));
    Hours(number(whole) * 100 + number(&format!("{part:0<2}")))
}

fn record(activity: &str, subject: &str, from: Date, to: Date, counted: &str, rule: &str, clause: &str) -> Record {
    Record { activity: activity.to_owned(), subject: subject.to_owned(), from, to, hours: hours(counted), rule: rule.to_owned(), clause: clause.to_owned() }
}

/// A year that is fulfilled.
pub(crate) fn certificate() -> Certificate {
    let asks = |zh: &str, en: &str, measured: &str, asked: &str, clause: &str| Requirement {
        name: text(zh, en),
        measured: text(&format!("{measured} 学时"), &format!("{measured} hours")),
        asked: text(&format!("{asked} 学时"), &format!("{asked} hours")),
        met: true,
        clause: clause.to_owned(),
    };
    Certificate {
        person: Person { name: "林䶮".to_owned(), identity: "999***********003X".to_owned(), employer: "某市第一人民医院".to_owned(), title: "主治医师".to_owned() },
        jurisdiction: text("某自治区某市", "a city of a region"),
        duty: text("专业技术人员年度继续教育学时", "Yearly hours of continuing education of professional and technical personnel"),
        window: Window { name: text("2023 年度", "Year 2023"), from: date(2023, 1, 1), to: date(2023, 12, 31) },
        status: Status {
            tone: Tone::Good,
            name: text("已完成", "met"),
            sentence: text(
                "2023 年度认定 97.5 学时，其中专业科目 67.5 学时、公需科目 30 学时，已完成本年度继续教育学时。",
                "97.5 hours count for 2023, 67.5 of them specialised and 30 general: the duty of the year is fulfilled.",
            ),
        },
        total: Bucket { name: text("合计", "Total"), counted: hours("97.5"), required: Some(hours("90")) },
        buckets: vec![
            Bucket { name: text("专业科目", "Specialised"), counted: hours("67.5"), required: Some(hours("60")) },
            Bucket { name: text("公需科目", "General"), counted: hours("30"), required: None },
        ],
        requirements: vec![asks("每年学时", "Hours a year", "97.5", "90", "2022年5月6日通知 一.1"), asks("其中专业科目", "Of these specialised", "67.5", "60", "2022年5月6日通知 一.1")],
        records: vec![
            record("全国急诊医学学术年会", "专业科目", date(2023, 6, 4), date(2023, 6, 6), "36", "全国性学术会议，每天 12 学时", "2022年5月6日通知 附件3 第4条"),
            record("高级研修班：急危重症救治新进展", "专业科目", date(2023, 9, 11), date(2023, 9, 12), "24", "高级研修班，每天 12 学时", "2022年5月6日通知 附件3 第3条"),
            record("院内授课：心肺复苏规范", "专业科目", date(2023, 10, 20), date(2023, 10, 20), "7.5", "授课，课时的 2 倍", "2022年5月6日通知 附件3 第6条"),
            record("公需科目网络课程", "公需科目", date(2023, 3, 1), date(2023, 11, 30), "30", "认定网站远程培训，按公布的学时数", "2022年5月6日通知 附件3 第8条"),
        ],
        verification: Some(Verification { by: "某市第一人民医院人事科".to_owned(), on: date(2024, 1, 10) }),
        policies: vec![
            Policy { id: "cn-65-city-2022".to_owned(), name: text("2022年5月6日通知", "Notice of 6 May 2022"), hash: "13f7e45c40a8".to_owned() },
            Policy { id: "cn-order-25".to_owned(), name: text("人社部令第25号", "MOHRSS Order No. 25"), hash: "9a0b3c4d5e6f".to_owned() },
        ],
        engine: "xueshi 0.1.0".to_owned(),
        proof: proof(),
    }
}

/// A year that falls short, not verified and not in the ledger yet.
pub(crate) fn short_certificate() -> Certificate {
    let mut certificate = certificate();
    certificate.status =
        Status { tone: Tone::Short, name: text("未完成", "short"), sentence: text("2023 年度认定 72.55 学时，还差 17.45 学时。", "72.55 hours count for 2023; 17.45 are missing.") };
    certificate.total.counted = hours("72.55");
    certificate.requirements[0].measured = text("72.55 学时", "72.55 hours");
    certificate.requirements[0].met = false;
    certificate.verification = None;
    certificate.proof.ledger = None;
    certificate
}

/// A form of the repository.
pub(crate) fn form(id: &str) -> Form {
    let path = forms_folder().join(format!("{id}.toml"));
    let text = std::fs::read_to_string(&path).unwrap_or_else(|why| panic!("{}: {why}", path.display()));
    Form::parse(&format!("{id}.toml"), &text).unwrap_or_else(|wrong| panic!("{wrong}"))
}

pub(crate) fn forms_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../forms")
}

fn values<const N: usize>(entries: [(&str, &str); N]) -> BTreeMap<String, Value> {
    entries.into_iter().map(|(key, value)| (key.to_owned(), Value::Text(value.to_owned()))).collect()
}

/// A card with so many records, over as many years as it takes.
pub(crate) fn card(records: u32) -> Filled {
    const A_YEAR: u32 = 6;
    let row = |number: u32| {
        let day = date(2023, 1, 1).checked_add(jiff::Span::new().days(number % 300)).unwrap_or(date(2023, 1, 1));
        let (kind, content) =
            [("公需科目", "公共服务与职业道德（网络课程）"), ("专业科目", "建筑结构抗震设计高级研修班"), ("专业科目", "全国工程勘察学术年会，论文宣读")][usize::try_from(number % 3).unwrap_or(0)];
        let mut row = values([("kind", kind), ("result", "合格")]);
        row.insert("content".to_owned(), Value::Text(format!("{content}（第 {number} 期）")));
        row.insert("time".to_owned(), Value::Day(day));
        row.insert("hours".to_owned(), Value::Hours(Hours(i64::from(number % 7) * 150 + 600)));
        row
    };
    let block = |at: u32| Block {
        title: format!("{} 年度", 2020 + at),
        rows: (at * A_YEAR..((at + 1) * A_YEAR).min(records)).map(|number| row(number + 1)).collect(),
        opinion: (at == 0).then(|| Given {
            text: "经验证，本年度记载的学习属实，达到规定学时。".to_owned(), by: "某设计院人事处".to_owned(), on: Some(date(2021, 1, 12)), ..Given::default()
        }),
    };
    Filled {
        values: values([("name", "张㛃"), ("employer", "某市建筑设计研究院"), ("identity", "999***********0021"), ("title", "工程师")]),
        blocks: (0..records.div_ceil(A_YEAR)).map(block).collect(),
        proof: Some(proof()),
        ..Filled::default()
    }
}

/// The recognition form with everything filled in.
pub(crate) fn recognition() -> Filled {
    let mut filled = Filled {
        values: values([
            ("name", "林𬭎"),
            ("sex", "女"),
            ("born", "1986 年 4 月"),
            ("identity", "999***********003X"),
            ("education", "研究生"),
            ("degree", "医学硕士"),
            ("graduated", "2011 年 7 月毕业于某医科大学临床医学专业"),
            ("employer", "某市第一人民医院"),
            ("title", "主治医师"),
            ("organiser", "中国某学会急诊医学分会"),
            ("study", "2023 年 6 月 4 日至 6 日，全国急诊医学学术年会（全国性学术会议，3 天）"),
        ]),
        ..Filled::default()
    };
    filled.values.insert("hours".to_owned(), Value::Hours(Hours(3600)));
    filled.opinions.insert("employer-opinion".to_owned(), Given { text: "情况属实，同意上报。".to_owned(), by: "某市第一人民医院人事科".to_owned(), on: Some(date(2023, 7, 3)), ..Given::default() });
    let blanks = BTreeMap::from([("year", Value::Text("2023".to_owned())), ("recognised", Value::Hours(Hours(3600))), ("missing", Value::Hours(Hours(2400)))]);
    filled.opinions.insert("authority-opinion".to_owned(), Given { values: blanks.into_iter().map(|(key, value)| (key.to_owned(), value)).collect(), ..Given::default() });
    filled
}

/// The application for an exemption, granted and then ended early, with long texts.
pub(crate) fn exemption() -> Filled {
    let reason = [
        "“访惠聚”驻村（2022年5月6日通知 二.3、附件2）",
        "任务起止：2023年3月1日至2024年2月29日，申请时仍在任务中",
        "所及年度：2023、2024",
        "说明：由单位选派，担任某县某乡某村驻村工作队队员，驻村期间脱产，负责村卫生室的诊疗、慢性病随访与急救培训，不能参加面授；线上课程因村里网络时断时续，也未能按时学完。",
        "所附证明：某市卫生健康委员会关于选派2023年度驻村工作队员的通知（扫描件）.pdf、选派文件.pdf",
    ];
    let mut filled = Filled {
        values: values([
            ("name", "林𬭎"),
            ("sex", "女"),
            ("born", "1986年4月"),
            ("identity", "999***********003X"),
            ("education", "硕士"),
            ("employer", "某市第一人民医院（某医科大学附属医院）急诊与重症医学中心"),
            ("working-since", "2011年7月"),
            ("title", "主治医师"),
            ("title-sought", "副主任医师"),
        ]),
        remark: "由系统按第 4711 号事项打印，打印时办理状态：提前结束。".to_owned(),
        ..Filled::default()
    };
    filled.values.insert("reason".to_owned(), Value::Text(reason.join("\n")));
    let given = Given {
        text: "2023年3月9日　已批准免学\n2023年12月1日　提前结束：任务提前结束，已返回原单位".to_owned(),
        by: "某市“访惠聚”办公室（在系统中办理，账本第 812 条）".to_owned(),
        on: Some(date(2023, 12, 1)),
        ..Given::default()
    };
    filled.opinions.insert("opinion".to_owned(), given);
    filled
}

/// An answer that says no: one year short, one that could not be told.
pub(crate) fn refused() -> GateSheet {
    let mut sheet = endorsed();
    (sheet.tone, sheet.answer, sheet.endorsement) = (Tone::Short, text("不符合", "no"), None);
    sheet.endorsed.clear();
    let one = &mut sheet.texts[0];
    (one.tone, one.answer) = (Tone::Short, text("不符合", "no"));
    let lacks = vec![Lack { name: text("专业科目学时", "specialised hours"), short: hours("24.5") }, Lack { name: text("每年学时", "hours a year"), short: hours("30") }];
    one.years[0] = GateYear { tone: Tone::Short, status: Some(text("未完成", "short")), hours: Some(hours("35.5")), lacks, verified: false, ..one.years[0].clone() };
    one.years[1] = GateYear { tone: Tone::Open, status: None, hours: None, verified: false, ..one.years[1].clone() };
    sheet
}

/// An answer that says yes, endorsed under a seal.
pub(crate) fn endorsed() -> GateSheet {
    let year = |year| GateYear { year, tone: Tone::Good, status: Some(text("已完成", "met")), hours: Some(hours("72")), lacks: Vec::new(), verified: true };
    let step = |on, zh: &str, en: &str, office: Option<&str>, seal: Option<(&str, &str)>, entry| Endorsed {
        on,
        step: text(zh, en),
        office: office.map(str::to_owned),
        role: text("单位经办人", "employer's officer"),
        by: "officer-1".to_owned(),
        opinion: if entry == 0 { String::new() } else { "经审核，近两年专业课学时均达到规定，同意聘用。".to_owned() },
        seal: seal.map(|(zh, en)| text(zh, en)),
        entry: (entry > 0).then_some(entry),
    };
    GateSheet {
        number: 311,
        person: Person { name: "林䶮".to_owned(), identity: "999***********003X".to_owned(), employer: "某市第一人民医院".to_owned(), title: "主治医师".to_owned() },
        question: text("岗位聘用", "appointment"),
        on: "2024-03-01".to_owned(),
        asked: Asked { at: "2024-02-28 10:15".to_owned(), role: text("单位经办人", "employer's officer"), by: "officer-1".to_owned() },
        tone: Tone::Good,
        answer: text("符合", "yes"),
        texts: vec![GateText {
            tone: Tone::Good,
            answer: text("符合", "yes"),
            strength: text("不达要求即不予通过", "not met, not passed"),
            message: text("聘任与岗位等级晋升须有专业课证明，近两年的均有效", "appointment and grade promotion ask for proof of specialised hours, that of the last two years valid"),
            reason: text("2023、2024 年度有一年达到", "one of 2023 and 2024 is met"),
            clause: "2022年5月6日通知 一.3".to_owned(),
            any_year: true,
            years: vec![year(2023), year(2024)],
            papers: vec![text("相应专业技术职务任职资格证书（任职资格文件）", "the title certificate"), text("完成继续教育专业课证明", "proof of specialised hours")],
        }],
        endorsement: Some(text("已签注", "endorsed")),
        endorsed: vec![
            step(date(2024, 3, 2), "申请签注", "asked for endorsement", None, None, 0),
            step(date(2024, 3, 4), "审核通过", "pass", Some("某市卫生健康委员会"), Some(("未盖章", "not sealed")), 901),
            step(date(2024, 3, 6), "审核通过", "pass", Some("某市职称改革工作领导小组办公室"), Some(("纸质已盖章", "sealed on paper")), 907),
        ],
        facts: "6b86b273ff34fce19d6b804eff5a3f5747ada4eaa22f1d49c01e52ddb7875b4b".to_owned(),
        policies: certificate().policies,
        engine: "xueshi 0.1.0".to_owned(),
        entry: 899,
    }
}
