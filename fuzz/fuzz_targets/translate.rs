//! The translators: whatever a caller or a provider sends, they answer within bounds, and what they write is
//! JSON.

#![no_main]

use dialect::{Stream, Wanted};
use domain::provider::Surface;
use libfuzzer_sys::fuzz_target;
use serde_json::Value;

const DIALECTS: [Surface; 3] = [Surface::Chat, Surface::Responses, Surface::Messages];

fuzz_target!(|input: &[u8]| {
    let Some((&choice, body)) = input.split_first() else { return };
    let client = DIALECTS[usize::from(choice) % 3];
    let provider = DIALECTS[usize::from(choice) / 3 % 3];
    let wanted = Wanted {
        upstream_model: "another/model",
        output_tokens_max: 1_000,
        input_tokens_estimate: 1,
        created_unix_s: 0,
        answer_id: "fuzz",
    };
    if let Ok(translated) = dialect::request(client, provider, body, &wanted) {
        let _: Value = serde_json::from_slice(&translated.body).expect("a request is JSON");
    }
    let asked = match client {
        Surface::Responses => r#"{"model":"m","input":"x","stream":true}"#,
        _ => r#"{"model":"m","max_tokens":9,"messages":[{"role":"user","content":"x"}],"stream":true}"#,
    };
    let context = dialect::request(client, provider, asked.as_bytes(), &wanted)
        .expect("the plainest request can be said in every dialect")
        .context;
    if let Ok(answer) = dialect::answer(&context, body) {
        let _: Value = serde_json::from_slice(&answer).expect("an answer is JSON");
    }
    let error = dialect::error(provider, client, 500, body);
    let _: Value = serde_json::from_slice(&error).expect("an error is JSON");
    let (mut stream, mut out) = (Stream::new(context), Vec::new());
    for line in body.split(|byte| *byte == b'\n') {
        if stream.event(None, line, &mut out).is_err() {
            stream.fail("server_error", "broken", &mut out);
            break;
        }
    }
    stream.close("server_error", "ended", &mut out);
});
