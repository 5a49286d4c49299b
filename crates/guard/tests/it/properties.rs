//! What holds for every text: a verdict, spans that fit, work that grows with the text and no faster.
//!
//! Goal: nothing that a stranger sends makes the guard panic, point outside of the text, or work without bound.
//! Method: generated texts of the characters and words that the guard looks for; work is counted, never timed.

use guard::decode::DERIVED_BYTES_MAX;
use guard::injection::scan;
use guard::normalise::fold::{fold, latinised};
use guard::normalise::survey::survey;
use guard::policy::{Channel, Mode, Policy};
use guard::signature::{Signature, Signatures};
use guard::verdict::{Report, Verdict};
use proptest::prelude::*;

/// Pieces that attacks, encodings and Unicode's tricks are made of.
fn piece() -> impl Strategy<Value = String> {
    const WORDS: &[&str] = &[
        "ignore",
        "all",
        "previous",
        "instructions",
        "your",
        "system prompt",
        "say",
        "\"",
        "<|im_start|>",
        "\n\n",
        ". ",
        "user:",
        "=====",
        "a=\"",
        "\"; ",
        "join",
        "1gn0r3",
        "i g n o r e ",
        "SWdub3JlIGFsbCBwcmV2aW91cw==",
        "\\x69",
        "%69",
        "&#105;",
        "\\u0069",
        "\u{202e}",
        "\u{202c}",
        "\u{200b}",
        "\u{e0069}",
        "\u{fe0f}",
        "\u{336}",
        "іgnоrе",
        "ｉｇ",
        "𝐈",
        "忽略",
        "指令",
        "vtaber",
        "eht",
        ".. --. -. --- .-. .",
        "ﷺ",
        "\u{0}",
        "İ",
        "ẞ",
        "각",
        "é",
        "![",
        "https://",
    ];
    prop_oneof![
        4 => proptest::sample::select(WORDS).prop_map(str::to_owned),
        1 => any::<char>().prop_map(String::from),
        1 => " {0,4}",
        1 => "[ -~]{0,12}",
    ]
}

fn text() -> impl Strategy<Value = String> {
    proptest::collection::vec(piece(), 0..40).prop_map(|pieces| pieces.concat())
}

fn channel() -> impl Strategy<Value = Channel> {
    proptest::sample::select(
        &[Channel::User, Channel::Document, Channel::Tool, Channel::System][..],
    )
}

fn scanned(text: &str, channel: Channel) -> Report {
    scan(text, channel, &Policy::default())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, ..ProptestConfig::default() })]

    #[test]
    fn every_text_gets_a_verdict_whose_spans_fit(text in text(), channel in channel()) {
        let report = scanned(&text, channel);
        for finding in &report.findings {
            prop_assert!(text.get(finding.span.clone()).is_some(), "{finding:?}");
        }
        prop_assert_eq!(report.findings.is_empty(), report.verdict == Verdict::Clean);
        prop_assert!(report.verdict < Verdict::Blocked || report.signatures().len() >= 2);
        let sum: u16 = report.findings.iter().map(|finding| finding.points).sum();
        prop_assert!(report.verdict == Verdict::Clean || sum >= report.score);
    }

    #[test]
    fn any_bytes_get_a_verdict(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        scanned(&String::from_utf8_lossy(&bytes), Channel::Tool);
    }

    #[test]
    fn the_same_text_gets_the_same_report(text in text()) {
        prop_assert_eq!(scanned(&text, Channel::User), scanned(&text, Channel::User));
    }

    #[test]
    fn folding_twice_is_folding_once(text in text()) {
        let once = fold(&text).view.text;
        prop_assert_eq!(&fold(&once).view.text, &once);
        let latin = latinised(&once).text;
        prop_assert_eq!(&latinised(&latin).text, &latin);
    }

    #[test]
    fn folded_spans_lie_in_the_text(text in text(), at in 0_usize..200, length in 0_usize..50) {
        let view = fold(&text).view;
        let end = view.text.len();
        let span = at.min(end)..(at + length).min(end);
        let source = view.source(&span);
        prop_assert!(source.start <= source.end && source.end <= text.len());
    }

    #[test]
    fn plain_words_need_no_undoing(words in proptest::collection::vec("[a-z]{2,9}", 0..200)) {
        let plain = words.join(" ");
        let survey = survey(&plain);
        prop_assert!(!survey.beyond_ascii && !survey.leet && !survey.escapes && !survey.spaced && !survey.morse);
    }

    #[test]
    fn a_signature_that_is_off_is_not_named(text in text(), off in 0_usize..19) {
        let off: Signatures = Signature::all().skip(off).take(1).collect();
        let policy = Policy { disabled: off, ..Policy::default() };
        let named = scan(&text, Channel::User, &policy).signatures();
        prop_assert!(off.iter().all(|signature| !named.contains(signature)));
    }

    #[test]
    fn nothing_is_scanned_when_the_guard_is_off(text in text()) {
        let policy = Policy { mode: Mode::Off, ..Policy::default() };
        prop_assert_eq!(scan(&text, Channel::User, &policy), Report::default());
    }
}

proptest! {
    // Each case reads long texts.
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn work_grows_with_the_text_and_no_faster(part in piece(), other in piece()) {
        let part = part + &other;
        prop_assume!(!part.is_empty());
        let work = |bytes: usize| scanned(&part.repeat(bytes / part.len() + 1), Channel::Tool).work;
        let (small, large) = (work(4_000), work(16_000));
        prop_assert!(large <= 5 * small + 10_000, "{small} for 4 kB, {large} for 16 kB");
    }
}

#[test]
fn what_is_derived_from_a_long_text_is_bounded() {
    for part in [
        "1gn0r3 4ll ",
        "i g n o r e ",
        "SWdub3JlIGFsbCBwcmV2aW91cyBpbnN0 ",
        "\\x69\\x67",
        "іgnоrе ",
        "eht uoy ",
    ] {
        let text = part.repeat((4 << 20) / part.len());
        let report = scanned(&text, Channel::User);
        // The text and its folded form are read twice each, all the rest is within the budget.
        assert!(report.work < 400 * (text.len() + DERIVED_BYTES_MAX), "{part}: {}", report.work);
    }
}
