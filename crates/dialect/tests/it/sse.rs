//! Streams as text: events cut and put together.

use dialect::{Context, Step, Stream};
use serde_json::Value;

/// An event: its name, if any, and its data.
pub type Event = (Option<String>, String);

/// The events of a stream. Each must be whole: lines of `event` and `data`, and an empty line.
pub fn events(stream: &str) -> Vec<Event> {
    assert!(stream.is_empty() || stream.ends_with("\n\n"), "an event is cut: {stream:?}");
    stream
        .split("\n\n")
        .filter(|event| !event.trim().is_empty())
        .map(|event| {
            let mut name = None;
            let mut data = None;
            for line in event.lines() {
                if let Some(rest) = line.strip_prefix("event: ") {
                    assert!(name.replace(rest.to_owned()).is_none(), "two names: {event}");
                } else if let Some(rest) = line.strip_prefix("data: ") {
                    assert!(data.replace(rest.to_owned()).is_none(), "two data: {event}");
                } else {
                    panic!("no line of an event: {line:?}");
                }
            }
            (name, data.unwrap_or_default())
        })
        .collect()
}

/// An event's data as JSON.
pub fn json((_, data): &Event) -> Value {
    serde_json::from_str(data).unwrap_or_else(|error| panic!("{error}: {data}"))
}

/// Feeds events to a stream. Gives what the client sees and where the stream stands.
pub fn run(context: &Context, events: &[Event]) -> (String, Step) {
    let mut stream = Stream::new(context.clone());
    let mut out = Vec::new();
    let mut step = Step::Going;
    for (name, data) in events {
        step = match stream.event(name.as_deref(), data.as_bytes(), &mut out) {
            Ok(step) => step,
            Err(broken) => {
                stream.fail("provider_invalid_answer", &broken.to_string(), &mut out);
                Step::Failed
            }
        };
    }
    if step == Step::Going {
        let message = "The provider could not be reached or broke off.";
        step = stream.close("provider_unreachable", message, &mut out);
    }
    (String::from_utf8(out).unwrap(), step)
}
