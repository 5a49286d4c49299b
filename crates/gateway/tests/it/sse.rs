//! Streams as clients see them: events cut out of the text, and what keeps it alive between them.

use serde_json::Value;

/// An event: its name, if any, and its data.
pub type Event = (Option<String>, String);

/// The events of a stream without comments and pings. Each must be whole.
pub fn events(stream: &str) -> Vec<Event> {
    assert!(stream.ends_with("\n\n"), "an event is cut: {stream:?}");
    stream
        .split("\n\n")
        .filter_map(|event| {
            let value = |field: &str| {
                event.lines().find_map(|line| line.strip_prefix(field)).map(str::to_owned)
            };
            Some((value("event: "), value("data: ")?))
        })
        .filter(|(name, _)| name.as_deref() != Some("ping"))
        .collect()
}

/// The data of the last event.
pub fn last(stream: &str) -> Value {
    json(events(stream).last().unwrap())
}

/// An event's data as JSON.
pub fn json((_, data): &Event) -> Value {
    serde_json::from_str(data).unwrap_or_else(|error| panic!("{error}: {data}"))
}
