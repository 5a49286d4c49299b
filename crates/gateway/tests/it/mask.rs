//! Personal data in answers: masked on every surface, wherever a stream is cut, and the end always comes.

use domain::guard::Verdict;
use domain::provider::Surface;
use serde_json::{Value, json};

use crate::guard::{PERSONAL, every, saying};
use crate::house::House;
use crate::sse;
use crate::surfaces::STREAMED;

/// What of [`PERSONAL`] must not be seen.
const VALUES: [&str; 3] = ["jane.doe", "901820", "3704 0044"];

/// The words of a streamed answer, put together as a client does.
pub fn words(surface: Surface, stream: &str) -> String {
    let piece = |event: &sse::Event| -> String {
        if event.1 == "[DONE]" {
            return String::new();
        }
        let data = sse::json(event);
        let found = match surface {
            Surface::Chat => &data["choices"][0]["delta"]["content"],
            Surface::Completions => &data["choices"][0]["text"],
            Surface::Responses if data["type"] == "response.output_text.delta" => &data["delta"],
            Surface::Messages => &data["delta"]["text"],
            _ => &Value::Null,
        };
        found.as_str().unwrap_or_default().to_owned()
    };
    sse::events(stream).iter().map(piece).collect()
}

/// Whether a stream came to the end that its dialect has.
fn ends(surface: Surface, stream: &str) {
    let events = sse::events(stream);
    let (name, data) = events.last().unwrap();
    match surface {
        Surface::Chat | Surface::Completions => {
            assert_eq!(data, "[DONE]", "{stream}");
            assert!(stream.contains(r#""finish_reason":"stop""#), "{stream}");
        }
        Surface::Responses => {
            assert_eq!(name.as_deref(), Some("response.completed"), "{stream}");
            let numbers = events.iter().map(|event| sse::json(event)["sequence_number"].as_u64());
            let counted: Vec<u64> = numbers.map(Option::unwrap).collect();
            assert!(counted.iter().zip(1..).all(|(one, next)| one + 1 == next), "{counted:?}");
        }
        _ => assert_eq!(name.as_deref(), Some("message_stop"), "{stream}"),
    }
}

#[tokio::test]
async fn t29_personal_data_is_masked_wherever_a_stream_is_cut_and_the_end_always_comes() {
    let house = House::new().await;
    let told = PERSONAL.repeat(2);
    for surface in STREAMED {
        let mut masked: Vec<String> = Vec::new();
        for chunks in [1, 2, 3, 7, 19, 40, 120, 400] {
            let request = house.ask(surface, &saying(surface, true, &told));
            let request = request.header("x-simulate", format!("echo;chunks={chunks}"));
            let stream = request.send().await.unwrap().text().await.unwrap();
            for value in VALUES {
                assert!(!stream.contains(value), "{surface:?} {chunks}: {stream}");
            }
            ends(surface, &stream);
            masked.push(words(surface, &stream));
        }
        assert_eq!(masked[0].matches("[masked]").count(), 6, "{}", masked[0]);
        // The same for every cutting, but for what the simulator adds to have so many pieces.
        let same = |other: &String| other.starts_with(masked[0].trim_end());
        assert!(masked.iter().all(same), "{surface:?}: {masked:#?}");
    }
}

#[tokio::test]
async fn t29_what_is_certain_is_not_held_back() {
    let house = House::new().await;
    for surface in STREAMED {
        let text = "These are ordinary words, and nothing in them is personal at all. ".repeat(8);
        let request = house.ask(surface, &saying(surface, true, &text));
        let request = request.header("x-simulate", "echo;chunks=100;error_after=80");
        let stream = request.send().await.unwrap().text().await.unwrap();
        let whole = house.ask(surface, &saying(surface, true, &text));
        let whole = whole.header("x-simulate", "echo;chunks=100");
        let whole = words(surface, &whole.send().await.unwrap().text().await.unwrap());
        // All that came before the break has come through it.
        let came = words(surface, &stream);
        assert!(whole.starts_with(&came), "{surface:?}: {came}");
        assert!(
            came.len() * 5 >= whole.len() * 4 - 40,
            "{surface:?}: {} of {}",
            came.len(),
            whole.len()
        );
    }
}

#[tokio::test]
async fn t29_the_arguments_of_tools_are_masked_too_and_stay_json() {
    let house = House::new().await;
    let schema = json!({"type": "object", "required": ["to", "note"], "properties": {
        "to": {"const": "jane.doe@kontor-hansen.de"}, "note": {"const": "call +49 30 901820 \"now\""}}});
    for surface in [Surface::Chat, Surface::Responses, Surface::Messages] {
        for streamed in [false, true] {
            let mut body = saying(surface, streamed, "Hello");
            body["tools"] = match surface {
                Surface::Chat => {
                    json!([{"type": "function", "function": {"name": "send", "parameters": schema}}])
                }
                Surface::Responses => {
                    json!([{"type": "function", "name": "send", "parameters": schema}])
                }
                _ => json!([{"name": "send", "input_schema": schema}]),
            };
            let request =
                house.ask(surface, &body).header("x-simulate", "tool_call=send;chunks=50");
            let answer = request.send().await.unwrap().text().await.unwrap();
            for value in VALUES {
                assert!(!answer.contains(value), "{surface:?} {streamed}: {answer}");
            }
            let arguments = arguments(surface, streamed, &answer);
            assert_eq!(arguments["to"], "[masked]", "{surface:?} {streamed}: {answer}");
            assert_eq!(arguments["note"], "call [masked] \"now\"", "{surface:?} {streamed}");
        }
    }
}

/// The arguments of the only tool call, as a client reads them.
fn arguments(surface: Surface, streamed: bool, answer: &str) -> Value {
    if !streamed {
        let answer: Value = serde_json::from_str(answer).unwrap();
        return match surface {
            Surface::Chat => {
                let call = &answer["choices"][0]["message"]["tool_calls"][0]["function"];
                serde_json::from_str(call["arguments"].as_str().unwrap()).unwrap()
            }
            Surface::Responses => {
                let items = answer["output"].as_array().unwrap();
                let call = items.iter().find(|item| item["type"] == "function_call").unwrap();
                serde_json::from_str(call["arguments"].as_str().unwrap()).unwrap()
            }
            _ => {
                let blocks = answer["content"].as_array().unwrap();
                blocks.iter().find(|block| block["type"] == "tool_use").unwrap()["input"].clone()
            }
        };
    }
    let piece = |event: &sse::Event| -> String {
        if event.1 == "[DONE]" {
            return String::new();
        }
        let data = sse::json(event);
        let found = match surface {
            Surface::Chat => &data["choices"][0]["delta"]["tool_calls"][0]["function"]["arguments"],
            Surface::Responses if data["type"] == "response.function_call_arguments.delta" => {
                &data["delta"]
            }
            Surface::Messages => &data["delta"]["partial_json"],
            _ => &Value::Null,
        };
        found.as_str().unwrap_or_default().to_owned()
    };
    let joined: String = sse::events(answer).iter().map(piece).collect();
    serde_json::from_str(&joined).unwrap_or_else(|error| panic!("{error}: {joined}"))
}

#[tokio::test]
async fn t30_every_answer_is_masked_whole_and_streamed_and_translated() {
    let house = House::new().await;
    let translated = house.estate.serving("other", &[Surface::Messages]).await;
    house.estate.route("elsewhere", &[(translated, "sim-small")]).await;
    house.follow().await;
    let mut done = 0;
    for model in ["sim-small", "elsewhere"] {
        for (surface, streamed) in every() {
            let speaks = !matches!(surface, Surface::Embeddings | Surface::CountTokens);
            let there = matches!(surface, Surface::Chat | Surface::Responses | Surface::Messages);
            if !speaks || (model == "elsewhere" && !there) {
                continue;
            }
            let mut body = saying(surface, streamed, PERSONAL);
            body["model"] = model.into();
            let response =
                house.ask(surface, &body).header("x-simulate", "echo").send().await.unwrap();
            assert_eq!(response.status(), 200, "{model} {surface:?}");
            done += 1;
            let header = response.headers().get("x-tokenone-masked").cloned();
            let answer = response.text().await.unwrap();
            for value in VALUES {
                assert!(!answer.contains(value), "{model} {surface:?} {streamed}: {answer}");
            }
            assert!(answer.contains("[masked]"), "{model} {surface:?} {streamed}: {answer}");
            if streamed {
                ends(surface, &answer);
            } else {
                let header = header.unwrap();
                assert!(header.to_str().unwrap().contains("kinds=email,iban,phone"), "{header:?}");
            }
        }
    }
    for found in house.findings(done).await {
        let found = found.unwrap();
        assert!(found.masked.len() == 3 && found.verdict == Verdict::Clean, "{found:?}");
    }
}
