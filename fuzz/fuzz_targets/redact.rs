//! Redaction: any bytes are read, only what was found changes, and it all comes back.

#![no_main]

use guard::sensitive::redact::{redact, redact_text};
use guard::sensitive::restore::{Writing, restore};
use guard::sensitive::{Action, DigestKey, Policy};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let (policy, key) = (Policy::all(Action::Tag), DigestKey::new([0; 32]));
    let text = redact_text(input, &policy, &key);
    assert_eq!(restore(&text.body, text.placeholders, Writing::Text), input);
    let json = redact(input, &policy, &key, &[]);
    let mut done = 0;
    for finding in &json.findings {
        assert!(done <= finding.range.start && finding.range.end <= input.len());
        done = finding.range.end;
    }
    assert!(json.body.ends_with(&input[done..]));
    if let Ok(before) = serde_json::from_slice::<serde_json::Value>(input) {
        let restored = restore(&json.body, json.placeholders, Writing::Json);
        assert_eq!(serde_json::from_slice::<serde_json::Value>(&restored).ok(), Some(before));
    }
});
