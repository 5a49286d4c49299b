//! What holds for every text, however odd, and however a stream of it is cut.

use std::sync::Arc;

use guard::sensitive::mask::{HELD_BYTES_MAX, Masker, mask};
use guard::sensitive::redact::{redact, redact_text};
use guard::sensitive::restore::{Restorer, Writing, restore};
use guard::sensitive::{Action, DigestKey, KIND_BYTES_MAX, Policy, pii, secrets};
use proptest::prelude::*;
use serde_json::{Value, json};

fn key() -> DigestKey {
    DigestKey::new([7; 32])
}

fn tagging() -> Policy {
    Policy::all(Action::Tag)
}

/// Values of every sort, put together here so that no scanner takes this file for a leak.
fn values() -> Vec<String> {
    let mut values: Vec<String> = [
        "jane.doe+news@mail.example.co.uk",
        "+1 (415) 555-0132 ext. 12",
        "415-555-0132",
        "4012 8888 8888 1881",
        "078-05-1123",
        "NL91 ABNA 0417 1643 00",
        "2001:db8:85a3::8a2e:370:7334",
        "192.168.17.5/24",
        "00:1A:2B:3C:4D:5E",
        "bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq",
        "44051401458",
        "My passport number is T3569075",
        "born on May 1st, 1977",
        "AA 12 34 56 B",
        "Mr. Ångström O'Neill",
        "12 Baker Street, Apt. 4",
        "müller@bücher.example",
        "password: \"c0rrect-h0rse!\"",
        "postgres://app:s3cr3t-w0rd@db.internal/x",
        "curl -u admin:hunter2xyz https://x.example",
    ]
    .map(str::to_owned)
    .to_vec();
    values.push(["AKIA", "QYLPMN5HHHFPZAM2"].concat());
    values.push(["ghp_", "wWPw5k4aXcaT4fNP0UcnZwJUVFk6LO0pINUx"].concat());
    values.push(["xoxb-", "781236542736-2364535789652-GkwFDQoHqzXDVsC6GzqYUypD"].concat());
    values.push(
        [
            "-----BEGIN ",
            "PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASC\n-----END ",
            "PRIVATE KEY-----",
        ]
        .concat(),
    );
    values
}

/// Texts made of values, words and anything.
fn texts() -> impl Strategy<Value = String> {
    let value = proptest::sample::select(values());
    let word = proptest::sample::select(vec![
        " ",
        "\n",
        ", ",
        "the ",
        "call ",
        "phone: ",
        "SSN ",
        "passport ",
        "[[SECRET:",
        "[[",
        "]]",
        "[",
        "1",
        "0",
        "-",
        ".",
        "@",
        "x",
        "é",
        "日本",
        "\\n",
        "\"",
        "\u{fffd}",
        "token=",
        "key: ",
    ])
    .prop_map(str::to_owned);
    proptest::collection::vec(
        prop_oneof![2 => value, 4 => word, 1 => ".{0,12}", 1 => "[0-9 ().+-]{0,24}"],
        0..14,
    )
    .prop_map(|parts| parts.concat())
}

/// Places to cut a text at.
fn cuts() -> impl Strategy<Value = Vec<usize>> {
    proptest::collection::vec(any::<usize>(), 0..20)
}

/// Names, texts and numbers of a JSON text.
fn parts() -> impl Strategy<Value = Vec<(String, String, u32)>> {
    proptest::collection::vec((texts(), texts(), any::<u32>()), 0..5)
}

/// The text in pieces at the places, each moved to the next character.
fn pieces<'a>(text: &'a str, cuts: &[usize]) -> Vec<&'a str> {
    let mut places: Vec<usize> = cuts
        .iter()
        .map(|cut| cut % (text.len() + 1))
        .map(|cut| (cut..).find(|place| text.is_char_boundary(*place)).unwrap_or(text.len()))
        .collect();
    places.extend([0, text.len()]);
    places.sort_unstable();
    places.windows(2).map(|pair| &text[pair[0]..pair[1]]).collect()
}

fn masked_in_pieces(pieces: &[&str], policy: &Arc<Policy>, writing: Writing) -> (String, usize) {
    let mut masker = Masker::new(policy.clone(), Arc::new(key()), writing);
    let (mut out, mut held) = (String::new(), 0);
    for piece in pieces {
        out.push_str(&masker.push(piece));
        held = held.max(masker.held_bytes());
    }
    out.push_str(&masker.finish());
    (out, held)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn a_stream_is_masked_as_its_whole_text_is(text in texts(), cuts in cuts(), tag in any::<bool>(), json in any::<bool>()) {
        let policy = Arc::new(Policy::all(if tag { Action::Tag } else { Action::Mask }));
        let writing = if json { Writing::Json } else { Writing::Text };
        let (whole, _) = mask(&text, policy.clone(), Arc::new(key()), writing);
        let (streamed, held) = masked_in_pieces(&pieces(&text, &cuts), &policy, writing);
        prop_assert_eq!(&whole, &streamed);
        prop_assert!(held <= HELD_BYTES_MAX);
        let characters: Vec<String> = text.chars().map(String::from).collect();
        let characters: Vec<&str> = characters.iter().map(String::as_str).collect();
        let (streamed, held) = masked_in_pieces(&characters, &policy, writing);
        prop_assert_eq!(&whole, &streamed);
        prop_assert!(held <= HELD_BYTES_MAX);
    }

    #[test]
    fn masking_changes_the_found_spans_and_nothing_else(text in texts()) {
        let policy = Arc::new(Policy::all(Action::Mask));
        let (masked, findings) = mask(&text, policy, Arc::new(key()), Writing::Text);
        let spans = pii::detect(text.as_bytes());
        prop_assert!(spans.iter().map(|span| &span.range).eq(findings.iter().map(|finding| &finding.range)));
        let mut expected = Vec::new();
        let mut done = 0;
        for span in &spans {
            prop_assert!(span.range.start >= done && span.range.end <= text.len() && !span.range.is_empty());
            expected.extend_from_slice(&text.as_bytes()[done..span.range.start]);
            expected.extend_from_slice(b"[masked]");
            done = span.range.end;
        }
        expected.extend_from_slice(&text.as_bytes()[done..]);
        prop_assert_eq!(masked.as_bytes(), &expected[..]);
    }

    #[test]
    fn a_redacted_text_is_restored_to_what_it_was(text in texts(), cuts in cuts()) {
        let redaction = redact_text(text.as_bytes(), &tagging(), &key());
        let body = String::from_utf8(redaction.body.to_vec()).unwrap();
        prop_assert_eq!(restore(body.as_bytes(), redaction.placeholders.clone(), Writing::Text), text.as_bytes());
        let mut restorer = Restorer::new(redaction.placeholders.clone(), Writing::Text);
        let mut streamed: Vec<u8> = pieces(&body, &cuts).into_iter().flat_map(|piece| restorer.push(piece.as_bytes())).collect();
        streamed.extend(restorer.finish());
        prop_assert_eq!(streamed, text.as_bytes());
    }

    #[test]
    fn redaction_changes_string_leaves_and_nothing_else(parts in parts(), pretty in any::<bool>()) {
        let row = |(name, text, number): &(String, String, u32)| json!({ name: text, "list": [text, number, null, [text]], "n": number });
        let rows: Vec<Value> = parts.iter().map(row).collect();
        let json = if pretty { serde_json::to_string_pretty(&rows) } else { serde_json::to_string(&rows) }.unwrap();
        let redaction = redact(json.as_bytes(), &tagging(), &key(), &[]);
        let mut done = 0;
        let mut rest = &redaction.body[..];
        for finding in &redaction.findings {
            let kept = &json.as_bytes()[done..finding.range.start];
            prop_assert!(rest.starts_with(kept));
            rest = &rest[kept.len()..];
            prop_assert!(rest.starts_with(b"[[SECRET"));
            rest = &rest[memchr::memmem::find(rest, b"]]").unwrap() + 2..];
            done = finding.range.end;
        }
        prop_assert_eq!(rest, &json.as_bytes()[done..]);
        prop_assert!(serde_json::from_slice::<Value>(&redaction.body).is_ok());
        let restored = restore(&redaction.body, redaction.placeholders.clone(), Writing::Json);
        let restored: Value = serde_json::from_slice(&restored).unwrap();
        prop_assert_eq!(restored, serde_json::from_str::<Value>(&json).unwrap());
    }

    #[test]
    fn any_bytes_are_redacted_and_searched_within_bounds(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
        let redaction = redact(&bytes, &tagging(), &key(), &[]);
        prop_assert!(redaction.findings.iter().all(|finding| finding.range.end <= bytes.len()));
        for span in secrets::detect(&bytes).into_iter().chain(pii::detect(&bytes)) {
            prop_assert!(!span.range.is_empty() && span.range.end <= bytes.len());
            prop_assert!(span.kind.id().len() <= KIND_BYTES_MAX);
        }
    }

    #[test]
    fn the_arguments_of_a_tool_stay_json(texts in proptest::collection::vec(texts(), 0..4), number in 1_000_000_000_u64..99_999_999_999) {
        let line = "a\njane@example.org\tb";
        let json = json!({ "texts": texts, "to": "jane@example.org", "number": number, "line": line }).to_string();
        let (masked, _) = mask(&json, Arc::new(tagging()), Arc::new(key()), Writing::Json);
        let value: Value = serde_json::from_str(&masked).unwrap();
        let to = value["to"].as_str().unwrap();
        prop_assert!(to.starts_with("[[PII:email:") && to.ends_with("]]"));
        prop_assert!(!masked.contains("jane@example.org"));
    }
}

#[test]
fn no_finding_holds_its_value_and_none_is_left_in_the_text() {
    for value in values() {
        let text = format!("Here it is: {value}, keep it.");
        let redaction = redact_text(text.as_bytes(), &tagging(), &key());
        for span in secrets::detect(text.as_bytes()) {
            let secret = &text.as_bytes()[span.range.clone()];
            assert!(memchr::memmem::find(&redaction.body, secret).is_none(), "{value}");
        }
        let (masked, findings) = mask(&text, Arc::new(tagging()), Arc::new(key()), Writing::Text);
        for finding in findings {
            assert!(!masked.contains(&text[finding.range.clone()]), "{value}");
            assert!(!format!("{finding:?}").contains(&text[finding.range]));
        }
    }
}

#[test]
fn the_same_value_has_the_same_placeholder_and_digest_and_another_has_not() {
    let one = ["AKIA", "QYLPMN5HHHFPZAM2"].concat();
    let two = ["AKIA", "RB7XW2N5MEQLPZ43"].concat();
    let text = format!("{one} {two} {one}");
    let redaction = redact_text(text.as_bytes(), &tagging(), &key());
    assert_eq!(
        String::from_utf8_lossy(&redaction.body),
        "[[SECRET:aws_access_key:1]] [[SECRET:aws_access_key:2]] [[SECRET:aws_access_key:1]]"
    );
    let digests: Vec<_> = redaction.findings.iter().map(|finding| finding.digest).collect();
    assert!(digests[0] == digests[2] && digests[0] != digests[1]);
    let elsewhere = redact_text(text.as_bytes(), &tagging(), &DigestKey::new([8; 32]));
    assert_ne!(digests[0], elsewhere.findings[0].digest);
}

#[test]
fn a_placeholder_that_the_text_has_already_is_not_given_again() {
    let secret = ["AKIA", "QYLPMN5HHHFPZAM2"].concat();
    let json =
        format!(r#"{{"a": "\u005b[SECRET:aws_access_key:1]] [[SECRET1:", "b": "{secret}"}}"#);
    let redaction = redact(json.as_bytes(), &tagging(), &key(), &[]);
    assert!(
        String::from_utf8_lossy(&redaction.body).contains(r#""b": "[[SECRET2:aws_access_key:1]]""#)
    );
    assert_eq!(restore(&redaction.body, redaction.placeholders, Writing::Json), json.as_bytes());
}

#[test]
fn escapes_are_read_and_those_around_a_secret_stay_as_they_were() {
    let json = r#"{"text":"caf\u00e9 \ud83d\ude00 \/ \u0041KIAQYLPMN5HHHFPZAM2 \ud800 \q \u12"}"#;
    let redaction = redact(json.as_bytes(), &tagging(), &key(), &[]);
    assert_eq!(
        String::from_utf8_lossy(&redaction.body),
        r#"{"text":"caf\u00e9 \ud83d\ude00 \/ [[SECRET:aws_access_key:1]] \ud800 \q \u12"}"#
    );
}

#[test]
fn names_and_what_shall_be_kept_do_not_change() {
    let secret = ["AKIA", "QYLPMN5HHHFPZAM2"].concat();
    let json = format!(
        r#"{{"{secret}": 1, "signature": "{secret}", "first": "{secret}", "url": "data:image/png;base64,{secret}"}}"#
    );
    let first = json.find("\"first\"").unwrap();
    let signature = json.find("\"signature\"").unwrap();
    let kept = [0..1, signature..first, first..json.find("\"url\"").unwrap()];
    let redaction = redact(json.as_bytes(), &tagging(), &key(), &kept);
    assert!(
        redaction.findings.is_empty() && matches!(redaction.body, std::borrow::Cow::Borrowed(_))
    );
}

#[test]
fn a_policy_switches_kinds_off_allows_values_and_removes_for_good() {
    let text = "write to jane@example.org or press@example.org, call 415-555-0132";
    let policy = Policy::all(Action::Mask)
        .with("phone", Action::Off)
        .with("email", Action::Tag)
        .allowing("PRESS@example.org");
    let (masked, findings) = mask(text, Arc::new(policy), Arc::new(key()), Writing::Text);
    assert_eq!(masked, "write to [[PII:email:1]] or press@example.org, call 415-555-0132");
    assert_eq!(findings.len(), 1);
    let secret = ["AKIA", "QYLPMN5HHHFPZAM2"].concat();
    let redaction = redact_text(secret.as_bytes(), &Policy::all(Action::Mask), &key());
    assert!(&*redaction.body == b"[removed]" && redaction.placeholders.is_empty());
}

#[test]
fn a_value_longer_than_the_window_is_masked_to_its_end() {
    let mail = format!("{}@{}.example.org", "a".repeat(60), "b".repeat(300));
    let text = format!("to {mail}, thanks");
    let (masked, _) = mask(&text, Arc::new(tagging()), Arc::new(key()), Writing::Text);
    assert_eq!(masked, "to [[PII:email:1]], thanks");
    let (streamed, held) = masked_in_pieces(
        &text.split_inclusive('b').collect::<Vec<_>>(),
        &Arc::new(tagging()),
        Writing::Text,
    );
    assert!(streamed == masked && held <= HELD_BYTES_MAX);
}

#[test]
fn our_own_placeholders_are_restored_before_masking_and_what_they_hold_is_masked() {
    let card = ["4012 8888 ", "8888 1881"].concat();
    let token = ["ghp_", "wWPw5k4aXcaT4fNP0UcnZwJUVFk6LO0pINUx"].concat();
    let prompt = format!("card {card} token {token}");
    let redaction = redact_text(prompt.as_bytes(), &tagging(), &key());
    let answer = String::from_utf8(redaction.body.to_vec()).unwrap();
    for size in 1..12 {
        let mut masker = Masker::new(Arc::new(tagging()), Arc::new(key()), Writing::Text)
            .restoring(redaction.placeholders.clone());
        let mut out = String::new();
        for piece in answer.as_bytes().chunks(size) {
            out.push_str(&masker.push(std::str::from_utf8(piece).unwrap()));
            assert!(masker.held_bytes() <= HELD_BYTES_MAX);
        }
        out.push_str(&masker.finish());
        assert_eq!(out, format!("card [[PII:credit_card:1]] token {token}"));
    }
    const { assert!(HELD_BYTES_MAX <= 128) };
}

/// How many bytes the detectors of personal data may look at for each byte of a text.
const LOOKS_A_BYTE_MAX: usize = 120;
/// How many candidates and bytes of values those of secrets may look at for each byte.
const WORK_A_BYTE_MAX: usize = 8;

/// Names without values, marks without ends, brackets and quotes without partners, digits and dots without end.
const HOSTILE: &[&str] = &[
    "key",
    "token=",
    "passw",
    "passwd: ",
    "api_key=\"",
    "eyJ",
    "eyJA-",
    "eyJhbGciOiJ",
    "A-",
    "://a:",
    "curl -u ",
    "-----BEGIN ",
    "4",
    "4 ",
    "12 ",
    " 5",
    "1-",
    "1/1/",
    "123 456 ",
    "4111 ",
    "a.",
    "a@",
    "::",
    "(",
    "\"",
    "[[SECRET",
    "\\",
    "sig=",
    "Mr. ",
    "12 A ",
    "phone 1 ",
    "born ",
    "é",
];

fn is_cheap(text: &str) {
    let (_, work) = secrets::detect_counting(text.as_bytes());
    assert!(work <= WORK_A_BYTE_MAX * text.len() + 100, "{}: {work}", &text[..text.len().min(40)]);
    let (_, looks) = pii::detect_counting(text.as_bytes());
    assert!(
        looks <= LOOKS_A_BYTE_MAX * text.len() + 1_000,
        "{}: {looks}",
        &text[..text.len().min(40)]
    );
}

#[test]
fn hostile_texts_cost_no_more_than_their_length() {
    for part in HOSTILE {
        let text = part.repeat(20_000 / part.len());
        is_cheap(&text);
        let redaction = redact(text.as_bytes(), &tagging(), &key(), &[]);
        assert!(redaction.findings.len() <= text.len());
        let _ = mask(&text, Arc::new(tagging()), Arc::new(key()), Writing::Text);
    }
}

proptest! {
    // Each case reads long texts.
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn no_mixture_of_hostile_parts_is_dear(parts in proptest::collection::vec(proptest::sample::select(HOSTILE), 1..5)) {
        let part = parts.concat();
        is_cheap(&part.repeat(8_000 / part.len()));
    }
}
