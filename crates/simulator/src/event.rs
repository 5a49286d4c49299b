//! The events of a stream, before they are written down.

use std::borrow::Cow;

/// One event.
#[derive(Clone, Debug)]
pub(crate) struct Event {
    pub(crate) name: Option<&'static str>,
    /// JSON, or another text without a line break.
    pub(crate) data: String,
    /// Goes into the JSON as its last member, where the dialect numbers its events.
    pub(crate) sequence: Option<u64>,
    /// For a content delta, the completion tokens generated with it and before it.
    pub(crate) generated: Option<u64>,
    /// Whether this is the event that says the stream is over.
    pub(crate) closing: bool,
}

impl Event {
    pub(crate) fn control(name: Option<&'static str>, data: String) -> Self {
        Self { name, data, sequence: None, generated: None, closing: false }
    }

    pub(crate) fn delta(name: Option<&'static str>, data: String, generated: u64) -> Self {
        Self { generated: Some(generated), ..Self::control(name, data) }
    }

    pub(crate) fn closing(name: Option<&'static str>, data: String) -> Self {
        Self { closing: true, ..Self::control(name, data) }
    }

    /// The data as it is sent.
    pub(crate) fn text(&self) -> Cow<'_, str> {
        match (self.sequence, self.data.strip_suffix('}')) {
            (Some(sequence), Some(open)) => {
                Cow::Owned(format!(r#"{open},"sequence_number":{sequence}}}"#))
            }
            _ => Cow::Borrowed(&self.data),
        }
    }
}

/// How many events come up to and including so many deltas; before the first delta is what opens
/// the stream.
pub(crate) fn after_deltas(events: &[Event], deltas: u64) -> usize {
    let mut begun = 0;
    for (index, event) in events.iter().enumerate() {
        let ended = deltas > 0 && index > 0 && events[index - 1].generated.is_some();
        if begun == deltas && (event.generated.is_some() || ended) {
            return index;
        }
        begun += u64::from(event.generated.is_some());
    }
    events.len()
}

/// A delta that comes again and again.
#[derive(Clone, Debug)]
pub(crate) struct Refrain {
    event: Event,
    tokens_each: u64,
}

impl Refrain {
    /// Cuts a stream after its last delta, which is then what comes again.
    pub(crate) fn of(events: &mut Vec<Event>) -> Option<Self> {
        let last = events.iter().rposition(|event| event.generated.is_some())?;
        events.truncate(last + 1);
        let item = events.iter().rposition(|event| event.generated.is_none()).map_or(0, |e| e + 1);
        // The first two deltas of an item are as long as any; its last one may be shorter.
        let (repeated, tokens_each) = match &events[item..] {
            [first, second, ..] => (second, second.generated? - first.generated?),
            _ => (&events[last], 1),
        };
        let event = Event {
            sequence: events[last].sequence,
            generated: events[last].generated,
            ..repeated.clone()
        };
        Some(Self { event, tokens_each: tokens_each.max(1) })
    }

    /// The delta once more.
    pub(crate) fn next(&mut self) -> &Event {
        self.event.sequence = self.event.sequence.map(|sequence| sequence + 1);
        self.event.generated = self.event.generated.map(|tokens| tokens + self.tokens_each);
        &self.event
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stream() -> Vec<Event> {
        let delta = |text: &str, generated| Event::delta(None, text.to_owned(), generated);
        vec![
            Event::control(None, "open".to_owned()),
            delta("thinking", 4),
            delta("thinking", 8),
            Event::control(None, "open".to_owned()),
            delta("one", 12),
            delta("two", 16),
            delta("3", 17),
            Event::closing(None, "end".to_owned()),
        ]
    }

    #[test]
    fn deltas_are_counted_with_what_opens_them() {
        let events = stream();
        assert_eq!([0, 1, 2, 3, 9].map(|deltas| after_deltas(&events, deltas)), [1, 2, 3, 5, 8]);
    }

    #[test]
    fn what_comes_again_is_a_whole_delta_of_the_last_item() {
        let mut events = stream();
        let mut refrain = Refrain::of(&mut events).unwrap();
        assert_eq!(events.len(), 7);
        let next = refrain.next();
        assert_eq!((next.data.as_str(), next.generated), ("two", Some(21)));
        assert_eq!(refrain.next().generated, Some(25));
    }

    #[test]
    fn a_number_goes_into_the_json() {
        let mut event = Event::control(None, r#"{"a":1}"#.to_owned());
        assert_eq!(event.text(), r#"{"a":1}"#);
        event.sequence = Some(7);
        assert_eq!(event.text(), r#"{"a":1,"sequence_number":7}"#);
    }
}
