//! What a document says, and that it says it the same way each time.

use crate::samples::{PRESS, at, card, certificate, endorsed, exemption, form, issue, recognition, refused, short_certificate};
use crate::{pages, words};
use lopdf::{Document, Object};
use xueshi_documents::{Filled, Fonts, Issue};

#[test]
fn a_certificate_says_who_what_by_which_clause_and_how_to_check() {
    let pdf = PRESS.certificate(&certificate(), &issue()).unwrap();
    let words = words(&pdf);
    for said in [
        "继续教育学时证明",
        "CERTIFICATEOFCONTINUINGEDUCATIONHOURS",
        "林䶮",
        "999***********003X",
        "某市第一人民医院",
        "2023年度",
        "97.5",
        "67.5",
        "2022年5月6日通知一.1",
        "全国急诊医学学术年会",
        "附件3第4条",
        "人事科",
        "2024年1月10日",
        "13f7e45c40a8",
        "xueshi0.1.0",
        "184467",
        "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=",
        "74GM-Q2XD-0V9T-HB5E",
        "https://xueshi.example.cn/v/74GM-Q2XD-0V9T-HB5E",
        "非官方版式",
        "notanofficialform",
    ] {
        assert!(words.contains(said), "“{said}” is not in: {words}");
    }
}

#[test]
fn what_is_missing_is_said_and_not_dressed_up() {
    let words = words(&PRESS.certificate(&short_certificate(), &issue()).unwrap());
    for said in ["未完成short", "还差17.45学时", "未达到", "暂定结果", "尚未入账"] {
        assert!(words.contains(said), "“{said}” is not in: {words}");
    }
    assert!(!words.contains("检查点"), "no checkpoint is shown for what is not in the ledger");
}

#[test]
fn rare_characters_of_names_are_printed() {
    let mut certificate = certificate();
    certificate.person.name = "䶮㛃𬭎".to_owned();
    assert!(words(&PRESS.certificate(&certificate, &issue()).unwrap()).contains("䶮㛃𬭎"));
}

#[test]
fn the_same_input_gives_the_same_bytes_also_from_another_press() {
    let other = xueshi_documents::Press::new(std::sync::Arc::new(Fonts::system().unwrap()));
    let form = form("cn-50-2022-321-card");
    assert!(PRESS.certificate(&certificate(), &issue()) == other.certificate(&certificate(), &issue()));
    assert!(PRESS.form(&form, &card(40), &issue()) == other.form(&form, &card(40), &issue()));
    let later = Issue { at: at().checked_add(jiff::Span::new().minutes(1)).unwrap(), ..issue() };
    assert!(PRESS.certificate(&certificate(), &issue()) != PRESS.certificate(&certificate(), &later), "the moment of issue is part of the document");
}

#[test]
fn documents_are_archival_tagged_dated_and_in_chinese() {
    let pdf = PRESS.certificate(&certificate(), &issue()).unwrap();
    let document = Document::load_mem(&pdf).unwrap();
    let catalog = document.catalog().unwrap();
    let metadata = document.dereference(catalog.get(b"Metadata").unwrap()).unwrap().1.as_stream().unwrap();
    let metadata = String::from_utf8(metadata.get_plain_content().unwrap_or_else(|_| metadata.content.clone())).unwrap();
    for said in ["<pdfaid:part>3</pdfaid:part>", "<pdfaid:conformance>A</pdfaid:conformance>", "<pdfuaid:part>1</pdfuaid:part>", "2024-01-15T09:30:00+08:00", "继续教育学时证明"] {
        assert!(metadata.contains(said), "“{said}” is not in: {metadata}");
    }
    assert_eq!(catalog.get(b"Lang").and_then(Object::as_str).unwrap(), b"zh-CN");
    assert!(catalog.has(b"StructTreeRoot"), "it is tagged");
}

#[test]
fn a_card_of_a_thousand_records_repeats_its_head_on_every_page() {
    let pdf = PRESS.form(&form("cn-50-2022-321-card"), &card(1000), &issue()).unwrap();
    let pages = pages(&pdf);
    assert!(pages.len() > 30, "{} pages", pages.len());
    let (_, full) = pages.split_last().unwrap();
    for (at, page) in full.iter().enumerate() {
        assert!(page.contains("学习成绩"), "page {} has no head: {page}", at + 1);
        assert!(page.contains("张㛃"), "page {} does not say whose it is: {page}", at + 1);
        assert!(page.contains("非官方版式"), "page {}: {page}", at + 1);
    }
    let all = pages.concat();
    assert!(all.contains("此卡存入专业技术人员本人的业务档案"));
    assert!((1..=1000).all(|number| all.contains(&format!("（第{number}期）"))), "no record is lost between pages");
    assert!(all.contains("考核验证意见：") && all.contains("（验证单位盖章）") && all.contains("2021年1月12日"));
}

#[test]
fn a_recognition_form_states_recognised_and_missing_hours() {
    let words = words(&PRESS.form(&form("cn-65-city-2022-recognition"), &recognition(), &issue()).unwrap());
    assert!(words.contains("经审验,2023年符合专业课继续教育共计36学时,还需完成24学时的继续教育。"), "{words}");
    assert!(words.contains("林𬭎") && words.contains("栏目照2022年5月6日通知附件1"), "{words}");
}

#[test]
fn an_exemption_is_printed_whole_with_its_opinion_and_what_the_system_says_of_it() {
    let pages = pages(&PRESS.form(&form("cn-65-city-2022-exemption"), &exemption(), &issue()).unwrap());
    assert_eq!(pages.len(), 1, "long reasons stay on one sheet");
    for said in [
        "免除继续教育学习申请表",
        "林𬭎",
        "1986年4月",
        "主治医师",
        "所及年度：2023、2024",
        "也未能按时学完",
        "选派文件.pdf",
        "2023年12月1日提前结束：任务提前结束",
        "账本第812条",
        "公章",
        "第4711号事项",
        "各地各部门不得私自设置",
        "栏目照2022年5月6日通知附件2",
    ] {
        assert!(pages[0].contains(said), "“{said}” is not in: {}", pages[0]);
    }
    let plain = words(&PRESS.form(&form("plain-exemption"), &Filled::default(), &issue()).unwrap());
    assert!(plain.contains("非官方版式") && !plain.contains("访惠聚"), "{plain}");
}

#[test]
fn the_sheet_of_an_answer_says_what_was_asked_answered_and_endorsed_and_that_it_is_no_certificate() {
    let endorsed = words(&PRESS.gate(&endorsed(), &issue()).unwrap());
    for said in [
        "林䶮",
        "999***********003X",
        "岗位聘用",
        "2024年3月1日",
        "2024-02-2810:15",
        "符合yes",
        "2022年5月6日通知一.3",
        "不达要求即不予通过",
        "所列年度有一年达到即可",
        "完成继续教育专业课证明",
        "已签注",
        "某市职称改革工作领导小组办公室",
        "同意聘用",
        "纸质已盖章",
        "907",
        "第899条",
        "13f7e45c40a8",
        "不是证书，没有核验码",
        "notacertificate",
    ] {
        assert!(endorsed.contains(said), "“{said}” is not in: {endorsed}");
    }
    let refused = words(&PRESS.gate(&refused(), &issue()).unwrap());
    for said in ["不符合", "专业科目学时24.5", "每年学时30", "无法判定", "未审验", "没有申请签注"] {
        assert!(refused.contains(said), "“{said}” is not in: {refused}");
    }
    assert!(!refused.contains("纸质已盖章") && !refused.contains("已完成"), "{refused}");
}

#[test]
fn a_form_without_values_is_a_blank_to_fill_by_hand() {
    for id in ["cn-50-2022-321-card", "cn-65-city-2022-recognition", "cn-65-city-2022-exemption", "plain-exemption"] {
        let pages = pages(&PRESS.form(&form(id), &Filled::default(), &issue()).unwrap());
        assert_eq!(pages.len(), 1, "{id}");
        assert!(pages[0].contains("年月日"), "{id}: the date is left to be written: {}", pages[0]);
    }
}
