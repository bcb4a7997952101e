//! Files in the container of old Office programs: old workbooks, and new ones under a password.

use memchr::memmem;

use crate::sniff::Promise;
use crate::text::{Problem, Text};

/// Says what a file in the old container is; none of them can be read.
pub(crate) fn old_or_locked(bytes: &[u8], promise: Promise) -> Problem {
    // The names of the container's streams are UTF-16 text in its directory.
    let has = |name: &str| {
        let name: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
        memmem::find(bytes, &name).is_some()
    };
    if has("EncryptedPackage") {
        password()
    } else if has("WordDocument") {
        crate::sniff::not_a_table("旧版 Word 文档（.doc）", "an old Word document (.doc)")
    } else if has("PowerPoint Document") {
        crate::sniff::not_a_table("旧版演示文稿（.ppt）", "an old presentation (.ppt)")
    } else {
        old_workbook(promise)
    }
}

pub(crate) fn password() -> Problem {
    Problem::new(
        "password",
        Text::new("工作簿设有打开密码。", "The workbook is protected by a password."),
        Text::new(
            "请用 Excel 或 WPS 打开，在“文件 > 信息 > 保护工作簿 > 用密码进行加密”中清除密码后保存。",
            "Open it in Excel, clear the password under File > Info > Protect Workbook > Encrypt with Password, and save it.",
        ),
    )
}

fn old_workbook(promise: Promise) -> Problem {
    let (zh, en) = match promise {
        Promise::Csv => ("文件名说是 CSV，内容却是旧版 Excel 工作簿（.xls）", "The file is named as CSV, but it is an old Excel workbook (.xls)"),
        Promise::Xlsx => ("文件名以 .xlsx 结尾，内容却是旧版 Excel 工作簿（.xls）", "The file's name ends in .xlsx, but it is an old Excel workbook (.xls)"),
        Promise::Xls | Promise::Parquet | Promise::Nothing => ("文件是旧版 Excel 工作簿（.xls）", "The file is an old Excel workbook (.xls)"),
    };
    Problem::new(
        "old-xls",
        Text::new(format!("{zh}，本程序不读这种格式。"), format!("{en}, which is not read.")),
        Text::new("请用 Excel 或 WPS 打开，另存为 .xlsx。", "Open it in a spreadsheet program and save it as .xlsx."),
    )
}
