//! What the page asks the server.

use contract::set_up::SetUpView;
use leptos::prelude::*;

use crate::fault::UiFault;

/// What a client's author needs to know.
#[server(name = ShowSetUp, prefix = "/do", endpoint = "set_up/show")]
pub async fn show() -> Result<SetUpView, UiFault> {
    let console = crate::server::console()?;
    let caller = crate::server::answer(crate::server::caller())?;
    crate::server::answer(console.set_up.set_up(&caller).await)
}
