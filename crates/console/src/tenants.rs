//! Tenants, for the operator: from the platform or from a seat in one of them.

use async_trait::async_trait;
use contract::fault::{Fault, Field};
use contract::tenants::{NewTenant, TenantRow, Tenants};
use domain::caller::Caller;
use domain::ids::{AccountId, ProjectId, TenantId};
use domain::role::{Permission, Role};
use secrecy::SecretString;
use serde_json::json;
use store::Reason;
use store::accounts::NewAccount;
use store::tenants::TenantSummary;

use crate::Services;
use crate::act::{Act, Actor, Event};
use crate::fault::Failure;
use crate::form;

/// The unique constraint over a tenant's short name.
const SLUG_TAKEN: &str = "tenant_slug_key";
/// The short name of a first project whose name has no letter for one.
const PROJECT_SLUG: &str = "first";

#[async_trait]
impl Tenants for Services {
    async fn list(&self, caller: &Caller) -> Result<Vec<TenantRow>, Fault> {
        Ok(self.all_tenants(caller).await?)
    }

    async fn create(&self, caller: &Caller, new: NewTenant) -> Result<TenantRow, Fault> {
        Ok(self.make_tenant(caller, new).await?)
    }
}

/// A tenant whose form was in order.
struct Checked {
    name: String,
    slug: String,
    project: String,
    admin: Admin,
}

/// The first administrator: somebody we know, or somebody new.
enum Admin {
    Known { id: AccountId, email: String },
    New(NewAccount),
}

impl Services {
    async fn all_tenants(&self, caller: &Caller) -> Result<Vec<TenantRow>, Failure> {
        caller.require(Permission::ReadTenants)?;
        let mut tx = self.store.system(Reason::ReadTenants).await?;
        Ok(tx.tenants().await?.into_iter().map(row).collect())
    }

    async fn make_tenant(&self, caller: &Caller, new: NewTenant) -> Result<TenantRow, Failure> {
        caller.require(Permission::ManageTenants)?;
        let new = self.check(new).await?;
        let mut act =
            Act::across(&self.store, Actor::person(caller), Reason::ManageTenants).await?;
        let (tenant_id, project_id) = (TenantId::mint(), ProjectId::mint());
        let tx = act.tx();
        let made = tx.create_tenant(tenant_id, &new.slug, &new.name, 0).await;
        made.map_err(|error| Failure::taken(error, SLUG_TAKEN, Field::Slug))?;
        let project_slug = form::slug_of(&new.project, PROJECT_SLUG);
        tx.create_project(tenant_id, project_id, &project_slug, &new.project).await?;
        let (admin_id, admin_email, account) = match new.admin {
            Admin::Known { id, email } => (id, email, "existing"),
            Admin::New(account) => {
                tx.create_account(&account).await?;
                (account.id, account.email, "new")
            }
        };
        tx.add_member(tenant_id, admin_id, Role::TenantAdmin, &[]).await?;
        let made = tx.tenants().await?.into_iter().find(|tenant| tenant.id == tenant_id);
        let created = Event {
            action: "tenant.create",
            target_kind: "tenant",
            target_id: Some(tenant_id.uuid()),
            target: Some(new.name),
            after: Some(json!({
                "slug": new.slug,
                "project": new.project,
                "admin": admin_email,
                "account": account,
            })),
            ..Event::default()
        };
        act.done([(TenantId::PLATFORM, created.clone()), (tenant_id, created)]).await?;
        Ok(row(made.ok_or(Fault::NotFound)?))
    }

    /// Looks at the form field by field, in the order people see them. A password is hashed for a new
    /// account only: whoever has one keeps theirs.
    async fn check(&self, new: NewTenant) -> Result<Checked, Failure> {
        let name = form::name(Field::Tenant, &new.name)?;
        let slug = form::slug(&new.slug)?;
        let project = form::name(Field::Project, &new.project)?;
        let admin = self.admin(&new.admin_name, &new.admin_email, new.admin_password).await?;
        Ok(Checked { name, slug, project, admin })
    }

    async fn admin(
        &self,
        name: &str,
        email: &str,
        password: SecretString,
    ) -> Result<Admin, Failure> {
        let email = form::email(email)?;
        let known = {
            let mut tx = self.store.system(Reason::ManageTenants).await?;
            tx.account_by_email(email.as_str()).await?
        };
        if let Some((account, _)) = known {
            return Ok(Admin::Known { id: account.id, email: account.email });
        }
        let name = form::name(Field::Name, name)?;
        form::password(&password, &email)?;
        Ok(Admin::New(NewAccount {
            id: AccountId::mint(),
            email: email.as_str().into(),
            name,
            password_hash: self.passwords.hash(password).await?.into(),
            platform_admin: false,
        }))
    }
}

fn row(tenant: TenantSummary) -> TenantRow {
    TenantRow {
        id: tenant.id,
        name: tenant.name,
        slug: tenant.slug,
        created_at: tenant.created_at,
        projects: tenant.projects,
        people: tenant.people,
        keys: tenant.keys,
        last_call_at: tenant.last_call_at,
    }
}
