//! What the page of agents asks the server.

use contract::agents::AgentsView;
use domain::ids::ProjectId;
use leptos::prelude::*;
use leptos::server_fn::codec::Json;

use crate::fault::UiFault;

/// The agents in reach, of one project where it is given, whose name contains a text.
#[server(name = ListAgents, prefix = "/do", endpoint = "agents/list", input = Json)]
pub async fn list(project: Option<ProjectId>, search: String) -> Result<AgentsView, UiFault> {
    let console = crate::server::console()?;
    let caller = crate::server::answer(crate::server::caller())?;
    crate::server::answer(console.agents.list(&caller, project, search).await)
}
