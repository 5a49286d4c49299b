//! Amounts: exact, in tabular figures, the unit dimmed.

use domain::money::NanoUsd;
use leptos::prelude::*;

/// An amount, cheap enough for every row; the title has all nine decimals.
#[must_use]
pub fn money(amount: NanoUsd) -> impl IntoView {
    let text = amount.to_string();
    let (sign, digits) = text
        .split_once('$')
        .map_or((String::new(), text.clone()), |(sign, digits)| (sign.into(), digits.into()));
    let title = format!("{} USD", amount.exact());
    view! { <span class="num" title=title>{sign}<span class="unit">"$"</span>{digits}</span> }
}
