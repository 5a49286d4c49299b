//! Whole answers: which strings are words.

use speech::answer::Options;

use crate::{ALL, whole};

const NONE: Options = Options { logprobs: false, reasoning: false };

fn check(options: Options, came: &str, expected: &str) {
    assert_eq!(whole(came, options, true), expected);
}

#[test]
fn words_change_and_nothing_else_does() {
    check(
        ALL,
        r#"{ "id":"c","model" : "m","choices":[{"index":0,"message":{"role":"assistant","content":"a\u00e4\n","content":"b","refusal":null,
          "tool_calls":[{"id":"t","type":"function","function":{"name":"f","arguments":"{\"k\":true,\"s\":\"v\\n\"}"}}],"novel":{"saying":["x",1.50e1]},
          "audio":{"id":"a","data":"abcd","transcript":"spoken"},"images":[{"image_url":{"url":"data:image/png;base64,abcd"}}]},"finish_reason":"stop"}],"usage":{"n":1}}"#,
        r#"{ "id":"c","model" : "m","choices":[{"index":0,"message":{"role":"assistant","content":"Aä\n","content":"B","refusal":null,
          "tool_calls":[{"id":"t","type":"function","function":{"name":"f","arguments":"{\"K\":true,\"S\":\"V\\n\"}"}}],"novel":{"saying":["X",1.50e1]},
          "audio":{"id":"a","data":"abcd","transcript":"SPOKEN"},"images":[{"image_url":{"url":"data:image/png;base64,abcd"}}]},"finish_reason":"stop"}],"usage":{"n":1}}"#,
    );
    check(
        ALL,
        r#"{"type":"message","content":[{"type":"thinking","thinking":"a","signature":"c2ln"},{"type":"redacted_thinking","data":"c2ln"},
          {"type":"tool_use","id":"t","name":"f","input": {"id":"b", "data":[1,"c"]} },
          {"type":"web_fetch_tool_result","tool_use_id":"t","content":{"url":"u","content":{"source":{"type":"text","media_type":"text/plain","data":"d"}},"other":{"source":{"data":"QUJD","type":"base64"}}}},
          {"type":"text","text":"e","citations":[{"type":"char_location","cited_text":"f","document_title":"g","encrypted_index":"aGk"}]}],"stop_reason":"end_turn"}"#,
        r#"{"type":"message","content":[{"type":"thinking","thinking":"A","signature":"c2ln"},{"type":"redacted_thinking","data":"c2ln"},
          {"type":"tool_use","id":"t","name":"f","input": {"ID":"B", "DATA":[1,"C"]} },
          {"type":"web_fetch_tool_result","tool_use_id":"t","content":{"url":"U","content":{"source":{"type":"text","media_type":"text/plain","data":"D"}},"other":{"source":{"data":"QUJD","type":"base64"}}}},
          {"type":"text","text":"E","citations":[{"type":"char_location","cited_text":"F","document_title":"G","encrypted_index":"aGk"}]}],"stop_reason":"end_turn"}"#,
    );
    check(
        ALL,
        r#"{"id":"r","status":"completed","output":[{"type":"image_generation_call","id":"i","result":"abcd"},{"type":"other_call","result":"a"},
          {"type":"code_interpreter_call","code":"b","container_id":"c"},{"type":"file_search_call","results":[{"file_id":"f","attributes":{"name":"c","id":"d"}}]},
          {"type":"custom_tool_call","name":"n","input":"e"}],"metadata":{"id":"f"},"instructions":"g","error":{"code":"x","message":"h"}}"#,
        r#"{"id":"r","status":"completed","output":[{"type":"image_generation_call","id":"i","result":"abcd"},{"type":"other_call","result":"A"},
          {"type":"code_interpreter_call","code":"B","container_id":"c"},{"type":"file_search_call","results":[{"file_id":"f","attributes":{"name":"C","id":"D"}}]},
          {"type":"custom_tool_call","name":"n","input":"E"}],"metadata":{"id":"F"},"instructions":"G","error":{"code":"x","message":"H"}}"#,
    );
    // A sentence is words, whatever it is called.
    check(ALL, r#"{"id":"so it is"}"#, r#"{"id":"SO IT IS"}"#);
    check(
        ALL,
        r#"{"data":[{"embedding":"abcd","index":0}]}"#,
        r#"{"data":[{"embedding":"abcd","index":0}]}"#,
    );
    check(ALL, r#"{"detail":"no"}"#, r#"{"detail":"NO"}"#);
}

#[test]
fn reasoning_stays_where_it_is_to() {
    check(
        NONE,
        r#"{"choices":[{"message":{"reasoning_content":"a","reasoning":"b","reasoning_details":[{"text":"c"}],"content":"d"}}]}"#,
        r#"{"choices":[{"message":{"reasoning_content":"a","reasoning":"b","reasoning_details":[{"text":"c"}],"content":"D"}}]}"#,
    );
    check(
        NONE,
        r#"{"content":[{"thinking":"a","type":"thinking"},{"text":"b","type":"text"}]}"#,
        r#"{"content":[{"thinking":"a","type":"thinking"},{"text":"B","type":"text"}]}"#,
    );
    check(
        NONE,
        r#"{"output":[{"type":"reasoning","summary":[{"type":"summary_text","text":"a"}]},{"type":"message","content":[{"text":"b"}]}]}"#,
        r#"{"output":[{"type":"reasoning","summary":[{"type":"summary_text","text":"a"}]},{"type":"message","content":[{"text":"B"}]}]}"#,
    );
}

#[test]
fn what_spells_a_text_goes_with_it() {
    check(
        NONE,
        r#"{"choices":[{"logprobs":{"content":[{"token":"a"}]},"message":{"content":"a"}},{"message":{"content":"1"},"logprobs":{"content":[{"token":"b"}]}}]}"#,
        r#"{"choices":[{"logprobs":null,"message":{"content":"A"}},{"message":{"content":"1"},"logprobs":{"content":[{"token":"b"}]}}]}"#,
    );
    check(
        NONE,
        r#"{"content":[{"type":"output_text","text":"a","logprobs":[{"token":"a"}]}]}"#,
        r#"{"content":[{"type":"output_text","text":"A","logprobs":[]}]}"#,
    );
    check(
        ALL,
        r#"{"choices":[{"text":"a","logprobs":{"tokens":["a"]}}]}"#,
        r#"{"choices":[{"text":"A","logprobs":{"tokens":["a"]}}]}"#,
    );
}
