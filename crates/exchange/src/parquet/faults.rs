//! What is said about a Parquet file that cannot be read.

use super::footer;
use super::page::Fault;
use crate::limits::mebibytes;
use crate::read::cannot_open;
use crate::text::{Problem, Text, excerpt};

/// Damage, with the place where it was found.
fn damaged(zh: &str, en: &str) -> Problem {
    Problem::new(
        "damaged",
        Text::new(format!("Parquet 文件已损坏或不完整（{zh}）。"), format!("The Parquet file is damaged or not complete ({en}).")),
        Text::new("请重新下载或重新导出。", "Download or export it again."),
    )
}

/// A file that ends before its description does, or whose description is wrong.
pub(super) fn damaged_end() -> Problem {
    damaged("文件末尾的说明无法读取", "its description at the end cannot be read")
}

pub(super) fn no_parquet() -> Problem {
    Problem::new(
        "wrong-name",
        Text::new("文件不是 Parquet：开头不是 PAR1。", "The file is not Parquet: it does not begin with PAR1."),
        Text::new("请检查是否选对了文件；CSV 和 XLSX 文件请以 .csv 或 .xlsx 结尾。", "Check that it is the right file; let the name of a CSV or XLSX file end in .csv or .xlsx."),
    )
}

pub(super) fn encrypted(place: &str) -> Problem {
    let (zh, en) = if place.is_empty() { (String::new(), String::new()) } else { (format!("的列“{place}”"), format!("'s column \"{place}\"")) };
    Problem::new("password", Text::new(format!("Parquet 文件{zh}已加密。"), format!("The Parquet file{en} is encrypted.")), Text::new("请导出为不加密的文件。", "Export it without encryption."))
}

pub(super) fn too_many_rows(rows: u64, most: u64) -> Problem {
    Problem::new(
        "too-many-rows",
        Text::new(format!("文件有 {rows} 行，最多可为 {most} 行。"), format!("The file has {rows} rows; {most} are accepted.")),
        Text::new("请分成几个文件。", "Split it into several files."),
    )
}

pub(super) fn large_end(size: u64, most: u64) -> Problem {
    let (size, most) = (mebibytes(size), mebibytes(most));
    Problem::new(
        "too-large",
        Text::new(format!("文件末尾的说明为 {size}，最大可为 {most}。"), format!("The description at the file's end is {size} large; {most} are accepted.")),
        Text::new("请用较大的行组重新导出，或分成几个文件。", "Export the file with larger row groups, or split it into several files."),
    )
}

pub(super) fn nested(name: &str) -> Problem {
    let name = excerpt(name);
    Problem::new(
        "nested-column",
        Text::new(format!("列“{name}”是嵌套的（每行可有多个值或几个部分）。"), format!("The column \"{name}\" is nested: it has lists or parts of its own.")),
        Text::new("请导出为每行一个值的列；多个值可写成以分号分隔的文字。", "Export it as a column of one value a row; several values can be a text with semicolons between them."),
    )
}

pub(super) fn column_type(name: &str) -> Problem {
    let name = excerpt(name);
    Problem::new(
        "column-type",
        Text::new(format!("列“{name}”的数据类型无法读取。"), format!("The column \"{name}\" has a type of data that is not read.")),
        Text::new("请导出为文字、整数、小数或日期。", "Export it as text, whole numbers, decimals or dates."),
    )
}

/// What is wrong with the description.
pub(super) fn end(fault: &footer::Fault) -> Problem {
    match fault {
        footer::Fault::Damaged => damaged_end(),
        footer::Fault::Elsewhere => Problem::new(
            "damaged",
            Text::new("这个 Parquet 文件只有说明，数据在其他文件中。", "The Parquet file is a description only; its data are in other files."),
            Text::new("请给出数据所在的文件。", "Name the files that hold the data."),
        ),
    }
}

/// What is wrong with a column in a row group, the first group being 0.
pub(super) fn page(fault: Fault, column: &str, group: usize, memory: u64) -> Problem {
    let column = excerpt(column);
    let group = group + 1;
    let (zh, en) = (format!("第 {group} 个行组的列“{column}”"), format!("row group {group}, column \"{column}\""));
    match fault {
        Fault::Damaged => damaged(&zh, &en),
        Fault::NotText => Problem::new(
            "encoding",
            Text::new(format!("{zh}有不是 UTF-8 的文字。"), format!("There is text that is not UTF-8 in {en}.")),
            Text::new("请以 UTF-8 编码重新导出。", "Export the file again with text in UTF-8."),
        ),
        Fault::Codec(name) => Problem::new(
            "compression",
            Text::new(format!("{zh}以 {name} 压缩，无法读取。"), format!("Compression by {name} is not read ({en}).")),
            Text::new("请以 zstd、snappy、gzip 或 lz4 压缩重新导出，或不压缩。", "Export the file with zstd, snappy, gzip or lz4, or without compression."),
        ),
        Fault::Encoding => Problem::new(
            "compression",
            Text::new(format!("{zh}的编码方式无法读取。"), format!("The values are encoded in a way that is not read ({en}).")),
            Text::new("请以通常的设置重新导出。", "Export the file again with the usual settings."),
        ),
        Fault::Large => {
            let most = mebibytes(memory);
            Problem::new(
                "too-large",
                Text::new(format!("{zh}展开后超出可用的内存（总共 {most}）。"), format!("Unpacked, the values take more memory than is allowed ({en}; {most} in all).")),
                Text::new("请用较小的页和行组重新导出，或分成几个文件。", "Export the file with smaller pages and row groups, or split it into several files."),
            )
        }
        Fault::Identifier(number) => Problem::new(
            "column-type",
            Text::new(format!("{zh}有过大的编号 {number}。"), format!("There is a number too large for an identifier in {en}: {number}.")),
            Text::new("请把该列导出为文字。", "Export the column as text."),
        ),
        Fault::Locked => encrypted(&column),
        Fault::Input(error) => cannot_open(&error),
    }
}
