//! The doors, as a stranger and as another site find them, and as a browser without scripts does.
//!
//! Goal: no server function, page or stream answers someone who may not ask, and a form that is refused
//! comes back without its secrets. Method: the real parts over
//! a PostgreSQL of their own, asked through the real router; the list of server functions comes from
//! the registry, so that a new one cannot be forgotten.

use std::path::Path;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{ConnectInfo, Request};
use axum::http::{HeaderMap, Method, StatusCode, header};
use domain::clock::{Clock, SystemClock};
use secrecy::SecretString;
use testing::PrivateCluster;
use tower::ServiceExt as _;

use crate::boot;
use crate::config::Config;

/// Server functions that someone who is not signed in may reach: signing in, the first run, and signing
/// out, which has nothing to do for a stranger.
const OPEN_FUNCTIONS: [&str; 4] = [
    "/do/access/sign_in",
    "/do/access/first_run",
    "/do/access/first_run_open",
    "/do/access/sign_out",
];

/// What the first run is opened with.
const TOKEN: &str = "a-token-for-the-first-run-of-this-test";

struct House {
    router: Router,
    _cluster: PrivateCluster,
    _folder: tempfile::TempDir,
}

struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: String,
}

impl House {
    async fn new() -> Self {
        let _first = rustls::crypto::ring::default_provider().install_default();
        let cluster = testing::private_cluster().await;
        let folder = tempfile::tempdir().unwrap();
        let mut config = Config::default();
        config.settings.demo = false;
        config.settings.keystore_file = Some(folder.path().join("keys/keystore.json"));
        let data = folder.path().join("data");
        std::fs::create_dir(&data).unwrap();
        let site = site(folder.path());
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let url: SecretString = cluster.cluster().superuser_url("postgres");
        let router = boot::doors_for_tests(&config, &data, clock, &url, &TOKEN.into(), site).await;
        Self { router, _cluster: cluster, _folder: folder }
    }

    async fn ask(&self, method: Method, path: &str, headers: &[(&str, &str)]) -> Answer {
        self.send(method, path, headers, "").await
    }

    /// A form as a browser without scripts sends it.
    async fn submit(&self, path: &str, page: &str, cookie: &str, form: &str) -> Answer {
        let page = format!("http://127.0.0.1:3900{page}");
        let headers = [
            ("sec-fetch-site", "same-origin"),
            ("content-type", "application/x-www-form-urlencoded"),
            ("accept", "text/html,application/xhtml+xml"),
            ("referer", &*page),
            ("cookie", cookie),
        ];
        self.send(Method::POST, path, &headers, form).await
    }

    async fn send(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> Answer {
        let peer = std::net::SocketAddr::from(([127, 0, 0, 1], 40_000));
        let mut request = Request::builder().method(method).uri(path).extension(ConnectInfo(peer));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let response = self
            .router
            .clone()
            .oneshot(request.body(Body::from(body.to_owned())).unwrap())
            .await
            .unwrap();
        let (status, headers) = (response.status(), response.headers().clone());
        let body = axum::body::to_bytes(response.into_body(), 1 << 20).await.unwrap();
        Answer { status, headers, body: String::from_utf8_lossy(&body).into_owned() }
    }
}

/// A built site, as far as the router looks at it.
fn site(folder: &Path) -> leptos::config::LeptosOptions {
    let root = folder.join("site");
    std::fs::create_dir_all(root.join("pkg")).unwrap();
    std::fs::write(root.join("pkg/tokenone.css"), "/* style */").unwrap();
    std::fs::write(root.join("favicon.svg"), "<svg/>").unwrap();
    leptos::config::LeptosOptions::builder()
        .output_name("tokenone")
        .site_root(root.to_string_lossy().into_owned())
        .build()
}

#[tokio::test(flavor = "multi_thread")]
async fn strangers_and_other_sites_get_nothing() {
    let house = House::new().await;
    every_server_function_asks_who_calls(&house).await;
    other_sites_are_refused(&house).await;
    pages_send_strangers_away(&house).await;
    pages_carry_their_headers(&house).await;
    the_path_for_programs_is_closed_but_for_what_is_documented(&house).await;
    health_is_told(&house).await;
}

async fn every_server_function_asks_who_calls(house: &House) {
    let mut asked = 0;
    for (path, method) in leptos::server_fn::axum::server_fn_paths() {
        assert_eq!(method, Method::POST, "{path} can be reached by navigation");
        assert!(path.starts_with("/do/"), "{path} stands elsewhere");
        if OPEN_FUNCTIONS.contains(&path) {
            continue;
        }
        let headers = [
            ("sec-fetch-site", "same-origin"),
            ("content-type", "application/json"),
            ("accept", "application/json"),
        ];
        let answer = house.ask(Method::POST, path, &headers).await;
        assert!(answer.status.is_client_error(), "{path}: {} {}", answer.status, answer.body);
        asked += 1;
    }
    assert!(asked >= 10, "the registry holds only {asked} server functions");
}

async fn other_sites_are_refused(house: &House) {
    for (path, method) in leptos::server_fn::axum::server_fn_paths() {
        for headers in
            [&[("sec-fetch-site", "cross-site")][..], &[("origin", "https://evil.example")], &[]]
        {
            let answer = house.ask(method.clone(), path, headers).await;
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path} with {headers:?}");
        }
    }
    for path in ["/live/activity", "/live/circuits"] {
        let answer = house.ask(Method::GET, path, &[("sec-fetch-site", "cross-site")]).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path}");
    }
}

async fn pages_send_strangers_away(house: &House) {
    // Nobody has an account yet: everything leads to the first run.
    for path in [
        "/",
        "/activity",
        "/keys",
        "/circuits",
        "/providers",
        "/kill-switch",
        "/tenants",
        "/calls/x",
        "/sign-in",
        "/nowhere",
    ] {
        let answer = house.ask(Method::GET, path, &[]).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{path}");
        assert_eq!(answer.headers[header::LOCATION], "/welcome", "{path}");
    }
    for path in ["/live/activity", "/live/circuits"] {
        let answer = house.ask(Method::GET, path, &[]).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{path}");
    }
}

async fn pages_carry_their_headers(house: &House) {
    let answer = house.ask(Method::GET, "/welcome", &[]).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    let policy = answer.headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
    let nonce = policy.split("'nonce-").nth(1).unwrap().split('\'').next().unwrap();
    assert!(nonce.len() >= 20, "{policy}");
    assert!(answer.body.contains(&format!("nonce=\"{nonce}\"")), "the page has another nonce");
    assert!(!policy.contains("unsafe-inline") && !policy.contains("'unsafe-eval'"), "{policy}");
    for script in answer.body.split("<script").skip(1) {
        let tag = script.split('>').next().unwrap();
        assert!(tag.contains(nonce), "a script without the nonce: <script{tag}>");
    }
    assert_eq!(answer.headers[header::X_CONTENT_TYPE_OPTIONS], "nosniff");
    assert_eq!(answer.headers[header::CACHE_CONTROL], "no-store");
    assert!(answer.headers.get(header::STRICT_TRANSPORT_SECURITY).is_none(), "this is plain HTTP");
    assert!(answer.headers.contains_key("x-request-id"));
    let answer = house.ask(Method::GET, "/pkg/tokenone.css", &[]).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert!(answer.headers[header::CACHE_CONTROL].to_str().unwrap().contains("immutable"));
    assert_eq!(house.ask(Method::GET, "/favicon.svg", &[]).await.status, StatusCode::OK);
}

async fn the_path_for_programs_is_closed_but_for_what_is_documented(house: &House) {
    for path in ["/v1", "/v1/", "/v1/files", "/v1/chat", "/v1/proxy/x", "/v1/chat/completions/x"] {
        let answer = house.ask(Method::POST, path, &[]).await;
        assert!(answer.status.is_client_error(), "{path}: {}", answer.status);
    }
    let answer = house.ask(Method::POST, "/v1/files", &[]).await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
    assert!(answer.body.contains("unknown_url"), "{}", answer.body);
}

async fn health_is_told(house: &House) {
    assert_eq!(house.ask(Method::GET, "/healthz", &[]).await.status, StatusCode::OK);
    let answer = house.ask(Method::GET, "/readyz", &[]).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
}

impl Answer {
    fn location(&self) -> &str {
        self.headers[header::LOCATION].to_str().unwrap()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plain_form_that_is_refused_comes_back_with_what_was_typed_but_for_secrets() {
    let house = House::new().await;
    let person = "name=Olga&email=olga%40example.com&password=seven+wandering+herons";
    let first = format!("token={TOKEN}&{person}");
    let done = house.submit("/do/access/first_run", "/welcome", "", &first).await;
    assert_eq!((done.status, done.location()), (StatusCode::FOUND, "/tenants"), "{}", done.body);
    let cookie = done.headers[header::SET_COOKIE].to_str().unwrap();
    let cookie = cookie.split(';').next().unwrap();

    let page = "/providers?new=provider";
    let typed = "slug=near&form%5Bname%5D=Nearly+there&form%5Bkind%5D=compatible\
                 &form%5Bbase_url%5D=ftp%3A%2F%2Fhost&credential=sk-typed-and-secret";
    let refused = house.submit("/do/providers/create", page, cookie, typed).await;
    assert_eq!(refused.status, StatusCode::FOUND);
    let shown = refused.location();
    assert!(shown.starts_with("/providers?new=provider&__path="), "{shown}");
    assert!(!shown.contains("Nearly") && !shown.contains("sk-typed"), "{shown}");
    let answer = house.ask(Method::GET, shown, &[("cookie", cookie)]).await;
    assert_eq!(answer.status, StatusCode::OK);
    for part in ["value=\"near\"", "value=\"Nearly there\"", "Address is not an https address"] {
        assert!(answer.body.contains(part), "{part} is missing in {}", answer.body);
    }
    assert!(!answer.body.contains("sk-typed-and-secret"));

    // A second refusal takes the place of the first, and an address of the first shows an empty form.
    let again = typed.replace("slug=near", "slug=N").replace("ftp", "https");
    let again = house.submit("/do/providers/create", shown, cookie, &again).await;
    assert_eq!(again.location().matches("__err=").count(), 1, "{}", again.location());
    let answer = house.ask(Method::GET, again.location(), &[("cookie", cookie)]).await;
    assert!(answer.body.contains("Short name may hold only"), "{}", answer.body);
    assert!(!answer.body.contains("Address is not"), "the first refusal is over");
    let old = house.ask(Method::GET, shown, &[("cookie", cookie)]).await;
    assert!(!old.body.contains("Nearly there"));
    // A form that goes through leaves nothing behind.
    let fine = typed.replace("ftp", "https");
    let made = house.submit("/do/providers/create", again.location(), cookie, &fine).await;
    assert_eq!(made.location(), "/providers");
    let old = house.ask(Method::GET, again.location(), &[("cookie", cookie)]).await;
    assert!(!old.body.contains("value=\"N\""));
}
