//! The parsers, against anything. The same properties run under the fuzz targets.

use bytes::Bytes;
use domain::provider::Surface;
use gateway::request::AskedFor;
use gateway::{Meter, Said};
use proptest::prelude::*;
use serde_json::Value;
use speech::json::Scanner;
use speech::sse::Splitter;

/// Cuts a stream at the given places, and gives the events' bytes and data.
fn split(stream: &[u8], cuts: &[usize]) -> (Vec<u8>, Vec<Vec<u8>>) {
    let mut splitter = Splitter::default();
    let (mut bytes, mut data, mut from) = (Vec::new(), Vec::new(), 0);
    let ends = cuts.iter().copied().chain([stream.len()]);
    let mut take = |event: speech::sse::Event| {
        data.extend(event.data().map(|data| data.into_owned()));
        bytes.extend_from_slice(event.bytes());
    };
    for end in ends {
        let end = end.clamp(from, stream.len());
        splitter.push(&stream[from..end]);
        from = end;
        while let Some(event) = splitter.next_event().unwrap() {
            take(event);
        }
    }
    if let Some(event) = splitter.finish() {
        take(event);
    }
    (bytes, data)
}

const CORPUS: &[(&str, &[&str])] = &[
    ("data: one\n\ndata: two\n\n", &["one", "two"]),
    ("data: one\r\n\r\ndata: two\r\n\r\n", &["one", "two"]),
    ("data: one\r\rdata: two\r\r", &["one", "two"]),
    ("data: one\r\n\ndata: two\n\r\n", &["one", "two"]),
    (": comment\n\ndata: one\n\n", &["one"]),
    (":\ndata: one\n: in between\ndata: more\n\n", &["one\nmore"]),
    ("event: message\nid: 7\nretry: 10\ndata:one\n\n", &["one"]),
    ("data\n\n", &[""]),
    ("data:\n\n", &[""]),
    ("data:  two spaces\n\n", &[" two spaces"]),
    ("data: a\ndata\ndata: b\n\n", &["a\n\nb"]),
    ("\u{feff}data: one\n\n", &["one"]),
    ("\n\n\n\ndata: one\n\n\n\n", &["one"]),
    ("data: [DONE]", &["[DONE]"]),
    ("data: [DONE]\n", &["[DONE]"]),
    ("database: no\ndata: yes\n\n", &["yes"]),
    ("data: {\"choices\":[]}\n\ndata: [DONE]\n\n", &["{\"choices\":[]}", "[DONE]"]),
    ("data: caf\u{e9} \u{1F980}\n\n", &["caf\u{e9} \u{1F980}"]),
];

#[test]
fn t25_every_stream_reads_the_same_wherever_it_is_cut() {
    for (stream, expected) in CORPUS {
        let stream = stream.as_bytes();
        let expected: Vec<Vec<u8>> = expected.iter().map(|text| text.as_bytes().to_vec()).collect();
        for cut in 0..=stream.len() {
            let (_, data) = split(stream, &[cut]);
            assert_eq!(data, expected, "{:?} cut at {cut}", String::from_utf8_lossy(stream));
        }
        let everywhere: Vec<usize> = (0..stream.len()).collect();
        assert_eq!(split(stream, &everywhere).1, expected);
    }
}

#[test]
fn an_event_is_given_out_as_soon_as_its_empty_line_begins() {
    for end in ["\n\n", "\r\r", "\r\n\r"] {
        let mut splitter = Splitter::default();
        splitter.push(b"data: x");
        assert_eq!(splitter.next_event().unwrap(), None);
        splitter.push(end.as_bytes());
        assert!(splitter.next_event().unwrap().is_some(), "{end:?}");
    }
}

#[test]
fn an_endless_event_is_refused() {
    let mut splitter = Splitter::default();
    let piece = vec![b'x'; 1 << 20];
    let mut refused = false;
    for _ in 0..6 {
        splitter.push(&piece);
        refused |= splitter.next_event().is_err();
    }
    assert!(refused);

    let mut ours = Splitter::of_ours();
    for _ in 0..6 {
        ours.push(&piece);
        assert_eq!(ours.next_event().unwrap(), None);
    }
    ours.push(b"\n\n");
    assert_eq!(ours.next_event().unwrap().map(|event| event.bytes().len()), Some((6 << 20) + 2));
}

#[test]
fn t25_what_an_event_says() {
    let says = |data: &str| Meter::new(Surface::Chat).event(data.as_bytes());
    assert_eq!(says("[DONE]"), Said::Done);
    assert_eq!(
        says(r#"{"choices":[],"usage":{"prompt_tokens":1,"completion_tokens":1}}"#),
        Said::UsageOnly
    );
    assert_eq!(says(r#"{"choices":[],"usage":null}"#), Said::Part);
    assert_eq!(says(r#"{"choices":[]}"#), Said::Part);
    assert_eq!(says(r#"{"choices":[{"delta":{}}],"usage":{"prompt_tokens":1}}"#), Said::Part);
    assert_eq!(says(r#"{"error":{"message":"x"}}"#), Said::Error);
    for odd in ["{not json", "", "null", "[]", "7", r#"{"choices":7}"#] {
        assert_eq!(says(odd), Said::Unreadable, "{odd}");
    }
}

#[test]
fn text_is_counted_wherever_it_stands() {
    let mut meter = Meter::new(Surface::Chat);
    meter.event(br#"{"choices":[{"index":0,"delta":{"role":"assistant","content":"abcd"}}]}"#);
    meter.event(br#"{"choices":[{"delta":{"tool_calls":[{"id":"call_1","type":"function","function":{"name":"f","arguments":"{}x"}}]}}]}"#);
    meter.event(br#"{"choices":[{"delta":{"reasoning_content":"\u00e9\n"}}]}"#);
    // 4 + 1 + 3 + 3 bytes, three deltas.
    assert_eq!(meter.estimate(100).output_tokens, 3);
    assert_eq!(meter.estimate(100).input_tokens, 25);
    assert!(meter.delivered());
}

/// Whether serde_json takes the text, at the depths that both take.
fn is_json(text: &str) -> bool {
    serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok()
}

fn scans(text: &str) -> bool {
    let mut scanner = Scanner::new(text);
    scanner.value().and_then(|_| scanner.end()).is_ok()
}

fn json_like() -> impl Strategy<Value = String> {
    let bit = prop_oneof![
        Just("{".to_owned()),
        Just("}".to_owned()),
        Just("[".to_owned()),
        Just("]".to_owned()),
        Just(",".to_owned()),
        Just(":".to_owned()),
        Just("\"a\"".to_owned()),
        Just("\"\\u00e9\\n\"".to_owned()),
        Just("\"\\".to_owned()),
        Just("null".to_owned()),
        Just("true".to_owned()),
        Just(" ".to_owned()),
        "-?[0-9]{1,3}(\\.[0-9]{0,2})?([eE][+-]?[0-9]{0,2})?",
        ".{0,3}",
    ];
    proptest::collection::vec(bit, 0..24).prop_map(|bits| bits.concat())
}

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        ".{0,12}".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 32, 5, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            proptest::collection::hash_map(".{0,6}", inner, 0..5)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn the_scanner_takes_what_serde_json_takes(text in json_like()) {
        prop_assert_eq!(scans(&text), is_json(&text), "{}", text);
    }

    #[test]
    fn the_scanner_takes_every_value(value in value()) {
        for text in [value.to_string(), serde_json::to_string_pretty(&value).unwrap()] {
            prop_assert!(scans(&text), "{}", text);
        }
    }

    #[test]
    fn the_request_parser_never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = AskedFor::parse(Surface::Chat, &bytes);
    }

    #[test]
    fn the_request_parser_never_panics_near_a_request(text in json_like(), more in json_like()) {
        let body = format!(r#"{{"model":{text},"messages":[{{"role":"user","x":{more}}}]}}"#);
        let _ = AskedFor::parse(Surface::Chat, body.as_bytes());
    }

    /// Splicing changes what it must and nothing else.
    #[test]
    fn t32_the_body_for_the_provider_differs_where_it_must_and_nowhere_else(
        model in "[a-z/\"\\\\é]{1,12}",
        other in "[a-z/\"é]{1,12}",
        streamed in any::<bool>(),
        options in proptest::option::of(prop_oneof![
            Just(Value::Null),
            Just(serde_json::json!({})),
            Just(serde_json::json!({"x": [1]})),
            any::<Option<bool>>().prop_map(|asked| serde_json::json!({"include_usage": asked})),
            any::<Option<bool>>().prop_map(|asked| serde_json::json!({"x": {}, "include_usage": asked})),
        ]),
        extra in value(),
    ) {
        let mut request = serde_json::json!({
            "extra": extra,
            "model": model,
            "messages": [{"role": "user", "content": "hi"}],
            "stream": streamed,
        });
        if let Some(options) = options {
            request["stream_options"] = options;
        }
        for text in [request.to_string(), serde_json::to_string_pretty(&request).unwrap()] {
            let body = Bytes::from(text);
            let parsed = AskedFor::parse(Surface::Chat, &body).unwrap();
            prop_assert_eq!(parsed.model(), &model);
            let same = parsed.upstream_body(&body, &model);
            if !parsed.hides_usage() {
                prop_assert_eq!(same.as_ptr(), body.as_ptr());
            }
            let sent: Value = serde_json::from_slice(&parsed.upstream_body(&body, &other)).unwrap();
            let mut expected = request.clone();
            expected["model"] = other.clone().into();
            if streamed {
                if !expected["stream_options"].is_object() {
                    expected["stream_options"] = serde_json::json!({});
                }
                expected["stream_options"]["include_usage"] = true.into();
            }
            prop_assert_eq!(sent, expected);
        }
    }

    #[test]
    fn t25_any_stream_reads_the_same_wherever_it_is_cut(
        lines in proptest::collection::vec(
            prop_oneof![
                Just(""), Just("data: x"), Just("data"), Just(": c"), Just("event: e"),
                Just("data:{\"choices\":[]}"), Just("\u{feff}data: y"), Just("noise"),
            ],
            0..12,
        ),
        ends in proptest::collection::vec(prop_oneof![Just("\n"), Just("\r\n"), Just("\r")], 12),
        mut cuts in proptest::collection::vec(0_usize..120, 0..8),
    ) {
        let stream: String = lines.iter().zip(&ends).flat_map(|(line, end)| [*line, *end]).collect();
        cuts.sort_unstable();
        let (whole_bytes, whole) = split(stream.as_bytes(), &[]);
        let (_, cut) = split(stream.as_bytes(), &cuts);
        prop_assert_eq!(&whole, &cut);
        // Nothing is invented, and nothing but line ends is left out.
        prop_assert!(stream.as_bytes().starts_with(&whole_bytes));
        let rest = &stream.as_bytes()[whole_bytes.len()..];
        prop_assert!(rest.iter().all(|byte| matches!(byte, b'\r' | b'\n')));
    }

    #[test]
    fn the_stream_parser_never_panics(
        stream in proptest::collection::vec(any::<u8>(), 0..300),
        mut cuts in proptest::collection::vec(0_usize..300, 0..6),
    ) {
        cuts.sort_unstable();
        let (_, data) = split(&stream, &cuts);
        let mut meter = Meter::new(Surface::Chat);
        for data in data {
            meter.event(&data);
        }
    }
}
