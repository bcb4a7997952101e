//! An officer sends a table: it is tried row by row, confirmed, and entered; nobody else sees it.

use super::officer::{actor, signed_in, work_ends};
use super::*;

fn ready() -> Browser {
    let mut officer = signed_in("employer-chengdu-1");
    officer.get("/imports?lang=zh");
    officer
}

#[test]
fn a_table_is_tried_row_by_row_confirmed_and_entered() {
    let mut officer = ready();
    officer.get("/imports").says(&["href=\"/imports/template/records\"", "enctype=\"multipart/form-data\"", "name=\"kind\" value=\"people\""]);
    let me = actor("person-chengdu-1-2").person.unwrap();
    let table = format!(
        "人员编号,学习内容,学习形式,科目类别,开始日期,结束日期,数量,计量单位,考核结果,证明材料,备注\r\n\
         {me},导入的培训,培训班,专业科目,2026-03-02,2026-03-03,8,学时,合格,结业证,x\r\n\
         {me},=坏的数量,培训班,专业科目,2026-03-02,2026-03-03,八,学时,合格,结业证,\r\n\
         999999,别人的,培训班,专业科目,2026-03-02,2026-03-03,8,学时,合格,结业证,\r\n"
    );
    let sent = officer.send("/imports", &[("kind", "records")], Some(("三月.csv", table.as_bytes())));
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.text);
    let url = sent.header("location").to_owned();
    officer.get(&url).says(&["三月.csv", "正在核对", "http-equiv=\"refresh\"", "data-events=\"/jobs/"]);
    work_ends();
    let tried = officer.get(&url);
    // Every row with place, cause and remedy; what was left out is said once.
    tried.says(&["已核对，待确认", "备注", "导入的培训", "新增", "不能导入", "数量", "“八”", "本单位现有人员中没有", "name=\"mode\" value=\"whole\" disabled"]);
    officer.get(&format!("{url}?show=refused")).lacks(&["导入的培训"]);
    officer.get(&format!("{url}?lang=en")).says(&["nobody of your organisation has this number", "Enter 1 rows"]);
    officer.get(&format!("{url}?lang=zh"));
    let csv = officer.get(&format!("{url}/rows.csv"));
    assert_eq!((csv.header("content-type"), csv.header("cache-control")), ("text/csv; charset=utf-8", "private, no-store"));
    csv.says(&["行,结果,内容", "1,created,导入的培训", "2,refused,'=坏的数量,数量,八,"]);
    officer.get_packed(&format!("{url}/rows.csv"));
    // Nobody else sees it, also of the same place.
    for login in ["employer-chongqing-1", "authority-chengdu"] {
        let refused = signed_in(login).get(&url).status;
        assert!([StatusCode::NOT_FOUND, StatusCode::FORBIDDEN].contains(&refused), "{login}");
    }
    let digest = tried.text.split("name=\"digest\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    assert_eq!(officer.post(&url, &[("digest", "another"), ("mode", "good")]).status, StatusCode::CONFLICT);
    let all = officer.post(&url, &[("digest", &digest), ("mode", "whole")]);
    assert_eq!(all.status, StatusCode::UNPROCESSABLE_ENTITY);
    all.says(&["有 2 行不能导入，所以全部不导入"]);
    assert_eq!(officer.post(&url, &[("digest", &digest), ("mode", "good")]).header("location"), url);
    work_ends();
    let entered = officer.get(&url);
    entered.says(&["已导入", "已新增 1 条", "href=\"/desk/"]);
    let case = entered.text.split("href=\"/desk/").nth(1).unwrap().split('"').next().unwrap().to_owned();
    officer.get(&format!("/desk/{case}")).says(&["单位导入", "导入的培训", "已认定"]);
    officer.get("/imports").says(&["三月.csv"]);
    assert_eq!(officer.post(&url, &[("digest", &digest), ("mode", "good")]).status, StatusCode::CONFLICT, "once");
}

#[test]
fn a_file_that_is_no_table_is_refused_in_words() {
    let mut officer = ready();
    for (name, bytes, words) in [("空.csv", &b""[..], "请选择文件"), ("图.xlsx", &b"\x89PNG\r\n\x1a\n picture"[..], "role=\"alert\""), ("列.csv", "姓名\r\n甲\r\n".as_bytes(), "人员编号")]
    {
        let answer = officer.send("/imports", &[("kind", "records")], Some((name, bytes)));
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{name}");
        answer.says(&[words, "id=\"file-error\""]);
    }
    // Without the token nothing of it is read.
    officer.csrf = "another".to_owned();
    assert_eq!(officer.send("/imports", &[("kind", "records")], Some(("x.csv", b"x"))).status, StatusCode::FORBIDDEN);
}

#[test]
fn the_template_can_be_sent_back_as_it_is() {
    let mut officer = ready();
    for kind in ["people", "records"] {
        let book = officer.get(&format!("/imports/template/{kind}"));
        assert!(book.bytes.starts_with(b"PK") && book.header("content-disposition").contains("attachment"), "{kind}");
        let answer = officer.send("/imports", &[("kind", kind)], Some(("模板.xlsx", &book.bytes)));
        // Its columns are all understood; only rows are missing.
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        answer.says(&["没有数据行"]);
    }
    assert_eq!(officer.get("/imports/template/other").status, StatusCode::NOT_FOUND);
}
