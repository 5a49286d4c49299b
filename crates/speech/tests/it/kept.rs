//! What redaction must let be.

use domain::provider::Surface;
use speech::prompt::kept;

fn check(surface: Surface, body: &str, expected: &[&str]) {
    let kept = kept(surface, body).unwrap();
    let texts: Vec<&str> = kept.iter().map(|range| &body[range.clone()]).collect();
    assert_eq!(texts, expected);
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
