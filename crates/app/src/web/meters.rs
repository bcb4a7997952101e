//! What is counted of requests, and how it is told to Prometheus. Labels are addresses as the router lists them, never what somebody
//! typed: the number of lines is bounded, and nothing in them is about anybody.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use xueshi_registry::Standing;

/// Upper ends of the classes of times, in milliseconds.
const CLASSES: [u64; 12] = [5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 60_000];

/// Counts since the process began.
#[derive(Debug, Default)]
pub(crate) struct Meters {
    requests: Mutex<BTreeMap<Label, u64>>,
    times: Mutex<BTreeMap<String, Times>>,
    under_way: AtomicI64,
    /// Attempts to place entries that failed.
    pub(super) sequencer_failures: AtomicU64,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Label {
    route: String,
    method: &'static str,
    /// The first digit of the status.
    class: u16,
}

#[derive(Clone, Debug, Default)]
struct Times {
    /// How many in each class; those above the last are only in `count`.
    classes: [u64; CLASSES.len()],
    count: u64,
    microseconds: u64,
}

/// A request under way; counted until it is dropped, also where the client went away.
pub(super) struct UnderWay<'m>(&'m Meters);

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        self.0.under_way.fetch_sub(1, Ordering::Relaxed);
    }
}

/// A method's word; what anybody can make up is one.
fn method(word: &str) -> &'static str {
    ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"].into_iter().find(|known| *known == word).unwrap_or("other")
}

impl Meters {
    /// Counts a request as under way.
    pub(super) fn begin(&self) -> UnderWay<'_> {
        self.under_way.fetch_add(1, Ordering::Relaxed);
        UnderWay(self)
    }

    /// Counts an answer: to an address as the router lists it, and how long it took.
    pub(super) fn answered(&self, route: &str, word: &str, status: u16, microseconds: u64) {
        let label = Label { route: route.to_owned(), method: method(word), class: status / 100 };
        *self.requests.lock().unwrap_or_else(PoisonError::into_inner).entry(label).or_default() += 1;
        let mut times = self.times.lock().unwrap_or_else(PoisonError::into_inner);
        let times = times.entry(route.to_owned()).or_default();
        times.count += 1;
        times.microseconds += microseconds;
        if let Some(class) = CLASSES.iter().position(|most| microseconds <= most * 1000) {
            times.classes[class] += 1;
        }
    }

    /// Everything as a page of Prometheus' text format. `standing` is what the registry says of itself, nothing where it does not answer.
    pub(super) fn told(&self, standing: Option<&Standing>, now: i64) -> String {
        let mut page = Page::default();
        page.family("xueshi_build_info", "gauge", "The version that runs.");
        page.line("xueshi_build_info", &format!("{{version=\"{}\"}}", env!("CARGO_PKG_VERSION")), "1");
        page.family("xueshi_http_requests_under_way", "gauge", "Requests that are being answered.");
        page.line("xueshi_http_requests_under_way", "", &self.under_way.load(Ordering::Relaxed).to_string());
        page.family("xueshi_http_requests_total", "counter", "Requests answered, by address, method and class of status.");
        for (label, count) in self.requests.lock().unwrap_or_else(PoisonError::into_inner).iter() {
            page.line("xueshi_http_requests_total", &format!("{{route=\"{}\",method=\"{}\",status=\"{}xx\"}}", label.route, label.method, label.class), &count.to_string());
        }
        page.family("xueshi_http_request_duration_seconds", "histogram", "How long answers took, by address.");
        for (route, times) in self.times.lock().unwrap_or_else(PoisonError::into_inner).iter() {
            let mut sum = 0;
            for (most, count) in CLASSES.iter().zip(times.classes) {
                sum += count;
                page.line("xueshi_http_request_duration_seconds_bucket", &format!("{{route=\"{route}\",le=\"{}\"}}", seconds(most * 1000)), &sum.to_string());
            }
            page.line("xueshi_http_request_duration_seconds_bucket", &format!("{{route=\"{route}\",le=\"+Inf\"}}"), &times.count.to_string());
            page.line("xueshi_http_request_duration_seconds_sum", &format!("{{route=\"{route}\"}}"), &seconds(times.microseconds));
            page.line("xueshi_http_request_duration_seconds_count", &format!("{{route=\"{route}\"}}"), &times.count.to_string());
        }
        page.family("xueshi_sequencer_failures_total", "counter", "Times that entries could not be placed in the ledger.");
        page.line("xueshi_sequencer_failures_total", "", &self.sequencer_failures.load(Ordering::Relaxed).to_string());
        page.family("xueshi_database_up", "gauge", "Whether the database answers.");
        page.line("xueshi_database_up", "", if standing.is_some() { "1" } else { "0" });
        if let Some(standing) = standing {
            let age = |at: Option<i64>| at.map_or(0, |at| now.saturating_sub(at).max(0)).unsigned_abs();
            let gauges = [
                ("xueshi_ledger_entries", "Entries that have their place in the ledger.", standing.placed.to_string()),
                ("xueshi_ledger_waiting", "Entries that wait for their place.", standing.waiting.to_string()),
                ("xueshi_ledger_waiting_age_seconds", "How long the oldest of them has waited.", seconds(age(standing.waiting_since))),
                ("xueshi_sessions", "Sessions that hold.", standing.sessions.to_string()),
            ];
            for (name, help, value) in gauges {
                page.family(name, "gauge", help);
                page.line(name, "", &value);
            }
        }
        page.text
    }
}

/// Microseconds as seconds, exactly.
fn seconds(microseconds: u64) -> String {
    let text = format!("{}.{:06}", microseconds / 1_000_000, microseconds % 1_000_000);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[derive(Default)]
struct Page {
    text: String,
}

impl Page {
    fn family(&mut self, name: &str, kind: &str, help: &str) {
        let _ = writeln!(self.text, "# HELP {name} {help}\n# TYPE {name} {kind}");
    }

    fn line(&mut self, name: &str, labels: &str, value: &str) {
        let _ = writeln!(self.text, "{name}{labels} {value}");
    }
}
