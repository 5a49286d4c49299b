//! Anthropic's messages.

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
    message: Option<Message<'a>>,
    #[serde(borrow, default)]
    usage: Option<&'a RawValue>,
    #[serde(default)]
    delta: Option<Text>,
    #[serde(default)]
    content_block: Option<Text>,
}

/// A message, whole or as it begins.
#[derive(Deserialize)]
struct Message<'a> {
    #[serde(borrow, default, rename = "type")]
    kind: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    id: Option<&'a RawValue>,
    #[serde(borrow, default)]
    model: Option<&'a RawValue>,
    #[serde(borrow, default)]
    usage: Option<&'a RawValue>,
    #[serde(default)]
    content: Option<Text>,
}

pub(super) fn event(meter: &mut Meter, data: &[u8]) -> Result<Said, NoAnswer> {
    let event: Event<'_> = read(data)?;
    let said = match &*event.kind {
        "message_stop" => Said::Done,
        "error" => return Ok(Said::Error),
        _ => Said::Part,
    };
    if let Some(message) = &event.message {
        let start = message.usage.and_then(|usage| serde_json::from_str(usage.get()).ok());
        if let Some(start) = &start {
            meter.notice_extras(start);
        }
        meter.usage_at_start = start;
        meter.take(&Sight { id: message.id, model: message.model, ..Sight::default() });
    }
    // A message's delta holds why it stopped, which is no text of it.
    let of_block = matches!(&*event.kind, "content_block_delta" | "content_block_start");
    let text = event.delta.unwrap_or_default().0 + event.content_block.unwrap_or_default().0;
    let text_bytes = if of_block { text } else { 0 };
    meter.take(&Sight { usage: event.usage, text_bytes, ..Sight::default() });
    Ok(said)
}

pub(super) fn whole(meter: &mut Meter, body: &[u8]) -> Result<bool, NoAnswer> {
    let message: Message<'_> = read(body)?;
    meter.take(&Sight {
        id: message.id,
        model: message.model,
        usage: message.usage,
        text_bytes: message.content.unwrap_or_default().0,
        tier: None,
    });
    Ok(message.kind.as_deref() == Some("error"))
}
