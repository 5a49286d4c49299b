//! Every table of the console: a caption, a head that stays in view, and always a body, since the
//! browser inserts a missing one and the page would then not match what was sent.

use leptos::prelude::*;

/// To which side a column's cells are set.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Align {
    /// Words.
    #[default]
    Start,
    /// Numbers.
    End,
}

/// A column's head. Cells of a `minor` column carry the class `minor` too: small screens leave it out.
#[derive(Clone, Debug)]
pub struct Column {
    title: &'static str,
    align: Align,
    minor: bool,
    hidden_title: bool,
    sorted: Option<&'static str>,
}

impl Column {
    /// A column of words.
    #[must_use]
    pub const fn new(title: &'static str) -> Self {
        Self { title, align: Align::Start, minor: false, hidden_title: false, sorted: None }
    }

    /// A column of numbers.
    #[must_use]
    pub const fn number(title: &'static str) -> Self {
        Self { align: Align::End, ..Self::new(title) }
    }

    /// Left out on small screens.
    #[must_use]
    pub const fn minor(self) -> Self {
        Self { minor: true, ..self }
    }

    /// Named for assistive technology only: a column of controls.
    #[must_use]
    pub const fn unseen(self) -> Self {
        Self { hidden_title: true, ..self }
    }

    /// The rows are in this column's order: `ascending` or `descending`.
    #[must_use]
    pub const fn sorted(self, order: &'static str) -> Self {
        Self { sorted: Some(order), ..self }
    }

    fn class(&self) -> &'static str {
        match (self.align, self.minor) {
            (Align::Start, false) => "",
            (Align::Start, true) => "minor",
            (Align::End, false) => "end",
            (Align::End, true) => "end minor",
        }
    }
}

/// A table; its children are its rows. Cells give their column's name in `data-label`, which small
/// screens show beside the value when rows become cards.
#[component]
pub fn Table(
    /// What the table holds, for assistive technology.
    #[prop(into)]
    caption: String,
    columns: Vec<Column>,
    children: Children,
) -> impl IntoView {
    let label = caption.clone();
    let head = columns
        .into_iter()
        .map(|column| {
            let class = column.class();
            let title = if column.hidden_title { "sr-only" } else { "" };
            view! {
                <th scope="col" class=class aria-sort=column.sorted>
                    <span class=title>{column.title}</span>
                </th>
            }
        })
        .collect_view();
    view! {
        <div class="table-box" role="region" aria-label=label tabindex="0">
            <table class="table">
                <caption class="sr-only">{caption}</caption>
                <thead>
                    <tr>{head}</tr>
                </thead>
                <tbody>{children()}</tbody>
            </table>
        </div>
    }
}
