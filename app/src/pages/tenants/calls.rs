//! The operator's server functions.

use contract::tenants::TenantRow;

use crate::fault::UiFault;
#[cfg(feature = "ssr")]
use crate::server;

/// All tenants, by name.
#[leptos::server(prefix = "/do", endpoint = "tenants/list")]
pub async fn list() -> Result<Vec<TenantRow>, UiFault> {
    let console = server::console()?;
    let caller = server::answer(server::caller())?;
    server::answer(console.tenants.list(&caller).await)
}

/// Makes a tenant with its first project and its first administrator.
#[leptos::server(prefix = "/do", endpoint = "tenants/create")]
pub async fn create(
    name: String,
    slug: String,
    project: String,
    admin_name: String,
    admin_email: String,
    admin_password: String,
) -> Result<TenantRow, UiFault> {
    let console = server::console()?;
    let caller = server::answer(server::caller())?;
    let new = contract::tenants::NewTenant {
        name: name.trim().to_owned(),
        slug: slug.trim().to_owned(),
        project: project.trim().to_owned(),
        admin_name: admin_name.trim().to_owned(),
        admin_email,
        admin_password: admin_password.into(),
    };
    let row = server::answer(console.tenants.create(&caller, new).await)?;
    leptos_axum::redirect(crate::paths::TENANTS);
    Ok(row)
}
