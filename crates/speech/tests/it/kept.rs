//! What redaction must let be.

use domain::provider::Surface;
use speech::prompt::kept;

fn check(surface: Surface, body: &str, expected: &[&str]) {
    let kept = kept(surface, body).unwrap();
    let texts: Vec<&str> = kept.iter().map(|range| &body[range.clone()]).collect();
    // Words of the protocol are told by `names_of_the_protocol_and_not_of_the_model`.
    let protocol =
        ["assistant", "text", "user", "tool", "base64", "image", "document", "message", "function"];
    let plain = |text: &&str| {
        let word = text.trim_matches('"');
        !protocol.contains(&word) && !word.contains(['/', '_']) || text.starts_with(['{', '['])
    };
    assert_eq!(texts.into_iter().filter(plain).collect::<Vec<_>>(), expected);
    assert!(kept.windows(2).all(|pair| pair[0].end <= pair[1].start));
}

#[test]
fn anthropics_first_block_its_thinking_and_servers() {
    let body = r#"{"messages":[{"content":[{"thinking":"a","type":"thinking","signature":"s"},{"type":"text","text":"b"},{"type":"redacted_thinking","data":"d"},
      {"type":"image","source":{"data":"iVBO","type":"base64"}},{"type":"document","source":{"type":"text","media_type":"text/plain","data":"words"}},
      {"type":"tool_result","content":[{"type":"image","source":{"type":"base64","media_type":"image/png","data":"R0lG"}}]}],"role":"user"}],
      "system":[{"type":"text","text":"first"},{"type":"text","text":"second"}],"mcp_servers":[{"authorization_token":"t"}]}"#;
    let expected = [
        r#"{"thinking":"a","type":"thinking","signature":"s"}"#,
        r#"{"type":"redacted_thinking","data":"d"}"#,
        r#""iVBO""#,
        r#""R0lG""#,
        r#"{"type":"text","text":"first"}"#,
        r#"[{"authorization_token":"t"}]"#,
    ];
    check(Surface::Messages, body, &expected);
    check(Surface::CountTokens, body, &expected);
    check(Surface::Messages, r#"{"system":"may change","messages":[]}"#, &[]);
}

#[test]
fn reasoning_and_servers_of_responses() {
    let body = r#"{"input":[{"type":"reasoning","id":"r","summary":[]},{"type":"message","role":"user","content":"x"},{"result":"iVBO","type":"image_generation_call"},{"type":"function_call_output","output":"y"}],
      "tools":[{"type":"function","name":"f"},{"type":"mcp","headers":{"X":"k"}}]}"#;
    let expected = [
        r#"{"type":"reasoning","id":"r","summary":[]}"#,
        r#""iVBO""#,
        r#"{"type":"mcp","headers":{"X":"k"}}"#,
    ];
    check(Surface::Responses, body, &expected);
    check(Surface::Responses, r#"{"input":"x"}"#, &[]);
}

#[test]
fn sounds_of_a_chat() {
    let body = r#"{"messages":[{"role":"user","content":[{"type":"input_audio","input_audio":{"data":"UklG","format":"wav"}}]},{"role":"tool","content":"{\"data\":1}"}]}"#;
    check(Surface::Chat, body, &[r#""UklG""#]);
    assert!(kept(Surface::Chat, "[").is_err());
}

#[test]
fn names_of_the_protocol_and_not_of_the_model() {
    let body = r#"{"model":"m","messages":[{"role":"assistant","content":[{"type":"tool_use","id":"t1",
      "input":{"id":"secret","url":"https://x","deep":[{"type":"y"}]}}]},{"role":"user","content":[
      {"type":"image","source":{"type":"url","url":"https://signed"}}]}],"metadata":{"note":"x"}}"#;
    let kept = kept(Surface::Messages, body).unwrap();
    let texts: Vec<&str> = kept.iter().map(|range| &body[range.clone()]).collect();
    let expected = [
        "\"m\"",
        "\"assistant\"",
        "\"tool_use\"",
        "\"t1\"",
        "\"user\"",
        "\"image\"",
        "\"url\"",
        "\"https://signed\"",
    ];
    assert_eq!(texts, expected);
}
