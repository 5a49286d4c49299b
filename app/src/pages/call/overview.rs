//! What was decided, used and charged, and where the time went.

use contract::activity::CallRow;
use contract::call::{CallDetail, PriceView};
use contract::guard::Span;
use domain::guard::{Findings, Hidden, Second};
use domain::ids::CallId;
use domain::money::NanoUsd;
use leptos::prelude::*;

use super::advice;
use super::routing::Routing;
use crate::pages::guard::verdict;
use crate::paths;
use crate::ui::number::{bytes, count, duration_text};
use crate::ui::time::{Shown, time};
use crate::ui::{Bar, Clock, Copy, Waterfall, money};

/// Parts per million in one per cent.
const PPM_PER_PERCENT: i32 = 10_000;

/// The tab.
#[component]
pub fn Overview(detail: CallDetail) -> impl IntoView {
    let advice = advice::of(&detail.row).map(|advice| {
        let note = detail.note.clone();
        view! {
            <div class="advice" role="note">
                <p class="advice-what">{advice.what}</p>
                {note.map(|note| view! { <p class="advice-note" dir="auto">{note}</p> })}
                <p>{advice.next}</p>
            </div>
        }
    });
    let decision = detail.decision.clone();
    view! {
        {advice}
        <div class="call-overview">
            <section aria-labelledby="facts">
                <h2 id="facts">"Facts"</h2>
                {facts(&detail)}
            </section>
            <div class="grid content-start gap-6 min-w-0">
                <section aria-labelledby="latency">
                    <h2 id="latency">"Latency"</h2>
                    {latency(&detail)}
                </section>
                <section aria-labelledby="cost">
                    <h2 id="cost">"Cost"</h2>
                    {cost(&detail)}
                </section>
                {detail.guard.map(|found| guard(detail.row.id, found))}
            </div>
        </div>
        <Routing decision/>
    }
}

fn facts(detail: &CallDetail) -> impl IntoView + use<> {
    let clock = Clock::here();
    let row = &detail.row;
    let surface = format!("{}{}", row.surface, if row.streamed { ", streamed" } else { "" });
    let provider = row.provider.clone().unwrap_or_else(|| "none: not sent on".into());
    let provider = if row.simulated && row.provider.is_some() {
        format!("{provider} (simulated)")
    } else {
        provider
    };
    let sizes =
        format!("{} received, {} sent", bytes(detail.request_bytes), bytes(detail.response_bytes));
    view! {
        <dl class="facts">
            {fact("Started", time(clock, row.started_at, Shown::Full))}
            {fact("Ended", time(clock, detail.ended_at, Shown::Full))}
            {fact("Project", narrowed(&row.project, "project", row.project_id.to_string()))}
            {fact("Key", narrowed(&row.key, "key", row.key_id.to_string()))}
            {row
                .agent
                .as_ref()
                .map(|agent| fact("Agent", narrowed(agent, "agent", agent.clone())))}
            {fact("Surface", surface)}
            {fact("Provider", provider)}
            {fact("Request id", id(&detail.request_id, "request id"))}
            {detail
                .upstream_request_id
                .as_ref()
                .map(|upstream| fact("Provider's request id", id(upstream, "provider's request id")))}
            {detail.client_ip.clone().map(|ip| fact("From", view! { <span class="mono">{ip}</span> }))}
            {detail
                .user_agent
                .clone()
                .map(|agent| fact("Client", view! { <span class="mono wrap" dir="auto">{agent}</span> }))}
            {fact("Bytes", sizes)}
            {tokens(detail)}
        </dl>
    }
}

fn tokens(detail: &CallDetail) -> impl IntoView + use<> {
    let row = &detail.row;
    let parts = [
        ("from the cache", detail.cached_input_tokens),
        ("written to the cache", detail.cache_write_tokens),
        ("of reasoning, in the output", detail.reasoning_tokens),
    ];
    let parts: Vec<String> = parts
        .into_iter()
        .filter(|(_, n)| *n > 0)
        .map(|(what, n)| format!("{} {what}", count(n)))
        .collect();
    let all = format!("{} in, {} out", count(row.input_tokens), count(row.output_tokens));
    view! {
        {fact("Tokens", view! { <span class="num">{all}</span> })}
        {(!parts.is_empty()).then(|| fact("Of these", parts.join("; ")))}
        {fact("Counted by", row.usage.label())}
    }
}

fn latency(detail: &CallDetail) -> impl IntoView + use<> {
    let row = &detail.row;
    let bars: Vec<Bar> = detail
        .steps
        .iter()
        .map(|step| Bar {
            name: step.name.clone(),
            start_us: step.start_us,
            length_us: step.length_us,
            waiting: step.upstream,
        })
        .collect();
    if bars.is_empty() {
        return view! { <p class="dim">{no_steps(row)}</p> }.into_any();
    }
    let summary = [
        row.first_byte_us.map(|us| format!("First byte of the answer after {}", duration_text(us))),
        row.overhead_us.map(|us| format!("{} of the whole is ours", duration_text(us))),
        detail.masking_us.map(|us| format!("masking took {} of that", duration_text(us))),
    ];
    let summary: Vec<String> = summary.into_iter().flatten().collect();
    view! {
        <p class="dim">{summary.join("; ")}</p>
        <Waterfall caption="The parts of the latency, in order" bars=bars total_us=row.total_us />
    }
    .into_any()
}

fn no_steps(row: &CallRow) -> String {
    format!("It took {} in all; its parts were not measured.", duration_text(row.total_us))
}

fn cost(detail: &CallDetail) -> impl IntoView + use<> {
    let row = &detail.row;
    let margin = row.charge.checked_sub(detail.cost).unwrap_or(NanoUsd::ZERO);
    let sums = view! {
        <dl class="facts">
            {fact("Charge to the tenant", money(row.charge))}
            {fact("Cost from the provider", money(detail.cost))}
            {fact("Difference", money(margin))}
        </dl>
    };
    let Some(price) = &detail.price else {
        return view! {
            {sums}
            <p class="dim">"No price was applied, since nothing was charged."</p>
        }
        .into_any();
    };
    view! {
        {sums}
        {product(detail, price)}
        <dl class="facts">
            {fact("Markup", percent(price.markup_ppm))}
            {fact("Price", price.model.clone())}
            {fact("Price id", id(&price.id.to_string(), "price id"))}
            {fact("Price hash (SHA-256)", id(&price.hash, "price hash"))}
        </dl>
    }
    .into_any()
}

/// Tokens and the price of a million of them. The products are the ledger's business: multiplying here
/// again could round otherwise.
fn product(detail: &CallDetail, price: &PriceView) -> impl IntoView + use<> {
    let row = &detail.row;
    let plain = row.input_tokens.saturating_sub(detail.cached_input_tokens);
    let line = |what: &'static str, n: u64, per: NanoUsd| {
        view! {
            <tr>
                <th scope="row">{what}</th>
                <td class="end num">{count(n)}</td>
                <td class="end">{money(per)}</td>
            </tr>
        }
    };
    view! {
        <table class="table product">
            <caption class="sr-only">"Tokens and their prices"</caption>
            <thead>
                <tr>
                    <th scope="col">"Tokens"</th>
                    <th scope="col" class="end">"Number"</th>
                    <th scope="col" class="end">"Per million"</th>
                </tr>
            </thead>
            <tbody>
                {line("Input", plain, price.input_per_mtok)}
                {line("Input from the cache", detail.cached_input_tokens, price.cached_input_per_mtok)}
                {line("Output", row.output_tokens, price.output_per_mtok)}
            </tbody>
        </table>
    }
}

/// What the guard saw in the call: kinds and places, never a value.
fn guard(call: CallId, found: Findings) -> AnyView {
    let seen: Vec<String> = found
        .signatures
        .iter()
        .map(|seen| format!("{}, {} points, in {}", seen.signature, seen.points, seen.path))
        .collect();
    let more = match found.left_out {
        0 => String::new(),
        n => format!("{n} more are not listed."),
    };
    view! {
        <section aria-labelledby="guard">
            <h2 id="guard">"Guard"</h2>
            <dl class="facts">
                {fact("Prompt", view! { {verdict(found.verdict)} " score " {found.score} }.into_any())}
                {lines("Signatures", seen)}
                {found.second.map(|second| fact("Second opinion", second_opinion(&second)))}
                {lines("Taken out of the prompt", hidden(&found.redacted))}
                {lines("Masked in the answer", hidden(&found.masked))}
            </dl>
            <p class="dim">
                {more} " " <a class="link" href=paths::guard_report(call, Span::default())>"Report a mistake"</a>
            </p>
        </section>
    }
    .into_any()
}

fn second_opinion(second: &Second) -> String {
    let word = match second.flagged {
        Some(true) => "An attack",
        Some(false) => "No attack",
        None => "No answer",
    };
    format!("{word}, by {} in {} ms", second.by, second.took_ms)
}

fn hidden(list: &[Hidden]) -> Vec<String> {
    list.iter().map(|one| format!("{} × {}", one.kind, one.times)).collect()
}

/// A fact of several lines; none where there are no lines.
fn lines(name: &'static str, lines: Vec<String>) -> Option<AnyView> {
    (!lines.is_empty()).then(|| {
        let lines = lines.into_iter().map(|line| view! { <li>{line}</li> }).collect_view();
        fact(name, view! { <ul class="lines">{lines}</ul> }.into_any()).into_any()
    })
}

fn fact(name: &'static str, value: impl IntoView + 'static) -> impl IntoView {
    view! {
        <div>
            <dt>{name}</dt>
            <dd>{value}</dd>
        </div>
    }
}

fn id(text: &str, what: &str) -> impl IntoView + use<> {
    let (text, what) = (text.to_owned(), what.to_owned());
    view! {
        <span class="mono wrap">{text.clone()}</span>
        <Copy text=Signal::stored(text) what=what />
    }
}

/// A link to the feed with only this one's calls.
fn narrowed(name: &str, field: &str, value: String) -> impl IntoView + use<> {
    let href = format!("{}?{field}={}", paths::ACTIVITY, paths::encode(&value));
    view! { <a class="link" href=href>{name.to_owned()}</a> }
}

/// `20 %`, `12.5 %`, exactly.
fn percent(ppm: i32) -> String {
    let sign = if ppm < 0 { "−" } else { "" };
    let unit = PPM_PER_PERCENT.unsigned_abs();
    let (whole, part) = (ppm.unsigned_abs() / unit, ppm.unsigned_abs() % unit);
    let part = format!("{part:04}");
    let part = part.trim_end_matches('0');
    if part.is_empty() { format!("{sign}{whole} %") } else { format!("{sign}{whole}.{part} %") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_markup_reads_exactly() {
        assert_eq!(
            [0, 200_000, 125_000, 1, -5_000].map(percent),
            ["0 %", "20 %", "12.5 %", "0.0001 %", "−0.5 %"]
        );
    }
}
