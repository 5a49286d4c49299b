//! An open line to the server: server-sent events, and a beat to act on them.
//!
//! Both live in the browser only, in an effect, and end when they are dropped.

use std::time::Duration;

use leptos::leptos_dom::helpers::IntervalHandle;
use leptos::prelude::*;
use wasm_bindgen::JsCast as _;
use wasm_bindgen::prelude::Closure;
use web_sys::{Event, EventSource};

/// How often the server is asked where events do not arrive, in seconds.
pub const POLL_S: u32 = 15;

/// The line, as a page shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Line {
    /// Before the browser has taken over, or while it connects.
    Connecting,
    /// Events arrive.
    Open,
    /// They do not: the server is asked at intervals instead.
    Polling,
}

/// What came over the line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Heard {
    /// It is open. What happened before this moment was told to nobody.
    Opened,
    /// It is down; the browser may try again by itself.
    Lost,
    /// There is news.
    News,
}

/// The open line, closed when dropped.
pub struct Ear {
    source: EventSource,
    /// Kept alive for as long as the browser may call them.
    _heard: [Closure<dyn FnMut(Event)>; 3],
}

impl Ear {
    /// Listens for events of one name; `None` where the browser cannot.
    #[must_use]
    pub fn open(path: &str, event: &str, heard: impl Fn(Heard) + Copy + 'static) -> Option<Self> {
        let source = EventSource::new(path).ok()?;
        let tell = move |what| Closure::<dyn FnMut(Event)>::new(move |_: Event| heard(what));
        let kept = [tell(Heard::Opened), tell(Heard::Lost), tell(Heard::News)];
        source.set_onopen(Some(kept[0].as_ref().unchecked_ref()));
        source.set_onerror(Some(kept[1].as_ref().unchecked_ref()));
        source.add_event_listener_with_callback(event, kept[2].as_ref().unchecked_ref()).ok()?;
        Some(Self { source, _heard: kept })
    }

    /// Whether the browser has given up for good.
    #[must_use]
    pub fn closed(&self) -> bool {
        self.source.ready_state() == EventSource::CLOSED
    }
}

impl Drop for Ear {
    fn drop(&mut self) {
        self.source.close();
    }
}

/// A running timer, stopped when dropped.
pub struct Beat(Option<IntervalHandle>);

impl Beat {
    /// Calls `beat` every so often.
    #[must_use]
    pub fn start(every: Duration, beat: impl Fn() + 'static) -> Self {
        Self(set_interval_with_handle(beat, every).ok())
    }
}

impl Drop for Beat {
    fn drop(&mut self) {
        if let Some(handle) = self.0 {
            handle.clear();
        }
    }
}
