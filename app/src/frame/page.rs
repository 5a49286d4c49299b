//! The head of every page: breadcrumbs, the one `h1`, its acts, and a title that says what the page
//! knows.

use leptos::prelude::*;
use leptos_meta::Title;

/// A step on the way to this page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Crumb {
    /// Its words.
    pub label: String,
    /// Its address.
    pub href: String,
}

impl Crumb {
    /// A step.
    #[must_use]
    pub fn new(label: impl Into<String>, href: impl Into<String>) -> Self {
        Self { label: label.into(), href: href.into() }
    }
}

/// A page inside the frame.
#[component]
pub fn Page(
    /// The `h1`: the page's name.
    #[prop(into)]
    heading: String,
    /// What the page knows, for the browser's tab: "3 active API keys".
    #[prop(into)]
    title: Signal<String>,
    /// The way here, without the page itself.
    #[prop(optional)]
    crumbs: Vec<Crumb>,
    /// One line below the heading.
    #[prop(optional, into)]
    lead: Option<String>,
    /// What can be done with the page as a whole.
    #[prop(optional)]
    actions: Option<AnyView>,
    children: Children,
) -> impl IntoView {
    let way = (!crumbs.is_empty()).then(|| {
        let here = heading.clone();
        let steps = crumbs
            .into_iter()
            .map(|crumb| view! { <li><a href=crumb.href>{crumb.label}</a></li> })
            .collect_view();
        view! {
            <nav class="crumbs" aria-label="Breadcrumb">
                <ol>{steps}<li aria-current="page">{here}</li></ol>
            </nav>
        }
    });
    // The document's title is brought up to date once more while the page is being left.
    let name = heading.clone();
    let title = move || title.try_get().unwrap_or_else(|| name.clone());
    view! {
        <Title text=title/>
        {way}
        <div class="page-head">
            <div>
                <h1>{heading}</h1>
                {lead.map(|lead| view! { <p class="page-lead">{lead}</p> })}
            </div>
            {actions.map(|actions| view! { <div class="page-acts">{actions}</div> })}
        </div>
        {children()}
    }
}
