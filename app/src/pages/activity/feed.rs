//! The rows of the feed, and new ones as they come.

use contract::activity::CallRow;
use domain::cursor::Cursor;
use domain::ids::CallId;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;
use wasm_bindgen::JsCast as _;
use web_sys::{Element, MouseEvent};

use super::calls::{COUNT_MAX, Listing};
use super::live::Live;
use super::query::Query;
use super::row::{LINKS, columns, row};
use super::states::{FirstUse, NothingMatches};
use super::status::LiveStatus;
use crate::ui::number::count;
use crate::ui::shortcuts::{shortcuts, step_focus};
use crate::ui::time_range::Range;
use crate::ui::{Clock, Pager, Table};

/// Rows on the page at most, however many have come while it was open.
const ROWS_MAX: usize = 300;

/// What is shown, and changes as calls come in.
#[derive(Clone, Copy)]
struct Shown {
    rows: RwSignal<Vec<CallRow>>,
    matching: RwSignal<u32>,
    latest: RwSignal<Option<CallId>>,
    older: RwSignal<Option<Cursor>>,
    any_calls: RwSignal<bool>,
}

impl Shown {
    fn new(listing: Listing) -> Self {
        Self {
            rows: RwSignal::new(listing.page.rows),
            matching: RwSignal::new(listing.matching),
            latest: RwSignal::new(listing.page.latest),
            older: RwSignal::new(listing.page.older),
            any_calls: RwSignal::new(listing.page.any_calls),
        }
    }

    /// Takes the newest page in, above the rows that are there already.
    fn take(self, listing: Listing) {
        let page = listing.page;
        let Some(rows) = self.rows.try_get_untracked() else { return };
        let older = self.older.try_get_untracked().flatten();
        let (rows, older) = merged(page.rows, page.older, rows, older);
        self.older.try_set(older);
        self.rows.try_set(rows);
        self.matching.try_set(listing.matching);
        self.latest.try_set(page.latest);
        self.any_calls.try_set(page.any_calls);
    }
}

/// The rows of the feed.
#[component]
pub fn Feed(query: Query, listing: Listing, paused: RwSignal<bool>) -> impl IntoView {
    let shown = Shown::new(listing.clone());
    let newer = listing.page.newer.map(|cursor| query.at(cursor).url());
    let newest = query.at(Cursor::Newest);
    let first_model = listing.page.facets.models.first().cloned();
    let live = is_live(&query, newer.is_some()).then(|| Live::new(paused));
    if let Some(live) = live {
        live.connect(newest.clone(), shown.latest, move |listing| shown.take(listing));
    }
    keys();

    let range = query.range;
    // The document's title is brought up to date once more while the page is being left.
    let matching = listing.matching;
    let counted = move || calls(shown.matching.try_get().unwrap_or(matching));
    let sentence = move || format!("{} {}", counted(), range.words());
    let newest_url = newest.url();
    let load = Callback::new(move |()| {
        if let Some(live) = live {
            live.load(newest.clone(), move |listing| shown.take(listing));
        }
    });
    let older = {
        let query = query.clone();
        Signal::derive(move || shown.older.get().map(|cursor| query.at(cursor).url()))
    };
    let empty = Memo::new(move |_| shown.rows.with(Vec::is_empty));
    view! {
        <Title text=move || format!("Activity: {}", sentence()) />
        <div class="feed-line">
            <p class="feed-count">{sentence}</p>
            <LiveStatus live=live newest=newest_url load=load />
        </div>
        {move || {
            let query = query.clone();
            if !empty.get() {
                view! { <Rows query=query shown=shown live=live /> }.into_any()
            } else if shown.any_calls.get() {
                view! { <NothingMatches query=query /> }.into_any()
            } else {
                view! { <FirstUse model=first_model.clone() /> }.into_any()
            }
        }}
        <Pager label="Pages of calls" newer=Signal::stored(newer) older=older />
    }
}

/// The table. A click anywhere in a row opens the call; the link in its first cell does so for
/// everyone else.
#[component]
fn Rows(query: Query, shown: Shown, live: Option<Live>) -> impl IntoView {
    let clock = Clock::here();
    let navigate = use_navigate();
    let open = move |event: MouseEvent| {
        if let Some(href) = clicked_row(&event) {
            navigate(&href, NavigateOptions::default());
        }
    };
    let hold = move |held: bool| {
        if let Some(live) = live {
            live.held.try_set(held);
        }
    };
    view! {
        <div
            class="feed"
            on:click=open
            on:pointerenter=move |_| hold(true)
            on:pointerleave=move |_| hold(false)
            on:focusin=move |_| hold(true)
            on:focusout=move |_| hold(false)
        >
            <Table caption="Calls, newest first" columns=columns()>
                <For
                    each=move || shown.rows.get()
                    key=|call| (call.id, call.outcome)
                    children=move |call| row(clock, &query, call)
                />
            </Table>
        </div>
    }
}

/// Whether new calls can appear here: on the newest page of a range that is open at its end.
fn is_live(query: &Query, newer: bool) -> bool {
    let past = newer || matches!(query.cursor, Cursor::Before(_));
    !past && !matches!(query.range, Range::Between { to: Some(_), .. })
}

/// `j` and `k` go from row to row; Enter opens, since what has the focus is a link.
fn keys() {
    shortcuts(|key| match key {
        "j" => step_focus(LINKS, 1),
        "k" => step_focus(LINKS, -1),
        _ => false,
    });
}

/// The address of the row that was clicked, unless the click was meant for something in it, for a new
/// tab, or for selecting text.
fn clicked_row(event: &MouseEvent) -> Option<String> {
    let target = event.target()?.dyn_into::<Element>().ok()?;
    let selecting =
        window().get_selection().ok().flatten().is_some_and(|selection| !selection.is_collapsed());
    let modified = event.ctrl_key() || event.meta_key() || event.shift_key() || event.button() != 0;
    if selecting || modified || target.closest("a, button, input, summary").ok()?.is_some() {
        return None;
    }
    target.closest("tr[data-href]").ok()??.get_attribute("data-href")
}

/// The newest page above the rows that were there: without doubles, and without a gap. Where the two
/// do not meet, calls are missing between them, and only the newest page is kept.
fn merged(
    fresh: Vec<CallRow>,
    fresh_older: Option<Cursor>,
    mut rows: Vec<CallRow>,
    older: Option<Cursor>,
) -> (Vec<CallRow>, Option<Cursor>) {
    let last = fresh.last().map(|call| call.id);
    let meet = last.is_some_and(|last| rows.first().is_some_and(|first| first.id >= last));
    if fresh_older.is_none() || !meet {
        return (fresh, fresh_older);
    }
    rows.retain(|call| last.is_some_and(|last| call.id < last));
    let mut all = fresh;
    all.append(&mut rows);
    let cut = all.len() > ROWS_MAX;
    all.truncate(ROWS_MAX);
    let older = if cut { all.last().map(|call| Cursor::Before(call.id)) } else { older };
    (all, older)
}

/// "1 call", "12 calls", "1,000+ calls".
fn calls(matching: u32) -> String {
    match matching {
        1 => "1 call".to_owned(),
        COUNT_MAX.. => format!("{}+ calls", count(COUNT_MAX.into())),
        n => format!("{} calls", count(n.into())),
    }
}

#[cfg(test)]
mod tests {
    use contract::activity::CallRow;
    use domain::money::NanoUsd;
    use domain::outcome::{Outcome, UsageSource};

    use super::*;

    fn id(n: u32) -> CallId {
        format!("01890a5d-0000-7000-8000-{n:012}").parse().unwrap()
    }

    fn call(n: u32) -> CallRow {
        let other = "01890a5d-ac96-774b-bcce-b302099a8057";
        CallRow {
            id: id(n),
            started_at: "2026-01-01T00:00:00Z".parse().unwrap(),
            project_id: other.parse().unwrap(),
            project: "p".into(),
            key_id: other.parse().unwrap(),
            key: "k".into(),
            agent: None,
            surface: "chat.completions".into(),
            model: None,
            model_served: None,
            provider: None,
            simulated: false,
            guard: None,
            streamed: false,
            outcome: Outcome::Completed,
            status: 200,
            code: None,
            input_tokens: 0,
            output_tokens: 0,
            usage: UsageSource::Nothing,
            charge: NanoUsd::ZERO,
            total_us: 0,
            first_byte_us: None,
            overhead_us: None,
        }
    }

    fn calls_of(ids: impl IntoIterator<Item = u32>) -> Vec<CallRow> {
        ids.into_iter().map(call).collect()
    }

    #[test]
    fn new_rows_come_above_the_old_ones_without_doubles() {
        let more = Some(Cursor::Before(id(1)));
        let fresh = calls_of((5..=8).rev());
        let (rows, older) =
            merged(fresh, Some(Cursor::Before(id(5))), calls_of((1..=6).rev()), more);
        assert_eq!(rows, calls_of((1..=8).rev()));
        assert_eq!(older, more);
    }

    #[test]
    fn a_gap_is_never_hidden() {
        let fresh_older = Some(Cursor::Before(id(20)));
        let (rows, older) = merged(calls_of([22, 21, 20]), fresh_older, calls_of([3, 2, 1]), None);
        assert_eq!(rows, calls_of([22, 21, 20]));
        assert_eq!(older, fresh_older);
    }

    #[test]
    fn the_page_holds_a_bounded_number_of_rows() {
        let fresh = calls_of((300..=310).rev());
        let old = calls_of((1..=300).rev());
        let (rows, older) = merged(fresh, Some(Cursor::Before(id(300))), old, None);
        assert_eq!(rows.len(), ROWS_MAX);
        assert_eq!(older, rows.last().map(|call| Cursor::Before(call.id)));
    }

    #[test]
    fn the_number_of_calls_is_said_as_far_as_it_was_counted() {
        assert_eq!(
            [0, 1, 999, 1000].map(calls),
            ["0 calls", "1 call", "999 calls", "1,000+ calls"]
        );
    }
}
