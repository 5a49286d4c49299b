//! Forms that the server answers while the page stays.
//!
//! Leptos's own action reads a form into a server function's arguments, writes them out again and reads
//! the answer, with code of its own for each function: a twentieth of all that the browser is sent. Here
//! what was typed goes out as it stands, and an answer is read where it is used.

use contract::fault::Fault;
use leptos::ev::SubmitEvent;
use leptos::form::form_data_from_event;
use leptos::prelude::*;
use leptos::server::ServerActionError;
use leptos::server_fn::ServerFn;
use leptos::server_fn::client::Client;
use leptos::server_fn::error::ServerFnUrlError;
use leptos::server_fn::redirect::call_redirect_hook;
use leptos::server_fn::request::ClientReq as _;
use leptos::server_fn::response::ClientRes as _;
use serde::de::DeserializeOwned;

use crate::fault::UiFault;
use crate::pages::sign_in::calls::SignIn;
use crate::ui::Toasts;

/// What carries a request: the browser's own, and on the server none. It is the same for every function.
type Carrier = <SignIn as ServerFn>::Client;

/// What is sent to one server function, and what came of it the last time.
#[derive(Clone, Copy)]
pub struct Post {
    path: &'static str,
    sent: Action<String, Result<String, Fault>>,
}

impl Post {
    /// To this server function. A refusal that the page's address holds is what came of it so far.
    #[must_use]
    pub fn to<S: ServerFn>() -> Self {
        Self::to_path(S::PATH)
    }

    fn to_path(path: &'static str) -> Self {
        let refused = use_context::<ServerActionError>()
            .filter(|refusal| refusal.path() == path)
            .map(|refusal| Err(ServerFnUrlError::<UiFault>::decode_err(refusal.err()).0));
        let send = move |body: &String| send(path, body.clone());
        Self { path, sent: Action::new_with_value(refused, send) }
    }

    /// Sends what a form holds.
    pub fn send(self, event: &SubmitEvent) {
        event.prevent_default();
        if let Ok(typed) = form_data_from_event(event)
            && let Ok(pairs) = web_sys::UrlSearchParams::new_with_str_sequence_sequence(&typed)
        {
            self.sent.dispatch(String::from(pairs.to_string()));
        }
    }

    /// Whether an answer is still to come.
    #[must_use]
    pub fn pending(self) -> Memo<bool> {
        self.sent.pending()
    }

    /// Rises with every answer.
    #[must_use]
    pub fn version(self) -> RwSignal<usize> {
        self.sent.version()
    }

    /// Why it was refused the last time.
    #[must_use]
    pub fn fault(self) -> Memo<Option<Fault>> {
        let answer = self.sent.value();
        Memo::new(move |_| answer.with(|answer| answer.as_ref()?.as_ref().err().cloned()))
    }

    /// Whether it was refused the last time. Reactive.
    #[must_use]
    pub fn refused(self) -> bool {
        self.sent.value().with(|answer| matches!(answer, Some(Err(_))))
    }

    /// Whether it was done the last time. Reactive.
    #[must_use]
    pub fn done(self) -> bool {
        self.sent.value().with(|answer| matches!(answer, Some(Ok(_))))
    }

    /// The answer, where it was done the last time. Reactive.
    #[must_use]
    pub fn answer<T: DeserializeOwned>(self) -> Option<T> {
        let text = self.sent.value().get()?.ok()?;
        serde_json::from_slice(text.as_bytes()).ok()
    }

    /// Says that it was done, whenever it is, and forgets it then.
    pub fn tell(self, words: &'static str) {
        let toasts = Toasts::here();
        Effect::new(move |_| {
            if self.done() {
                toasts.good(words);
                self.clear();
            }
        });
    }

    /// Forgets a refusal, so that a form opens clean. What was done is not forgotten: it is still to be told.
    pub fn forget_refusal(self) {
        if untrack(|| self.refused()) {
            self.clear();
        }
    }

    /// Forgets what came of it.
    pub fn clear(self) {
        self.sent.clear();
    }
}

/// The form around the fields of what is sent. Without a script it is a plain one.
#[component]
pub fn PostForm(action: Post, children: Children) -> impl IntoView {
    view! {
        <form action=action.path method="post" on:submit=move |event| action.send(&event)>
            {children()}
        </form>
    }
}

async fn send(path: &'static str, body: String) -> Result<String, Fault> {
    ask::<Carrier>(path, body).await.map_err(|fault| fault.0)
}

/// As leptos asks: an error has a status of its own, and a page to go on to its own header.
async fn ask<C: Client<UiFault>>(path: &str, body: String) -> Result<String, UiFault> {
    const FORM: &str = "application/x-www-form-urlencoded";
    let request = C::Request::try_new_post(path, FORM, "application/json", body)?;
    let response = C::send(request).await?;
    if (400..=599).contains(&response.status()) {
        return Err(UiFault::de(response.try_into_bytes().await?));
    }
    let next = response.has_redirect().then(|| response.location());
    let answer = response.try_into_string().await?;
    if let Some(next) = next {
        call_redirect_hook(&next);
    }
    Ok(answer)
}
