//! OpenAI's responses.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::text::Text;
use super::{Meter, NoAnswer, Said, Sight, read};

/// An event of a stream.
#[derive(Deserialize)]
struct Event<'a> {
    #[serde(borrow, rename = "type")]
    kind: Cow<'a, str>,
    #[serde(borrow, default)]
    response: Option<Response<'a>>,
    #[serde(default)]
    delta: Option<Text>,
    #[serde(borrow, default)]
    item: Option<Item<'a>>,
    #[serde(default)]
    sequence_number: u64,
}

/// A response, whole or at a moment of its stream.
#[derive(Deserialize)]
struct Response<'a> {
    #[serde(borrow, default)]
    id: Option<&'a RawValue>,
    #[serde(borrow, default)]
    model: Option<&'a RawValue>,
    #[serde(borrow, default)]
    usage: Option<&'a RawValue>,
    #[serde(borrow, default)]
    error: Option<&'a RawValue>,
    #[serde(borrow, default)]
    status: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    service_tier: Option<&'a RawValue>,
    #[serde(borrow, default)]
    output: Option<&'a RawValue>,
    #[serde(borrow, default)]
    conversation: Option<&'a RawValue>,
}

/// A conversation that the provider keeps.
#[derive(Deserialize)]
struct Conversation<'a> {
    #[serde(borrow, default)]
    id: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct Item<'a> {
    #[serde(borrow, default, rename = "type")]
    kind: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    id: Option<&'a RawValue>,
    #[serde(borrow, default)]
    encrypted_content: Option<&'a RawValue>,
}

pub(super) fn event(meter: &mut Meter, data: &[u8]) -> Result<Said, NoAnswer> {
    // Some servers send it here too.
    if data == b"[DONE]" {
        return Ok(Said::Part);
    }
    let event: Event<'_> = read(data)?;
    meter.next_sequence = meter.next_sequence.max(event.sequence_number.saturating_add(1));
    if let Some(response) = &event.response {
        // A stream's response names its tier before it is served: only the last word counts.
        let tier = response.usage.and(response.service_tier);
        meter.take(&Sight { tier, text_bytes: 0, ..sight(response, 0) });
        mark(meter, response);
    }
    if event.kind.ends_with(".delta") {
        let text_bytes = event.delta.unwrap_or_default().0;
        meter.take(&Sight { text_bytes, ..Sight::default() });
    }
    if event.kind == "response.output_item.done"
        && let Some(item) = &event.item
    {
        look_at(meter, item);
    }
    Ok(match &*event.kind {
        "response.completed" | "response.incomplete" => Said::Done,
        "response.failed" | "error" => Said::Error,
        _ => Said::Part,
    })
}

pub(super) fn whole(meter: &mut Meter, body: &[u8]) -> Result<bool, NoAnswer> {
    let response: Response<'_> = read(body)?;
    let output = response.output.map_or("[]", RawValue::get);
    let text = serde_json::from_str::<Text>(output).unwrap_or_default();
    meter.take(&sight(&response, text.0));
    let items: Vec<Item<'_>> = serde_json::from_str(output).unwrap_or_default();
    mark(meter, &response);
    items.iter().for_each(|item| look_at(meter, item));
    Ok(response.status.as_deref() == Some("failed")
        || (response.output.is_none() && response.error.is_some()))
}

/// Marks the response, and the conversation that it belongs to.
fn mark(meter: &mut Meter, response: &Response<'_>) {
    meter.mark(response.id);
    let conversation = response.conversation.map(RawValue::get);
    if let Some(kept) = conversation.and_then(|kept| serde_json::from_str(kept).ok()) {
        let Conversation { id } = kept;
        meter.mark(id);
    }
}

/// What an item that is complete costs, and what it leaves with the account.
fn look_at(meter: &mut Meter, item: &Item<'_>) {
    meter.priced_apart |= billed_apart(item.kind.as_deref());
    meter.mark(item.encrypted_content);
    meter.mark(item.id);
}

fn sight<'a>(response: &Response<'a>, text_bytes: u64) -> Sight<'a> {
    Sight {
        id: response.id,
        model: response.model,
        usage: response.usage,
        text_bytes,
        tier: response.service_tier,
    }
}

/// Tools that the provider runs itself and bills by the use.
fn billed_apart(kind: Option<&str>) -> bool {
    matches!(
        kind,
        Some(
            "web_search_call"
                | "file_search_call"
                | "code_interpreter_call"
                | "image_generation_call"
        )
    )
}

#[cfg(test)]
mod tests {
    use domain::provider::Surface;
    use serde_json::json;

    use super::*;
    use crate::origin::{Mark, STORED_MAX};

    #[test]
    fn a_long_answer_leaves_a_mark_of_each_of_its_items_up_to_the_bound() {
        let marked = |items: usize| {
            let output: Vec<_> = (0..items)
                .map(|n| json!({"type": "reasoning", "id": format!("rs_{n}"), "encrypted_content": format!("e{n}")}))
                .collect();
            let body = json!({"id": "resp_1", "status": "completed", "output": output});
            let mut meter = Meter::new(Surface::Responses);
            assert_eq!(whole(&mut meter, body.to_string().as_bytes()), Ok(false));
            meter.marks().to_vec()
        };
        let marks = marked(200);
        assert_eq!(marks.len(), 401);
        for text in ["resp_1", "rs_0", "e0", "rs_199", "e199"] {
            assert!(marks.contains(&Mark::of(text)), "{text}");
        }
        assert_eq!(marked(STORED_MAX).len(), STORED_MAX);
    }
}
