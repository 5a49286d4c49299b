//! Whether the page has come to life, and with it the browser's clock and time zone.

use leptos::prelude::*;

/// Server and browser must render the same page at first, so local times and "ago" wait for this.
#[derive(Clone, Copy)]
pub struct Clock {
    awake: RwSignal<bool>,
    /// Counts minutes, so that "3 min ago" moves on.
    tick: RwSignal<u32>,
}

/// How often relative times are brought up to date.
#[cfg(feature = "hydrate")]
const TICK: std::time::Duration = std::time::Duration::from_secs(30);

impl Clock {
    /// Provides the clock to everything below. Call once, in the root.
    pub fn provide() -> Self {
        let clock = Self { awake: RwSignal::new(false), tick: RwSignal::new(0) };
        provide_context(clock);
        #[cfg(feature = "hydrate")]
        Effect::new(move |_| {
            clock.awake.set(true);
            // Tells the style sheet that scripts run; parts that need one are hidden before.
            if let Some(root) = document().document_element() {
                let _ = root.set_attribute("data-awake", "");
            }
            let _ = set_interval_with_handle(move || clock.tick.update(|n| *n += 1), TICK);
        });
        clock
    }

    /// The clock, wherever a page is; asleep where none was provided.
    #[must_use]
    pub fn here() -> Self {
        use_context()
            .unwrap_or_else(|| Self { awake: RwSignal::new(false), tick: RwSignal::new(0) })
    }

    /// Whether the browser has taken over. Reactive.
    #[must_use]
    pub fn awake(self) -> bool {
        self.awake.get()
    }

    /// The browser's time in milliseconds since 1970, once it has taken over. Reactive, twice a minute.
    #[must_use]
    pub fn now_ms(self) -> Option<i64> {
        if !self.awake.get() {
            return None;
        }
        self.tick.track();
        #[expect(clippy::cast_possible_truncation, reason = "milliseconds since 1970 fit for ages")]
        let now = js_sys::Date::now() as i64;
        Some(now)
    }
}
