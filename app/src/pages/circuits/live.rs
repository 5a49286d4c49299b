//! Circuits as they change: an event asks for the list anew, and so does a minute, since traffic moves
//! too. Everything here runs in the browser only, from an effect.

use std::time::Duration;

use contract::circuits::CircuitsView;
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::calls;
use crate::ear::{Beat, Ear, Heard, Line, POLL_S};
use crate::paths;
use crate::ui::Clock;

/// How often news is acted on at most.
const TICK: Duration = Duration::from_secs(1);
/// How often the list is asked for without any news, in seconds.
const AGE_S: u32 = 60;

/// The state of the line.
#[derive(Clone, Copy)]
pub struct Live {
    line: RwSignal<Line>,
    dirty: RwSignal<bool>,
    busy: RwSignal<bool>,
    /// Counts the lists that came, for what has to be asked for beside them.
    pub version: RwSignal<u32>,
}

impl Live {
    /// Not connected yet.
    #[must_use]
    pub fn new() -> Self {
        Self {
            line: RwSignal::new(Line::Connecting),
            dirty: RwSignal::new(false),
            busy: RwSignal::new(false),
            version: RwSignal::new(0),
        }
    }

    /// Asks for the list at the next tick.
    pub fn refresh(self) {
        self.dirty.try_set(true);
    }

    /// Connects, and stays so for as long as the surrounding owner lives. `show` takes a list in.
    pub fn connect(self, show: impl Fn(CircuitsView) + Copy + 'static) {
        Effect::new(move || {
            let ear = StoredValue::new_local(self.listen());
            let seconds = StoredValue::new_local(0_u32);
            let beat = move || {
                let Some(count) = seconds.try_update_value(|seconds| {
                    *seconds = seconds.wrapping_add(1);
                    *seconds
                }) else {
                    return;
                };
                let polling = self.line.try_get_untracked() != Some(Line::Open);
                if polling && count.is_multiple_of(POLL_S) {
                    self.refresh();
                    self.reopen(ear);
                } else if count.is_multiple_of(AGE_S) {
                    self.refresh();
                }
                self.act(show);
            };
            StoredValue::new_local(Beat::start(TICK, beat));
        });
    }

    /// Once per tick: asks, if there is a reason to and nothing is under way.
    fn act(self, show: impl Fn(CircuitsView) + Copy + 'static) {
        let is = |signal: RwSignal<bool>| signal.try_get_untracked();
        if is(self.dirty) != Some(true) || is(self.busy) != Some(false) || document().hidden() {
            return;
        }
        self.dirty.try_set(false);
        self.busy.try_set(true);
        spawn_local(async move {
            if let Ok(view) = calls::list().await {
                show(view);
                self.version.try_update(|version| *version = version.wrapping_add(1));
            }
            self.busy.try_set(false);
        });
    }

    fn listen(self) -> Option<Ear> {
        let ear = Ear::open(paths::LIVE_CIRCUITS, "circuits", move |heard| {
            match heard {
                Heard::Opened => self.line.try_set(Line::Open),
                Heard::Lost => self.line.try_set(Line::Polling),
                Heard::News => None,
            };
            if heard != Heard::Lost {
                self.refresh();
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

/// Whether the page follows by itself; a link to load it anew where it does not.
#[component]
pub fn LiveState(live: Live) -> impl IntoView {
    let clock = Clock::here();
    let word = move || match live.line.get() {
        Line::Open => "open",
        Line::Connecting => "connecting",
        Line::Polling => "polling",
    };
    let words = move || match live.line.get() {
        Line::Open => "Live".to_owned(),
        Line::Connecting => "Connecting…".to_owned(),
        Line::Polling => format!("Live updates are off; asking every {POLL_S} s"),
    };
    move || {
        if clock.awake() {
            view! {
                <span class="live-state" data-state=word>
                    <span class="live-dot" aria-hidden="true"></span>
                    {words}
                </span>
            }
            .into_any()
        } else {
            view! { <a class="link" href=paths::CIRCUITS>"Refresh"</a> }.into_any()
        }
    }
}
