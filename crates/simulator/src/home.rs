//! The page that somebody sees who opens the simulator in a browser.

use axum::response::Html;

/// `GET /`
pub(crate) async fn page() -> Html<&'static str> {
    Html(include_str!("home.html"))
}
