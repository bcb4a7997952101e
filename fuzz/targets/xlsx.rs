#![no_main]
use std::sync::Once;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    // The fuzzer ends the process at a panic; those of the library that parses workbooks are caught by the reader. One that is
    // not caught still ends it.
    static QUIET: Once = Once::new();
    QUIET.call_once(|| std::panic::set_hook(Box::new(|_| {})));
    xueshi_fuzz::xlsx(bytes);
});
