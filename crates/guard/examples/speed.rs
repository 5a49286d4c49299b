//! How fast secrets are looked for and answers are masked: `speed <text file>`. It prints figures and judges nothing.

#![expect(clippy::print_stdout, reason = "a tool for people, whose output this is")]

use std::sync::Arc;
use std::time::Instant;

use guard::sensitive::mask::Masker;
use guard::sensitive::redact::redact;
use guard::sensitive::restore::Writing;
use guard::sensitive::{Action, DigestKey, Policy, pii, secrets};

fn main() {
    let text = std::env::args_os()
        .nth(1)
        .and_then(|path| std::fs::read_to_string(path).ok())
        .unwrap_or_default();
    let megabytes = text.len() as f64 / 1e6;
    let _ = secrets::detect(b"built once");
    let report = |what: &str, run: &mut dyn FnMut() -> usize| {
        let best = (0..5).map(|_| {
            let start = Instant::now();
            std::hint::black_box(run());
            start.elapsed().as_secs_f64()
        });
        let best = best.fold(f64::MAX, f64::min);
        println!("{what}: {:.1} MB/s, {:.2} us/KB", megabytes / best, best * 1e3 / megabytes);
    };
    report("secrets", &mut || secrets::detect(text.as_bytes()).len());
    report("personal data", &mut || pii::detect(text.as_bytes()).len());
    let policy = Arc::new(Policy::all(Action::Tag));
    let key = Arc::new(DigestKey::new([1; 32]));
    let json = format!(
        "{{\"text\":\"{}\"}}",
        text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
    );
    report("redaction of JSON", &mut || redact(json.as_bytes(), &policy, &key, &[]).findings.len());
    let pieces: Vec<&str> = text.split_inclusive(' ').collect();
    let start = Instant::now();
    let mut masker = Masker::new(policy.clone(), key.clone(), Writing::Text);
    let written: usize = pieces.iter().map(|piece| masker.push(piece).len()).sum();
    let seconds = start.elapsed().as_secs_f64();
    println!(
        "masking: {:.2} us a piece of {:.1} bytes ({written} bytes)",
        seconds * 1e6 / pieces.len() as f64,
        text.len() as f64 / pieces.len() as f64
    );
    for part in [
        "key",
        "token=",
        "passwd: ",
        "api_key=\"Z9A1.",
        "eyJ",
        "eyJA-",
        "://a:",
        "curl -u ",
        "-----BEGIN PRIVATE KEY-----!",
        "4",
        "4 ",
        " 5",
        "123 456 ",
        "1-",
        "4111 ",
        "a.",
        "a@",
        "::",
        "Mr. ",
        "12 A ",
        "phone 1 ",
    ] {
        let hostile = part.repeat(1_000_000 / part.len());
        let start = Instant::now();
        let found = secrets::detect(hostile.as_bytes()).len();
        let secrets_ms = start.elapsed().as_secs_f64() * 1e3;
        let start = Instant::now();
        let masked = pii::detect(hostile.as_bytes()).len();
        println!(
            "1 MB of {part:?}: secrets {secrets_ms:.1} ms ({found}), personal data {:.1} ms ({masked})",
            start.elapsed().as_secs_f64() * 1e3
        );
    }
}
