//! `verify`: whether a certificate or card says what stands in a ledger, without asking anybody.

use super::Outcome;
use crate::args::{option, word};
use crate::failure::{Failure, cannot_read};
use crate::lang::t;
use crate::terminal::visible;
use clap::{Arg, ArgMatches, Command};
use serde_json::Value;
use std::path::Path;
use xueshi_ledger::{Receipt, Verified, VerifierKey, Verifiers};
use xueshi_policy::{Lang, text};
use xueshi_registry::time;

/// The largest file that is read.
const FILE_BYTES_MAX: u64 = 64 * 1024 * 1024;

/// The command's arguments.
pub(crate) fn command(lang: Lang) -> Command {
    let file = Arg::new("file").value_name("FILE").required(true);
    Command::new("verify")
        .about(t(lang, "离线核验证书或登记卡（PDF，或其中的凭证 JSON）", "check a certificate or card offline (the PDF, or the credential inside as JSON)").to_owned())
        .arg(file.help(t(lang, "PDF 或 JSON 文件", "the PDF or JSON file").to_owned()))
        .arg(
            option(lang, "key", "KEY", "账本的公钥：名称+编号+内容，或存有它的文件；在系统的 /ledger/key 公布", "the ledger's public key, name+number+content, or a file that holds it; published at /ledger/key of the system")
                .env("XUESHI_LEDGER_KEY")
                .required(true),
        )
        .after_help(
            t(
                lang,
                "核验内容：凭证所记与账本承诺一致、在账本树中的位置、检查点签名。此后是否被更正或撤销，以联网核验为准。\n例：xueshi verify 证书.pdf --key ledger.key",
                "What is checked: that the credential says what was committed to, its place in the tree, the signature of the checkpoint. Whether it was corrected or revoked since can be seen online.\nExample: xueshi verify certificate.pdf --key ledger.key",
            )
            .to_owned(),
        )
}

/// Checks the file and says what it proves.
///
/// # Errors
/// If file or key can not be read.
pub(crate) fn run(lang: Lang, matches: &ArgMatches) -> Result<Outcome, Failure> {
    let path = Path::new(matches.get_one::<String>("file").map_or("", String::as_str));
    let key = key(word(matches, "key").unwrap_or_default())?;
    let credential = credential(path)?;
    let verifiers = Verifiers::new(key.name(), [key.clone()], 0);
    let checked = Receipt::from_json(&credential).and_then(|receipt| receipt.verify(&verifiers));
    match checked {
        Ok(verified) => {
            print!("{}", said(&verified, lang));
            Ok(Outcome::Fine)
        }
        Err(why) => {
            let (title, remedy) = (why.title(), why.remedy());
            let (title, remedy) = if lang == Lang::Zh { (title.zh, remedy.zh) } else { (title.en, remedy.en) };
            println!("{}", t(lang, "核验不通过：{title}。{remedy}。", "NOT VALID: {title}. {remedy}.").replace("{title}", &title).replace("{remedy}", &remedy));
            Ok(Outcome::Errors)
        }
    }
}

/// The key as text, or in a file.
fn key(given: &str) -> Result<VerifierKey, Failure> {
    let text = if given.contains('+') { given.to_owned() } else { std::fs::read_to_string(given).map_err(|error| cannot_read(Path::new(given), &error))? };
    text.trim().parse().map_err(|why: xueshi_ledger::KeyError| {
        let (title, remedy) = (why.title(), why.remedy());
        Failure::new(format!("公钥不对：{}。{}。", title.zh, remedy.zh), format!("The key is wrong: {}. {}.", title.en, remedy.en))
    })
}

/// The credential of a PDF, or the file itself.
fn credential(path: &Path) -> Result<String, Failure> {
    let size = std::fs::metadata(path).map_err(|error| cannot_read(path, &error))?.len();
    let shown = path.display();
    if size > FILE_BYTES_MAX {
        return Err(Failure::Message(text!("{shown} 太大，不是本系统的证书。", "{shown} is too large to be a certificate of this system.")));
    }
    let bytes = std::fs::read(path).map_err(|error| cannot_read(path, &error))?;
    let found = if bytes.starts_with(b"%PDF-") {
        xueshi_documents::extract(&bytes).map_err(|error| Failure::new(format!("{shown}：{}", error.message(true)), format!("{shown}: {}", error.message(false))))?.ok_or_else(|| {
            Failure::Message(text!(
                "{shown} 里没有凭证：不是本系统出具的，或被别的软件重新保存过。请用原文件，或扫描二维码联网核验。",
                "There is no credential in {shown}: it was not issued by this system, or other software saved it anew. Use the original file, or verify online by its QR code."
            ))
        })?
    } else {
        bytes
    };
    String::from_utf8(found).map_err(|_| Failure::Message(text!("{shown} 不是证书，也不是凭证。", "{shown} is neither a certificate nor a credential.")))
}

/// What is proved, as sentences.
fn said(verified: &Verified, lang: Lang) -> String {
    let entry: Value = verified.entry.as_deref().and_then(|entry| serde_json::from_str(entry).ok()).unwrap_or(Value::Null);
    let body = &entry["body"];
    let at = time::minute_of(entry["at"].as_i64().unwrap_or_default());
    let part = |value: &Value| visible(value.as_str().unwrap_or("—")).into_owned();
    let (name, identity, code) = (part(&body["name"]), part(&body["identity"]), part(&body["code"]));
    let year = body["result"]["year"].as_i64().map(|year| year.to_string()).unwrap_or_default();
    let (zh, en) = (part(&body["result"]["sentence"]["zh"]), part(&body["result"]["sentence"]["en"]));
    let (index, size) = (verified.index, verified.head.size);
    let signed = verified.signed.iter().map(|key| key.name().to_owned()).collect::<Vec<_>>().join(", ");
    let said = text!(
        "有效：内容与账本一致，截至 {at}。\n  姓名 {name}   证件 {identity}   编码 {code}\n  {year} {zh}\n  账本第 {index} 条，检查点 {size} 条，{signed} 签名\n  此后是否更正或撤销，请联网核验。\n",
        "VALID: it says what stands in the ledger, as of {at}.\n  name {name}   document {identity}   code {code}\n  {year} {en}\n  entry {index} of the ledger, checkpoint of {size}, signed by {signed}\n  Whether it was corrected or revoked since can be seen online.\n"
    );
    said.get(lang).to_owned()
}
