//! The wire, byte by byte, at the edges: what ends a text, and what is no event of a dialect.

use domain::provider::Surface;
use speech::answer::Options;

use crate::{ALL, hold, stream};

fn check(surface: Surface, options: Options, most: usize, came: &str, expected: &str) {
    assert_eq!(stream(surface, came, options, hold(most, true)), expected, "{came}");
}

#[test]
fn the_end_of_a_choice_brings_what_waited() {
    check(
        Surface::Chat,
        ALL,
        2,
        "data: {\"id\": \"c\", \"created\":1, \"model\":\"m\", \"choices\":[{\"index\":0, \"delta\":{\"content\":\"word\"}}]}\n\n\
         data: {\"id\":\"c\",\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n\
         data: [DONE]\n\n",
        "data: {\"id\": \"c\", \"created\":1, \"model\":\"m\", \"choices\":[{\"index\":0, \"delta\":{\"content\":\"WO\"}}]}\n\n\
         data: {\"id\":\"c\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"RD\"},\"finish_reason\":null}]}\n\n\
         data: {\"id\":\"c\",\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n\
         data: [DONE]\n\n",
    );
    // The chunk that ends it has a text of its own: it goes there.
    check(
        Surface::Completions,
        ALL,
        9,
        "data: {\"choices\":[{\"text\":\"wo\"}]}\n\ndata: {\"choices\":[{\"finish_reason\":\"stop\",\"text\":\"rd\"}]}\n\n",
        "data: {\"choices\":[{\"text\":\"\"}]}\n\ndata: {\"choices\":[{\"finish_reason\":\"stop\",\"text\":\"WORD\"}]}\n\n",
    );
    check(
        Surface::Completions,
        ALL,
        9,
        "data: {\"choices\":[{\"text\":\"wo\"}]}\n\ndata: [DONE]\n\n",
        "data: {\"choices\":[{\"text\":\"\"}]}\n\n\
         data: {\"choices\":[{\"index\":0,\"text\":\"WO\",\"logprobs\":null,\"finish_reason\":null}]}\n\n\
         data: [DONE]\n\n",
    );
}

#[test]
fn calls_are_told_apart_by_their_ids() {
    // All with one index, in several chunks and in one.
    let call = |id: &str, json: &str| {
        format!(r#"{{"index":0,"id":"{id}","function":{{"name":"f","arguments":"{json}"}}}}"#)
    };
    let chunk = |calls: &str| {
        format!(
            "data: {{\"choices\":[{{\"index\":0,\"delta\":{{\"tool_calls\":[{calls}]}}}}]}}\n\n"
        )
    };
    let tail = |json: &str| {
        format!(
            "data: {{\"choices\":[{{\"index\":0,\"delta\":{{\"tool_calls\":[{{\"index\":0,\"function\":{{\"arguments\":\"{json}\"}}}}]}},\"finish_reason\":null}}]}}\n\n"
        )
    };
    let came = chunk(&call("a", "[11]")) + &chunk(&call("b", "[22]"));
    let went = chunk(&call("a", "[1")) + &tail("1]") + &chunk(&call("b", "[2")) + &tail("2]");
    check(Surface::Chat, ALL, 2, &came, &went);
    let came = chunk(&(call("a", "[11]") + "," + &call("b", "[22]")));
    let went = chunk(&(call("a", "[11]") + "," + &call("b", "[2"))) + &tail("2]");
    check(Surface::Chat, ALL, 2, &came, &went);
    // None with an index or an id: a name begins another call.
    let call = |name: &str, json: &str| {
        format!(r#"{{"function":{{"name":"{name}","arguments":"{json}"}}}}"#)
    };
    let came = chunk(&call("f", "[11]")) + &chunk(&call("g", "[22]"));
    let tail = |json: &str| tail(json).replace("{\"index\":0,\"function\"", "{\"function\"");
    let went = chunk(&call("f", "[1")) + &tail("1]") + &chunk(&call("g", "[2")) + &tail("2]");
    check(Surface::Chat, ALL, 2, &came, &went);
}

#[test]
fn lists_in_a_delta_go_on_where_they_say_so() {
    let chunk =
        |delta: &str| format!("data: {{\"choices\":[{{\"index\":0,\"delta\":{delta}}}]}}\n\n");
    let came = chunk(r#"{"reasoning_details":[{"type":"reasoning.text","index":0,"text":"abc"}]}"#)
        + &chunk(r#"{"content":[{"type":"text","text":"def"}],"annotations":[{"title":"ghi"}]}"#);
    let went = chunk(r#"{"reasoning_details":[{"type":"reasoning.text","index":0,"text":"A"}]}"#)
        + "data: {\"choices\":[{\"index\":0,\"delta\":{\"reasoning_details\":[{\"index\":0,\"type\":\"reasoning.text\",\"text\":\"BC\"}]},\"finish_reason\":null}]}\n\n"
        + &chunk(r#"{"content":[{"type":"text","text":"D"}],"annotations":[{"title":"GHI"}]}"#)
        + "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":[{\"type\":\"text\",\"text\":\"EF\"}]},\"finish_reason\":null}]}\n\n";
    check(Surface::Chat, ALL, 2, &came, &went);
}

#[test]
fn a_character_may_be_cut_in_two() {
    let chunk = |text: &str| format!("data: {{\"choices\":[{{\"text\":\"{text}\"}}]}}\n\n");
    let came = chunk(r"a\ud83d") + &chunk(r"\ude00b") + &chunk(r"\ud83d");
    let went = chunk("A") + &chunk("😀B") + &chunk("");
    let tail = "data: {\"choices\":[{\"index\":0,\"text\":\"\u{fffd}\",\"logprobs\":null,\"finish_reason\":null}]}\n\n";
    check(Surface::Completions, ALL, 0, &came, &(went + tail));
}

#[test]
fn an_error_comes_last() {
    check(
        Surface::Chat,
        ALL,
        9,
        "data: {\"id\":\"c\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"a\"}}]}\n\ndata: {\"error\":{\"message\":\"b c\",\"code\":\"x\",\"type\":\"y\"}}\n\n",
        "data: {\"id\":\"c\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"\"}}]}\n\n\
         data: {\"id\":\"c\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"A\"},\"finish_reason\":null}]}\n\n\
         data: {\"error\":{\"message\":\"B C\",\"code\":\"x\",\"type\":\"y\"}}\n\n",
    );
    check(
        Surface::Messages,
        ALL,
        9,
        "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":3,\"delta\":{\"type\":\"text_delta\",\"text\":\"a\"}}\n\n\
         event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\",\"message\":\"b\"}}\n\n",
        "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":3,\"delta\":{\"type\":\"text_delta\",\"text\":\"\"}}\n\n\
         event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":3,\"delta\":{\"type\":\"text_delta\",\"text\":\"A\"}}\n\n\
         event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\",\"message\":\"B\"}}\n\n",
    );
    check(
        Surface::Responses,
        ALL,
        0,
        "event: error\ndata: {\"type\":\"error\",\"code\":\"c\",\"message\":\"m\",\"param\":\"p\",\"sequence_number\":0}\n\n",
        "event: error\ndata: {\"type\":\"error\",\"code\":\"c\",\"message\":\"M\",\"param\":\"p\",\"sequence_number\":0}\n\n",
    );
}

#[test]
fn events_of_ours_are_numbered() {
    let delta = |number: u64, delta: &str| {
        format!(
            "event: response.output_text.delta\ndata: {{\"type\":\"response.output_text.delta\",\"sequence_number\":{number},\"output_index\":1,\"content_index\":0,\"item_id\":\"i\",\"delta\":\"{delta}\",\"logprobs\":[]}}\n\n"
        )
    };
    let done = |number: u64, text: &str| {
        format!(
            "event: response.output_text.done\ndata: {{\"type\":\"response.output_text.done\", \"sequence_number\" : {number}, \"output_index\":1,\"content_index\":0,\"text\":\"{text}\"}}\n\n"
        )
    };
    let ended = |number: u64| {
        format!(
            "event: response.completed\ndata: {{\"type\":\"response.completed\",\"sequence_number\":{number}}}\n\n"
        )
    };
    let came = delta(4, "abc") + &done(5, "abc") + &ended(6);
    let went = delta(4, "A") + &delta(5, "BC") + &done(6, "ABC") + &ended(7);
    check(Surface::Responses, ALL, 2, &came, &went);
    // Broken off: what waits goes on from the last number.
    check(Surface::Responses, ALL, 2, &delta(4, "abc"), &(delta(4, "A") + &delta(5, "BC")));
    // An item that is done brings what no event of its own ended.
    let item = |number: u64| {
        format!(
            "data: {{\"type\":\"response.output_item.done\",\"sequence_number\":{number},\"output_index\":1,\"item\":{{\"id\":\"i\"}}}}\n\n"
        )
    };
    let came = delta(0, "abc") + &item(1);
    let went = delta(0, "A") + &delta(1, "BC") + &item(2);
    check(Surface::Responses, ALL, 2, &came, &went);
}

#[test]
fn what_is_no_json_is_a_text() {
    let chat = |came: &str, went: &str| check(Surface::Chat, ALL, 2, came, went);
    chat(": comment\n\ndata\n\nevent: ping\n\n\n", ": comment\n\ndata\n\nevent: ping\n\n\n");
    chat("data: plain words\n\n", "data: PLAIN WORDS\n\n");
    chat("data:two\ndata: lines\nid: 7\n\n", "data:TWO\ndata:LINES\nid: 7\n\n");
    chat("data: {\"a\":\"b\n\n", "data: {\"A\":\"B\n\n");
    chat("data:  [DONE] \n\n", "data:  [DONE] \n\n");
    chat(
        "data: \"words\"\n\ndata: [\"words\",1]\n\n",
        "data: \"WORDS\"\n\ndata: [\"WORDS\",1]\n\n",
    );
    // Several lines of data are one text, and become one line where it changes.
    chat(
        "event: e\r\ndata: {\"a\":\r\ndata: \"b\"}\r\n\r\n",
        "event: e\r\ndata: {\"a\": \"B\"}\r\n\r\n",
    );
    chat("data: {\"a\":\ndata: 1}\n\n", "data: {\"a\":\ndata: 1}\n\n");
    chat("\u{feff}data: {\"a\":\"b\"}\n\n", "\u{feff}data: {\"a\":\"B\"}\n\n");
}

#[test]
fn a_stream_that_is_cut_says_what_waited() {
    let delta = "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"ab\"}}]}\n\n";
    let went = "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"A\"}}]}\n\n";
    let tail = "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"B\"},\"finish_reason\":null}]}\n\n";
    check(Surface::Chat, ALL, 1, delta, &(went.to_owned() + tail));
    // No empty line behind the last event.
    check(Surface::Chat, ALL, 1, delta.trim_end(), &(went.to_owned() + tail));
    // Half an event behind the last whole one: ours goes before it.
    let came = delta.to_owned() + "data: {\"cho";
    check(Surface::Chat, ALL, 1, &came, &(went.to_owned() + tail + "data: {\"CHO"));
}

#[test]
fn what_spells_a_text_goes() {
    let options = Options { logprobs: false, reasoning: true };
    check(
        Surface::Chat,
        options,
        0,
        "data: {\"choices\":[{\"delta\":{\"content\":\"1\"},\"logprobs\":{\"content\":[{\"token\":\"a\"}]}},{\"logprobs\":null}]}\n\n",
        "data: {\"choices\":[{\"delta\":{\"content\":\"1\"},\"logprobs\":null},{\"logprobs\":null}]}\n\n",
    );
    check(
        Surface::Responses,
        options,
        0,
        "data: {\"type\":\"response.output_text.delta\",\"delta\":\"1\",\"logprobs\":[{\"token\":\"a\"}]}\n\ndata: {\"type\":\"x\",\"logprobs\":[ ]}\n\n",
        "data: {\"type\":\"response.output_text.delta\",\"delta\":\"1\",\"logprobs\":[]}\n\ndata: {\"type\":\"x\",\"logprobs\":[ ]}\n\n",
    );
    check(
        Surface::Completions,
        ALL,
        0,
        "data: {\"choices\":[{\"text\":\"a\",\"logprobs\":{\"tokens\":[\"a\"]}}]}\n\n",
        "data: {\"choices\":[{\"text\":\"A\",\"logprobs\":{\"tokens\":[\"a\"]}}]}\n\n",
    );
}
