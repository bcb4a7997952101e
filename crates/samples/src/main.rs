//! Invented files for the demonstration and the benchmarks, apart from `xtask` so that this one needs no library and is built at once.

mod cells;
mod clinic;

use std::fs;
use std::path::Path;
use std::process::ExitCode;

const HELP: &str = "xueshi-samples <what> FILE [ROWS]

  clinic FILE       a workbook: the records of a clinic in 2019, and its people
  csv FILE ROWS     the same records over and over as CSV
  book FILE ROWS    the same records over and over as a workbook
  cells FILE        reads every cell of a workbook's first sheet, and prints how many there are and the milliseconds it took
";

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let done = match words.as_slice() {
        ["clinic", file] => clinic::write(Path::new(file)),
        ["csv", file, rows] => number(rows).and_then(|rows| fs::write(file, clinic::csv(rows)).map_err(|why| format!("{file}: {why}"))),
        ["book", file, rows] => number(rows).and_then(|rows| clinic::long_book(Path::new(file), rows)),
        ["cells", file] => cells::read(Path::new(file)).map(|(count, taken)| println!("{count} {}", taken.as_millis())),
        _ => {
            print!("{HELP}");
            return if words.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(2) };
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("xueshi-samples: {why}");
            ExitCode::FAILURE
        }
    }
}

fn number(text: &str) -> Result<usize, String> {
    text.parse().map_err(|_| format!("{text}: a number of rows is asked for"))
}
