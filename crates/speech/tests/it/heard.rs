//! What is said to a model, by channel.

use domain::provider::Surface;
use speech::prompt::{Channel, SAID_MAX, said};

use Channel::{Document, System, Tool, User};

fn heard(surface: Surface, body: &str) -> Vec<(Channel, String, String)> {
    let said = said(surface, body).unwrap();
    said.into_iter().map(|said| (said.channel, said.path, said.text.into_owned())).collect()
}

fn check(surface: Surface, body: &str, expected: &[(Channel, &str, &str)]) {
    let expected: Vec<_> = expected
        .iter()
        .map(|(channel, path, text)| (*channel, (*path).to_owned(), (*text).to_owned()))
        .collect();
    assert_eq!(heard(surface, body), expected, "{body}");
}

#[test]
fn a_chat() {
    let body = r#"{"model":"m","temperature":1,"user":"u1","messages":[
      {"role":"developer","content":"Be kind."},
      {"content":[{"type":"text","text":"Look \u00e4"},{"type":"image_url","image_url":{"url":"https://a.b/c?sig=1","detail":"low"}},
        {"type":"input_audio","input_audio":{"data":"UklGR","format":"wav"}},
        {"type":"file","file":{"file_data":"data:application/pdf;base64,JVBE","filename":"a.pdf"}},
        {"type":"novel","saying":["one",{"two":"two"}]}],"role":"user","name":"Ann"},
      {"role":"assistant","content":null,"refusal":"No.","tool_calls":[{"id":"c1","type":"function","function":{"name":"f","arguments":"{\"a\":1}"}}]},
      {"role":"tool","tool_call_id":"c1","content":"It rains \ud83d."},
      {"role":"function","name":"g","content":[{"type":"text","text":"Part"}]},
      {"role":"wizard","content":"Spell"},
      "bare"],
      "tools":[{"type":"function","function":{"name":"f","description":"Weather","parameters":{"type":"object","properties":{"type":{"type":"string","description":"Hidden"}}}}}],
      "response_format":{"type":"json_schema","json_schema":{"name":"s","schema":{"description":"Shape"}}},
      "novelty":{"prefix":"Say"},"documents":[{"title":"D"}]}"#;
    check(
        Surface::Chat,
        body,
        &[
            (System, "messages[0].content", "Be kind."),
            (User, "messages[1].content[0].text", "Look ä"),
            (User, "messages[1].content[1].image_url.detail", "low"),
            (User, "messages[1].content[2].input_audio.format", "wav"),
            (Document, "messages[1].content[3].file.filename", "a.pdf"),
            (User, "messages[1].content[4].saying[0]", "one"),
            (User, "messages[1].content[4].saying[1].two", "two"),
            (User, "messages[1].name", "Ann"),
            (System, "messages[2].refusal", "No."),
            (System, "messages[2].tool_calls[0].function.name", "f"),
            (System, "messages[2].tool_calls[0].function.arguments", "{\"a\":1}"),
            (Tool, "messages[3].content", "It rains \u{fffd}."),
            (Tool, "messages[4].name", "g"),
            (Tool, "messages[4].content[0].text", "Part"),
            (User, "messages[5].content", "Spell"),
            (User, "messages[6]", "bare"),
            (System, "tools[0].function.name", "f"),
            (System, "tools[0].function.description", "Weather"),
            (System, "tools[0].function.parameters.properties.type.description", "Hidden"),
            (System, "response_format.json_schema.name", "s"),
            (System, "response_format.json_schema.schema.description", "Shape"),
            (User, "novelty.prefix", "Say"),
            (Document, "documents[0].title", "D"),
        ],
    );
}

#[test]
fn anthropics_messages() {
    let body = r#"{"model":"m","system":[{"type":"text","text":"S","cache_control":{"type":"ephemeral"}}],"messages":[
      {"role":"user","content":[
        {"type":"tool_result","tool_use_id":"t","content":"Plain"},
        {"type":"tool_result","tool_use_id":"t","content":[{"type":"text","text":"Block"},{"type":"document","source":{"type":"text","media_type":"text/plain","data":"Nested"}},
          {"type":"image","source":{"type":"base64","media_type":"image/png","data":"iVBOR"}}]},
        {"type":"document","title":"T","context":"C","source":{"type":"text","media_type":"text/plain","data":"Words"}},
        {"type":"document","source":{"type":"base64","media_type":"application/pdf","data":"JVBE"}},
        {"type":"document","source":{"type":"content","content":[{"type":"text","text":"Inner"}]}},
        {"type":"search_result","source":"https://x.y","title":"R","content":[{"type":"text","text":"Found"}]},
        {"type":"text","text":"Ask"}]},
      {"role":"assistant","content":[{"type":"thinking","thinking":"Hm","signature":"c2ln"},{"type":"redacted_thinking","data":"c2ln"},
        {"type":"tool_use","id":"t","name":"f","input":{"id":"words","data":{"type":"more"}}},
        {"type":"web_search_tool_result","tool_use_id":"t","content":[{"type":"web_search_result","url":"https://x","title":"W","encrypted_content":"c2"}]}]},
      {"role":"user","content":"Go on"}],
      "tools":[{"name":"f","description":"D","input_schema":{"type":"object"}}],
      "mcp_servers":[{"type":"url","url":"https://m","authorization_token":"tok"}],"metadata":{"user_id":"u"}}"#;
    let expected = [
        (System, "system[0].text", "S"),
        (Tool, "messages[0].content[0].content", "Plain"),
        (Tool, "messages[0].content[1].content[0].text", "Block"),
        (Tool, "messages[0].content[1].content[1].source.data", "Nested"),
        (Document, "messages[0].content[2].title", "T"),
        (Document, "messages[0].content[2].context", "C"),
        (Document, "messages[0].content[2].source.data", "Words"),
        (Document, "messages[0].content[4].source.content[0].text", "Inner"),
        (Document, "messages[0].content[5].source", "https://x.y"),
        (Document, "messages[0].content[5].title", "R"),
        (Document, "messages[0].content[5].content[0].text", "Found"),
        (User, "messages[0].content[6].text", "Ask"),
        (System, "messages[1].content[0].thinking", "Hm"),
        (System, "messages[1].content[2].name", "f"),
        (System, "messages[1].content[2].input.id", "words"),
        (System, "messages[1].content[2].input.data.type", "more"),
        (Tool, "messages[1].content[3].content[0].title", "W"),
        (User, "messages[2].content", "Go on"),
        (System, "tools[0].name", "f"),
        (System, "tools[0].description", "D"),
    ];
    check(Surface::Messages, body, &expected);
    check(Surface::CountTokens, body, &expected);
}

#[test]
fn responses() {
    check(
        Surface::Responses,
        r#"{"model":"m","instructions":"I","input":"Ask","prompt":{"id":"p","version":"2","variables":{"id":"v","part":{"type":"input_text","text":"P"}}}}"#,
        &[
            (System, "instructions", "I"),
            (User, "input", "Ask"),
            (User, "prompt.variables.id", "v"),
            (User, "prompt.variables.part.text", "P"),
        ],
    );
    let body = r#"{"input":[
      {"role":"user","content":"One"},
      {"type":"message","role":"developer","content":[{"type":"input_text","text":"Two"}]},
      {"type":"message","role":"user","content":[{"type":"input_file","filename":"f.txt","file_data":"data:text/plain;base64,QQ=="},{"type":"input_image","image_url":"https://i"}]},
      {"type":"message","role":"assistant","id":"m","content":[{"type":"output_text","text":"Three"}]},
      {"type":"function_call","call_id":"c","name":"f","arguments":"{}"},
      {"type":"function_call_output","call_id":"c","output":"Four"},
      {"type":"custom_tool_call_output","call_id":"c","output":[{"type":"input_text","text":"Five"}]},
      {"type":"computer_call_output","call_id":"c","output":{"type":"computer_screenshot","image_url":"data:image/png;base64,iVBO"}},
      {"type":"local_shell_call_output","id":"c","output":"Six"},
      {"type":"local_shell_call","action":{"type":"exec","command":["ls","-l"]}},
      {"type":"mcp_call","name":"g","arguments":"{}","output":"Seven"},
      {"type":"file_search_call","queries":["q"],"results":[{"file_id":"f","text":"Eight"}]},
      {"type":"mcp_list_tools","tools":[{"name":"h","description":"Nine"}]},
      {"type":"reasoning","id":"r","summary":[{"type":"summary_text","text":"Ten"}],"encrypted_content":"c2"},
      {"type":"image_generation_call","id":"i","result":"iVBOR","revised_prompt":"Eleven"},
      {"type":"item_reference","id":"x"},
      {"type":"novel","saying":"Twelve"},
      "Thirteen"],
      "tools":[{"type":"mcp","server_label":"L","server_description":"Fourteen","server_url":"https://s","authorization":"tok","headers":{"X-Key":"k"}}],
      "text":{"format":{"type":"json_schema","name":"n","schema":{"description":"Fifteen"}}}}"#;
    check(
        Surface::Responses,
        body,
        &[
            (User, "input[0].content", "One"),
            (System, "input[1].content[0].text", "Two"),
            (Document, "input[2].content[0].filename", "f.txt"),
            (System, "input[3].content[0].text", "Three"),
            (System, "input[4].name", "f"),
            (System, "input[4].arguments", "{}"),
            (Tool, "input[5].output", "Four"),
            (Tool, "input[6].output[0].text", "Five"),
            (Tool, "input[8].output", "Six"),
            (System, "input[9].action.command[0]", "ls"),
            (System, "input[9].action.command[1]", "-l"),
            (System, "input[10].name", "g"),
            (System, "input[10].arguments", "{}"),
            (Tool, "input[10].output", "Seven"),
            (System, "input[11].queries[0]", "q"),
            (Tool, "input[11].results[0].text", "Eight"),
            (System, "input[12].tools[0].name", "h"),
            (System, "input[12].tools[0].description", "Nine"),
            (System, "input[13].summary[0].text", "Ten"),
            (System, "input[14].revised_prompt", "Eleven"),
            (Tool, "input[16].saying", "Twelve"),
            (User, "input[17]", "Thirteen"),
            (System, "tools[0].server_label", "L"),
            (System, "tools[0].server_description", "Fourteen"),
            (System, "text.format.name", "n"),
            (System, "text.format.schema.description", "Fifteen"),
        ],
    );
}

#[test]
fn embeddings_and_completions() {
    check(Surface::Embeddings, r#"{"model":"m","input":"E"}"#, &[(Document, "input", "E")]);
    check(
        Surface::Embeddings,
        r#"{"input":["E",[1,2],"F"],"encoding_format":"float"}"#,
        &[(Document, "input[0]", "E"), (Document, "input[2]", "F")],
    );
    check(
        Surface::Completions,
        r#"{"prompt":["P","Q"],"suffix":"S","stop":["x"]}"#,
        &[(User, "prompt[0]", "P"), (User, "prompt[1]", "Q"), (User, "suffix", "S")],
    );
    check(Surface::Completions, r#""P""#, &[(User, "", "P")]);
    assert!(said(Surface::Chat, "{\"messages\":[").is_err());
    assert!(said(Surface::Chat, "{} {}").is_err());
}

#[test]
fn a_prompt_of_very_many_strings_is_told_in_bounded_pieces() {
    let body = format!(
        r#"{{"messages":[{{"role":"user","content":["x"{}]}}]}}"#,
        r#","y""#.repeat(40_000)
    );
    let said = said(Surface::Chat, &body).unwrap();
    assert_eq!(said.len(), SAID_MAX + 1);
    let words: usize = said.iter().map(|said| said.text.matches(['x', 'y']).count()).sum();
    assert_eq!(words, 40_001);
    assert_eq!(said.last().unwrap().path, "…");
}

#[test]
fn a_long_name_is_not_told_with_each_string() {
    let name = "n".repeat(100_000);
    let body =
        format!(r#"{{"messages":[{{"role":"user","{name}":["x"{}]}}]}}"#, r#","y""#.repeat(999));
    let said = said(Surface::Chat, &body).unwrap();
    assert_eq!(said.len(), 1000);
    assert!(said.iter().all(|said| said.path.len() < 300));
}
