//! New calls as they happen: server-sent events, and asking at intervals where they do not arrive.
//!
//! Everything here runs in the browser only, from an effect. Rows never move under a pointer or a
//! keyboard: new calls come by themselves only while nobody is pointing at or standing in the list.

use std::time::Duration;

use domain::ids::CallId;
use leptos::leptos_dom::helpers::IntervalHandle;
use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen::JsCast as _;
use wasm_bindgen::prelude::Closure;
use web_sys::{Event, EventSource};

use super::calls::{self, Answer, Listing};
use super::query::Query;
use crate::paths;

/// How often news is acted on at most, in milliseconds.
const TICK_MS: u64 = 1000;
/// How often the server is asked where events do not arrive, in ticks.
pub const POLL_TICKS: u32 = 15;
/// How far from the top of the page still counts as being at the top, in pixels.
const TOP_PX: f64 = 200.0;

/// The line to the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Line {
    /// Before the browser has taken over, or while it connects.
    Connecting,
    /// Events arrive.
    Open,
    /// They do not: the server is asked at intervals instead.
    Polling,
}

/// The state of the live feed.
#[derive(Clone, Copy)]
pub struct Live {
    /// The line to the server.
    pub line: RwSignal<Line>,
    /// Calls that came and are not shown yet.
    pub waiting: RwSignal<u32>,
    /// Whether the person has stopped the feed.
    pub paused: RwSignal<bool>,
    /// Whether a pointer or the focus is in the list.
    pub held: RwSignal<bool>,
    dirty: RwSignal<bool>,
    busy: RwSignal<bool>,
}

impl Live {
    /// A feed that is not connected yet.
    #[must_use]
    pub fn new(paused: RwSignal<bool>) -> Self {
        Self {
            line: RwSignal::new(Line::Connecting),
            waiting: RwSignal::new(0),
            paused,
            held: RwSignal::new(false),
            dirty: RwSignal::new(false),
            busy: RwSignal::new(false),
        }
    }

    /// Connects, and stays so for as long as the surrounding owner lives. `latest` is the call that
    /// the list continues from; `show` takes a fresh listing in.
    pub fn connect(
        self,
        query: Query,
        latest: RwSignal<Option<CallId>>,
        show: impl Fn(Listing) + Copy + 'static,
    ) {
        Effect::new(move || {
            let ear = StoredValue::new_local(self.listen());
            let query = query.clone();
            let ticks = StoredValue::new_local(0_u32);
            let beat = move || {
                let Some(count) = ticks.try_update_value(|ticks| {
                    *ticks = ticks.wrapping_add(1);
                    *ticks
                }) else {
                    return;
                };
                if self.line.try_get_untracked() == Some(Line::Polling)
                    && count.is_multiple_of(POLL_TICKS)
                {
                    self.dirty.try_set(true);
                    self.reopen(ear);
                }
                self.act(query.clone(), latest, show);
            };
            StoredValue::new_local(Beat::start(beat));
        });
    }

    /// Loads what is waiting.
    pub fn load(self, query: Query, show: impl Fn(Listing) + Copy + 'static) {
        self.busy.try_set(true);
        spawn_local(async move {
            if let Ok(Answer::Listing(listing)) = calls::list(query).await {
                self.waiting.try_set(0);
                show(*listing);
            }
            self.busy.try_set(false);
        });
    }

    /// Once per tick: acts on news, if there is any and nothing is under way.
    fn act(
        self,
        query: Query,
        latest: RwSignal<Option<CallId>>,
        show: impl Fn(Listing) + Copy + 'static,
    ) {
        let is = |signal: RwSignal<bool>| signal.try_get_untracked().unwrap_or(true);
        let idle = !self.dirty.try_get_untracked().unwrap_or(false);
        if idle || is(self.busy) || is(self.paused) || document().hidden() {
            return;
        }
        self.dirty.try_set(false);
        let at_top = window().scroll_y().is_ok_and(|y| y < TOP_PX);
        if at_top && !is(self.held) {
            return self.load(query, show);
        }
        let Some(after) = latest.try_get_untracked() else { return };
        self.busy.try_set(true);
        spawn_local(async move {
            if let Ok(count) = calls::newer(query, after).await {
                self.waiting.try_set(count);
            }
            self.busy.try_set(false);
        });
    }

    fn listen(self) -> Option<Ear> {
        let ear = Ear::open(self);
        if ear.is_none() {
            self.line.try_set(Line::Polling);
        }
        ear
    }

    /// Tries again where the browser has given up for good.
    fn reopen(self, ear: StoredValue<Option<Ear>, LocalStorage>) {
        ear.try_update_value(|ear| {
            if ear.as_ref().is_none_or(Ear::closed) {
                *ear = self.listen();
            }
        });
    }
}

/// The open line, closed when dropped.
struct Ear {
    source: EventSource,
    /// Kept alive for as long as the browser may call them.
    _heard: [Closure<dyn FnMut(Event)>; 3],
}

impl Ear {
    fn open(live: Live) -> Option<Self> {
        let source = EventSource::new(paths::LIVE_ACTIVITY).ok()?;
        let heard = [
            Closure::<dyn FnMut(Event)>::new(move |_| {
                live.line.try_set(Line::Open);
                // What was recorded between the listing and this moment was told to nobody.
                live.dirty.try_set(true);
            }),
            Closure::<dyn FnMut(Event)>::new(move |_| {
                live.line.try_set(Line::Polling);
            }),
            Closure::<dyn FnMut(Event)>::new(move |_| {
                live.dirty.try_set(true);
            }),
        ];
        source.set_onopen(Some(heard[0].as_ref().unchecked_ref()));
        source.set_onerror(Some(heard[1].as_ref().unchecked_ref()));
        let news = heard[2].as_ref().unchecked_ref();
        source.add_event_listener_with_callback("calls", news).ok()?;
        Some(Self { source, _heard: heard })
    }

    fn closed(&self) -> bool {
        self.source.ready_state() == EventSource::CLOSED
    }
}

impl Drop for Ear {
    fn drop(&mut self) {
        self.source.close();
    }
}

/// A running timer, stopped when dropped.
struct Beat(Option<IntervalHandle>);

impl Beat {
    fn start(beat: impl Fn() + 'static) -> Self {
        Self(set_interval_with_handle(beat, Duration::from_millis(TICK_MS)).ok())
    }
}

impl Drop for Beat {
    fn drop(&mut self) {
        if let Some(handle) = self.0 {
            handle.clear();
        }
    }
}
