//! Prints one document of each kind into a folder, and how long each takes: `cargo run --release -p xueshi-documents --example samples -- FOLDER`.

#![allow(clippy::panic, clippy::float_arithmetic, reason = "it stops where a sample is wrong, and shows milliseconds")]

#[path = "../tests/documents/samples.rs"]
mod samples;

use samples::PRESS;
use std::path::PathBuf;
use std::time::Instant;
use xueshi_documents::{Error, Filled};

type Print = Box<dyn Fn(u32) -> Result<Vec<u8>, Error>>;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = PathBuf::from(std::env::args().nth(1).ok_or("name a folder to write to")?);
    std::fs::create_dir_all(&folder)?;
    let begun = Instant::now();
    std::sync::LazyLock::force(&PRESS);
    println!("{:>8.1} ms  reading the fonts", begun.elapsed().as_secs_f64() * 1e3);
    let form = |id: &'static str, filled: Filled| -> Print {
        let form = samples::form(id);
        Box::new(move |round| {
            let mut filled = filled.clone();
            if let Some(proof) = &mut filled.proof {
                proof.url.push_str(&round.to_string());
            }
            PRESS.form(&form, &filled, &samples::issue())
        })
    };
    let named = |round: u32| {
        let mut certificate = samples::certificate();
        certificate.proof.url.push_str(&round.to_string());
        certificate
    };
    let documents: Vec<(&str, Print)> = vec![
        ("certificate", Box::new(move |round| PRESS.certificate(&named(round), &samples::issue()))),
        ("certificate-short", Box::new(|_| PRESS.certificate(&samples::short_certificate(), &samples::issue()))),
        ("card", form("cn-50-2022-321-card", samples::card(14))),
        ("card-1000", form("cn-50-2022-321-card", samples::card(1000))),
        ("card-blank", form("cn-50-2022-321-card", Filled::default())),
        ("recognition", form("cn-65-city-2022-recognition", samples::recognition())),
        ("recognition-blank", form("cn-65-city-2022-recognition", Filled::default())),
        ("exemption", form("cn-65-city-2022-exemption", samples::exemption())),
        ("exemption-plain", form("plain-exemption", Filled::default())),
        ("gate", Box::new(|_| PRESS.gate(&samples::endorsed(), &samples::issue()))),
        ("gate-refused", Box::new(|_| PRESS.gate(&samples::refused(), &samples::issue()))),
        ("exemption-blank", form("cn-65-city-2022-exemption", Filled::default())),
    ];
    for (name, print) in documents {
        let begun = Instant::now();
        let bytes = print(0)?;
        let first = begun.elapsed().as_secs_f64() * 1e3;
        const ROUNDS: u32 = 5;
        let begun = Instant::now();
        for round in 1..=ROUNDS {
            print(round)?;
        }
        let again = begun.elapsed().as_secs_f64() * 1e3 / f64::from(ROUNDS);
        println!("{first:>8.1} ms first, {again:>8.1} ms each after, {:>7} bytes  {name}", bytes.len());
        std::fs::write(folder.join(format!("{name}.pdf")), bytes)?;
    }
    Ok(())
}
