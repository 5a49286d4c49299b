//! How far a kill has come: which nodes refuse what it stops, and how long that took.

use std::time::Duration;

use contract::kills::{NodeState, NodeView, Propagation};
use domain::ids::KillId;
use leptos::prelude::*;

use super::calls;
use super::words::seconds;
use crate::fault::UiFault;
use crate::loaded::load;
use crate::paths;
use crate::ui::number::counted;
use crate::ui::{Column, Failure, SkeletonLines, State, Table, badge};

/// How often the nodes are asked while some of them do not know yet.
const EVERY: Duration = Duration::from_millis(500);
/// After so many times a page that was left open asks no more.
const TIMES_MAX: u32 = 120;

/// The meter of the kill that the address names, if it names one. Without a script its link asks anew.
#[component]
pub fn Meter(watched: Memo<Option<KillId>>) -> impl IntoView {
    let asked = RwSignal::new(0_u32);
    let done = RwSignal::new(false);
    // Asked for here, outside of what is shown once it is there.
    let seen = load(move || (watched.get(), asked.get()), |(id, _)| look(id));
    Effect::new(move |_| {
        if watched.get().is_some() {
            done.set(false);
            asked.set(0);
        }
        let ask = move || {
            let idle = done.try_get_untracked().unwrap_or(true);
            let waits = watched.try_get_untracked().flatten().is_some();
            if waits && !idle && asked.try_get_untracked().is_some_and(|times| times < TIMES_MAX) {
                asked.try_update(|times| *times += 1);
            }
        };
        if let Ok(handle) = set_interval_with_handle(ask, EVERY) {
            on_cleanup(move || handle.clear());
        }
    });
    view! {
        <Transition fallback=|| view! { <SkeletonLines lines=2/> }>
            {move || Suspend::new(async move {
                let seen_now = seen.await;
                done.set(!matches!(&seen_now, Ok(Some(progress)) if !progress.complete()));
                match seen_now {
                    Ok(None) => ().into_any(),
                    Ok(Some(progress)) => view! { <Progress progress watched/> }.into_any(),
                    Err(fault) => {
                        view! { <Failure fault=fault.0 retry=move |()| seen.refetch()/> }.into_any()
                    }
                }
            })}
        </Transition>
    }
}

async fn look(id: Option<KillId>) -> Result<Option<Propagation>, UiFault> {
    match id {
        None => Ok(None),
        Some(id) => Ok(Some(calls::propagation(id).await?)),
    }
}

#[component]
fn Progress(progress: Propagation, watched: Memo<Option<KillId>>) -> impl IntoView {
    let sentence = sentence(&progress);
    let (stopped, all) = progress.counted();
    let complete = progress.complete();
    let (state, word) = match (complete, all) {
        (true, _) => (State::Good, "In force"),
        (false, 0) => (State::Attention, "Unknown"),
        (false, _) => (State::Attention, "Spreading"),
    };
    let again = watched.get_untracked().filter(|_| !complete).map(paths::kill_watch);
    view! {
        <section class="panel meter" aria-labelledby="meter-title">
            <h2 id="meter-title">"How far it has come"</h2>
            <p class="meter-line" role="status">{badge(state, word)} <span>{sentence}</span></p>
            {(all > 0)
                .then(|| {
                    view! {
                        <progress
                            class="meter-bar"
                            max=all.to_string()
                            value=stopped.to_string()
                            aria-label="Nodes that stopped"
                        ></progress>
                    }
                })}
            {(!progress.nodes.is_empty()).then(|| view! { <Nodes nodes=progress.nodes/> })}
            {again
                .map(|href| {
                    view! {
                        <p>
                            <a class="link only-noscript" href=href rel="external">"Ask again"</a>
                        </p>
                    }
                })}
        </section>
    }
}

#[component]
fn Nodes(nodes: Vec<NodeView>) -> impl IntoView {
    let rows = nodes.into_iter().map(node).collect_view();
    view! {
        <Table
            caption="Gateway nodes"
            columns=vec![Column::new("Node"), Column::new("State"), Column::number("Took")]
        >
            {rows}
        </Table>
    }
}

fn node(node: NodeView) -> impl IntoView {
    let state = match node.state {
        NodeState::Stopped => badge(State::Good, "Stopped").into_any(),
        NodeState::Pending => badge(State::Attention, "Not yet").into_any(),
        NodeState::Silent => badge(State::Neutral, "Not heard of").into_any(),
    };
    view! {
        <tr>
            <th scope="row" data-label="Node">{node.name}</th>
            <td data-label="State">{state}</td>
            <td class="end num" data-label="Took">{node.took_ms.map_or_else(|| "–".to_owned(), seconds)}</td>
        </tr>
    }
}

/// `2 of 2 nodes stopped in 0.8 s`.
fn sentence(progress: &Propagation) -> String {
    let (stopped, all) = progress.counted();
    if all == 0 {
        return "No node was heard of lately, so none has confirmed it.".into();
    }
    let time = match progress.slowest_ms().filter(|_| progress.complete()) {
        Some(ms) => format!(" in {}", seconds(ms)),
        None => String::new(),
    };
    format!("{stopped} of {} stopped{time}.", counted(all as u64, "node", "nodes"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_meter_says_how_many_and_how_long() {
        let node = |state, took_ms| NodeView { name: "n".into(), state, took_ms };
        let told = |nodes: Vec<NodeView>| sentence(&Propagation { nodes });
        assert_eq!(
            told(vec![node(NodeState::Stopped, Some(310)), node(NodeState::Stopped, Some(790))]),
            "2 of 2 nodes stopped in 0.8 s."
        );
        assert_eq!(
            told(vec![node(NodeState::Stopped, Some(310)), node(NodeState::Pending, None)]),
            "1 of 2 nodes stopped."
        );
        assert!(told(vec![node(NodeState::Silent, None)]).starts_with("No node"));
    }
}
