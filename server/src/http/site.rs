//! The console's pages and files.

use std::path::Path;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;
use contract::Console;
use leptos::config::LeptosOptions;
use leptos::prelude::provide_context;
use leptos_axum::{LeptosRoutes as _, file_and_error_handler_with_context, generate_route_list};
use tower_http::services::{ServeDir, ServeFile};

/// Pages and server functions, rendered by Leptos.
pub fn pages(options: &LeptosOptions, console: Console) -> Router {
    let routes = generate_route_list(app::App);
    let shell = {
        let options = options.clone();
        move || app::shell(options.clone())
    };
    Router::new()
        .leptos_routes_with_context(
            options,
            routes,
            {
                let console = console.clone();
                move || provide_context(console.clone())
            },
            shell.clone(),
        )
        // What is no page is the same app's page for that, with status 404.
        .fallback(file_and_error_handler_with_context(
            move || provide_context(console.clone()),
            move |options: LeptosOptions| app::shell(options),
        ))
        .with_state(options.clone())
}

/// Built files under `/pkg`, whose names change with their contents, and the public folder's files.
///
/// # Errors
/// Where the site has not been built.
pub fn files(options: &LeptosOptions) -> std::io::Result<Router> {
    let root = Path::new(&*options.site_root);
    let mut built = Router::new();
    let mut public = Router::new();
    for entry in std::fs::read_dir(root)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let compressed = name.ends_with(".br") || name.ends_with(".gz");
        if name == *options.site_pkg_dir {
            let files = ServeDir::new(entry.path()).precompressed_br().precompressed_gzip();
            built = built.nest_service(&format!("/{name}"), files);
        } else if entry.file_type()?.is_dir() {
            let files = ServeDir::new(entry.path()).precompressed_br().precompressed_gzip();
            public = public.nest_service(&format!("/{name}"), files);
        } else if !compressed {
            let file = ServeFile::new(entry.path()).precompressed_br().precompressed_gzip();
            public = public.route_service(&format!("/{name}"), file);
        }
    }
    let day = HeaderValue::from_static("public, max-age=86400");
    let year = HeaderValue::from_static("public, max-age=31536000, immutable");
    Ok(built
        .layer(from_fn_with_state(year, keep))
        .merge(public.layer(from_fn_with_state(day, keep))))
}

/// Says how long a file that was found may be kept.
async fn keep(State(value): State<HeaderValue>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    if response.status().is_success() || response.status() == StatusCode::NOT_MODIFIED {
        response.headers_mut().insert(header::CACHE_CONTROL, value);
    }
    response
}
