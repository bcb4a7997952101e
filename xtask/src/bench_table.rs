//! One table of the benchmark, and the machine it was measured on.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::time::Duration;

const BEGIN: &str = "<!-- measured: begin -->";
const END: &str = "<!-- measured: end -->";

/// One subject's times.
pub(crate) struct Line {
    name: String,
    remark: &'static str,
    best: Duration,
    median: Duration,
}

impl Line {
    /// Takes the best and the median of the times.
    pub(crate) fn new(title: &str, version: &str, remark: &'static str, mut times: Vec<Duration>) -> Result<Self, String> {
        times.sort_unstable();
        let (Some(best), Some(median)) = (times.first(), times.get(times.len() / 2)) else { return Err(format!("{title}: no run")) };
        Ok(Self { name: format!("{title} {version}"), remark, best: *best, median: *median })
    }
}

/// The table, best first as given, ratios to the first line by the medians.
pub(crate) fn table(lines: &[Line], records: u64, persons: u32, runs: usize) -> String {
    let ours = lines.first().map_or(Duration::ZERO, |line| line.median);
    let mut out = format!("{} records of {} persons; best and median of {runs}, in turn; {}.\n\n", grouped(records), grouped(u64::from(persons)), machine());
    out += "| | best | median | records a second | time, xueshi = 1 | |\n|---|--:|--:|--:|--:|---|\n";
    for line in lines {
        let speed = u128::from(records) * 1_000_000 / line.median.as_micros().max(1);
        let ratio = line.median.as_micros() * 100 / ours.as_micros().max(1);
        let _ = writeln!(
            out,
            "| {} | {} s | {} s | {} | {} | {} |",
            line.name,
            hundredths(line.best.as_millis() / 10),
            hundredths(line.median.as_millis() / 10),
            grouped(u64::try_from(speed).unwrap_or(u64::MAX)),
            hundredths(ratio),
            line.remark
        );
    }
    out
}

/// Hundredths as a decimal number.
fn hundredths(of: u128) -> String {
    format!("{}.{:02}", of / 100, of % 100)
}

/// A whole number with its thousands apart.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// Cores, processor and memory; nothing that names the machine.
fn machine() -> String {
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let field = |file: &str, name: &str| {
        let text = fs::read_to_string(file).unwrap_or_default();
        text.lines().find(|line| line.starts_with(name)).and_then(|line| line.split_once(':')).map(|(_, value)| value.trim().to_owned())
    };
    let model = field("/proc/cpuinfo", "model name").unwrap_or_else(|| std::env::consts::ARCH.to_owned());
    let memory = field("/proc/meminfo", "MemTotal").and_then(|value| value.split(' ').next()?.parse::<u64>().ok());
    let memory = memory.map_or_else(String::new, |kib| format!(", {} GiB", (kib + (1 << 19)) >> 20));
    format!("{cores} cores of {model}{memory}, {}", std::env::consts::OS)
}

/// Puts the table between its marks.
pub(crate) fn keep(path: &Path, table: &str) -> Result<(), String> {
    let text = fs::read_to_string(path).map_err(|why| format!("{}: {why}", path.display()))?;
    let parts = text.split_once(BEGIN).and_then(|(before, rest)| Some((before, rest.split_once(END)?.1)));
    let Some((before, after)) = parts else { return Err(format!("{}: has no marks {BEGIN} and {END}", path.display())) };
    fs::write(path, format!("{before}{BEGIN}\n\n{table}\n{END}{after}")).map_err(|why| format!("{}: {why}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_for_people() {
        assert_eq!([grouped(7), grouped(1000), grouped(20_000_000)], ["7", "1,000", "20,000,000"]);
        assert_eq!([hundredths(0), hundredths(107), hundredths(3750)], ["0.00", "1.07", "37.50"]);
    }

    #[test]
    fn the_ratio_is_that_of_the_medians() {
        let times = |millis: [u64; 3]| millis.map(Duration::from_millis).to_vec();
        let lines = [Line::new("a", "1", "", times([900, 700, 800])), Line::new("b", "2", "", times([2400, 1500, 2000]))];
        let table = table(&lines.map(|line| line.unwrap()), 1_600_000, 80_000, 3);
        assert!(table.contains("| b 2 | 1.50 s | 2.00 s | 800,000 | 2.50 |  |"), "{table}");
    }
}
