//! What the feed says when it has no rows to show.

use leptos::prelude::*;
use leptos_meta::Title;

use super::query::Query;
use crate::paths;
use crate::ui::time_range::{BadWindow, Preset, Range};
use crate::ui::{Copy, Drawing, Empty, LinkButton, Tone};

/// No call was ever made here: how to make the first one.
#[component]
pub fn FirstUse(
    /// A model on offer.
    model: Option<String>,
) -> impl IntoView {
    let model = model.unwrap_or_else(|| "gpt-4o-mini".to_owned());
    let curl = format!(
        "curl https://YOUR-SERVER/v1/chat/completions \\\n  \
         -H \"Authorization: Bearer $TOKENONE_API_KEY\" \\\n  \
         -H \"Content-Type: application/json\" \\\n  \
         -d '{{\"model\": \"{model}\", \"messages\": [{{\"role\": \"user\", \"content\": \"Hello\"}}]}}'"
    );
    view! {
        <Empty
            drawing=Drawing::Circuit
            title="No call yet"
            sentence="Make a key, send a call with it to this gateway, and it appears here within a second."
        >
            <div class="snippet w-full max-w-[min(40rem,calc(100vw-5rem))]">
                <pre tabindex="0" aria-label="A first call with curl">{curl.clone()}</pre>
                <Copy text=Signal::stored(curl) what="the command" />
            </div>
            <div class="w-full">
                <LinkButton href=paths::KEYS tone=Tone::Primary>
                    "Make a key"
                </LinkButton>
            </div>
        </Empty>
    }
}

/// Calls were made, but none of these.
#[component]
pub fn NothingMatches(query: Query) -> impl IntoView {
    let filtered = !query.parts().is_empty();
    let title = format!("No call {}", query.range.words());
    let title = if filtered { format!("{title} matches") } else { title };
    let wider = wider(query.range).map(|range| {
        let url = query.with(|q| q.range = range).url();
        view! { <LinkButton href=url>{format!("Look {}", range.words())}</LinkButton> }
    });
    view! {
        <Empty title=title sentence="There are calls outside of what is chosen above.">
            {wider}
            {filtered.then(|| view! { <LinkButton href=query.cleared().url()>"Clear filters"</LinkButton> })}
        </Empty>
    }
}

/// The range of time cannot be looked up: what can.
#[component]
pub fn BadRange(query: Query, bad: BadWindow, days_max: i64) -> impl IntoView {
    let (title, sentence, offer) = match bad {
        BadWindow::TooLong { nearest } => (
            "That is too long",
            format!("Activity looks back over at most {days_max} days at a time."),
            Some(nearest),
        ),
        BadWindow::Backwards => (
            "That range is empty",
            "It ends before it begins, or lies in the future.".to_owned(),
            None,
        ),
    };
    view! {
        <Title text="Activity" />
        <Empty title=title sentence=sentence>
            {offer
                .map(|range| {
                    let url = query.with(|q| q.range = range).url();
                    view! {
                        <LinkButton href=url tone=Tone::Primary>
                            {format!("Look {}", range.words())}
                        </LinkButton>
                    }
                })}
            <LinkButton href=query.with(|q| q.range = Range::default()).url()>
                {format!("Look {}", Range::default().words())}
            </LinkButton>
        </Empty>
    }
}

/// The next longer range, to be offered where a short one has nothing.
fn wider(range: Range) -> Option<Range> {
    match range {
        Range::Last(preset) => {
            Preset::ALL.into_iter().skip_while(|longer| *longer != preset).nth(1).map(Range::Last)
        }
        Range::Between { .. } => Some(Range::Last(Preset::Month)),
    }
}
