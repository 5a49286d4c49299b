//! The document around the application: what the browser needs before the first word of a page.

use leptos::config::LeptosOptions;
use leptos::prelude::*;
use leptos_meta::MetaTags;

use crate::App;
use crate::hydration::{HydrationScripts, StyleSheet};
use crate::server;
use crate::ui::theme::{self, Theme};

/// The document. `<noscript>` stands here, outside the application: inside, it would break hydration.
pub fn shell(options: LeptosOptions) -> impl IntoView {
    server::provide_nonce();
    let theme = Theme::of(server::cookie(theme::COOKIE).as_deref());
    view! {
        <!DOCTYPE html>
        <html lang="en" data-theme=theme.word()>
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1"/>
                <meta name="color-scheme" content="light dark"/>
                <meta name="robots" content="noindex"/>
                <link rel="icon" href="/favicon.svg" type="image/svg+xml"/>
                <link
                    rel="preload"
                    href="/fonts/inter-latin-wght-normal.woff2"
                    r#as="font"
                    r#type="font/woff2"
                    crossorigin="anonymous"
                />
                <StyleSheet options=options.clone()/>
                <noscript>
                    <link rel="stylesheet" href="/noscript.css"/>
                </noscript>
                <AutoReload options=options.clone()/>
                <HydrationScripts options/>
                <MetaTags/>
            </head>
            <body>
                <App/>
            </body>
        </html>
    }
}
