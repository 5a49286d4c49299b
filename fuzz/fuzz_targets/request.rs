//! The request parser: takes nothing that is not JSON, and splices without breaking anything.

#![no_main]

use bytes::Bytes;
use domain::provider::Surface;
use gateway::request::AskedFor;
use libfuzzer_sys::fuzz_target;
use serde_json::Value;

fuzz_target!(|input: &[u8]| {
    let body = Bytes::copy_from_slice(input);
    for surface in Surface::ALL {
        let _ = AskedFor::parse(*surface, &body);
    }
    let Ok(request) = AskedFor::parse(Surface::Chat, &body) else { return };
    let same = request.upstream_body(&body, request.model());
    if !request.hides_usage() {
        assert_eq!(same, body, "nothing was to be changed");
    }
    // Lone surrogates are JSON to us and none to serde_json; such bodies pass unread.
    let Ok(Value::Object(before)) = serde_json::from_slice::<Value>(&body) else { return };
    let after = request.upstream_body(&body, "another/model");
    let Ok(Value::Object(after)) = serde_json::from_slice::<Value>(&after) else {
        panic!("the spliced body is no object");
    };
    assert_eq!(after["model"], "another/model");
    if request.streamed() {
        assert_eq!(after["stream_options"]["include_usage"], true);
    }
    for (name, value) in before {
        if name != "model" && name != "stream_options" {
            assert_eq!(after[&name], value);
        }
    }
});
