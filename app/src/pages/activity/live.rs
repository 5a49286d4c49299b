//! New calls as they happen: server-sent events, and asking at intervals where they do not arrive.
//!
//! Everything here runs in the browser only, from an effect. Rows never move under a pointer or a
//! keyboard: new calls come by themselves only while nobody is pointing at or standing in the list.

use std::time::Duration;

use domain::ids::CallId;
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::calls::{self, Answer, Listing};
use super::query::Query;
use crate::ear::{Beat, Ear, Heard, Line, POLL_S};
use crate::paths;

/// How often news is acted on at most.
const TICK: Duration = Duration::from_secs(1);
/// How far from the top of the page still counts as being at the top, in pixels.
const TOP_PX: f64 = 200.0;

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
                if self.line.try_get_untracked() != Some(Line::Open) && count.is_multiple_of(POLL_S)
                {
                    self.dirty.try_set(true);
                    self.reopen(ear);
                }
                self.act(query.clone(), latest, show);
            };
            StoredValue::new_local(Beat::start(TICK, beat));
        });
    }

    /// Loads what is waiting.
    pub fn load(self, query: Query, show: impl Fn(Listing) + Copy + 'static) {
        self.busy.try_set(true);
        spawn_local(async move {
            match calls::list(query).await {
                Ok(Answer::Listing(listing)) => {
                    self.waiting.try_set(0);
                    show(*listing);
                }
                Ok(Answer::Window(_)) => {}
                // The news is not lost with the answer.
                Err(_) => _ = self.dirty.try_set(true),
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
            match calls::newer(query, after).await {
                Ok(count) => _ = self.waiting.try_set(count),
                Err(_) => _ = self.dirty.try_set(true),
            }
            self.busy.try_set(false);
        });
    }

    fn listen(self) -> Option<Ear> {
        let ear = Ear::open(paths::LIVE_ACTIVITY, "calls", move |heard| {
            match heard {
                Heard::Opened => self.line.try_set(Line::Open),
                Heard::Lost => self.line.try_set(Line::Polling),
                Heard::News => None,
            };
            if heard != Heard::Lost {
                self.dirty.try_set(true);
            }
        });
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
