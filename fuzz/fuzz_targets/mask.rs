//! The masker: a stream is masked as its whole text is, wherever it is cut, and holds back no more than it says.

#![no_main]

use std::sync::Arc;

use guard::sensitive::mask::{HELD_BYTES_MAX, Masker, mask};
use guard::sensitive::restore::Writing;
use guard::sensitive::{Action, DigestKey, Policy};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: (u8, bool, &str)| {
    let (step, json, text) = input;
    let writing = if json { Writing::Json } else { Writing::Text };
    let (policy, key) = (Arc::new(Policy::all(Action::Tag)), Arc::new(DigestKey::new([0; 32])));
    let (whole, _) = mask(text, policy.clone(), key.clone(), writing);
    let mut masker = Masker::new(policy, key, writing);
    let mut cut = String::new();
    let characters: Vec<char> = text.chars().collect();
    for piece in characters.chunks(usize::from(step).max(1)) {
        cut.push_str(&masker.push(&piece.iter().collect::<String>()));
        assert!(masker.held_bytes() <= HELD_BYTES_MAX);
    }
    cut.push_str(&masker.finish());
    assert_eq!(whole, cut);
});
