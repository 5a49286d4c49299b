//! Accounts: the people who sign in, and where they may sit.

use domain::ids::{AccountId, ProjectId, TenantId};
use domain::role::Role;
use secrecy::{ExposeSecret, SecretString};
use uuid::Uuid;

use crate::error::StoreError;
use crate::system::SystemTx;

/// A person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// Their id.
    pub id: AccountId,
    /// Their address, in lower case.
    pub email: String,
    /// Their name.
    pub name: String,
    /// Whether they are an operator.
    pub platform_admin: bool,
    /// Whether they may sign in.
    pub active: bool,
}

/// An account to make.
#[derive(Clone, Debug)]
pub struct NewAccount {
    /// Its id.
    pub id: AccountId,
    /// The address; kept in lower case.
    pub email: String,
    /// The name.
    pub name: String,
    /// A PHC string of argon2id.
    pub password_hash: SecretString,
    /// Whether they are an operator.
    pub platform_admin: bool,
}

/// A tenant that a person belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Membership {
    /// The tenant.
    pub tenant_id: TenantId,
    /// Its name.
    pub tenant: String,
    /// What they are in it.
    pub role: Role,
}

/// A seat in a tenant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeatRow {
    /// What the person is there.
    pub role: Role,
    /// The projects in reach.
    pub projects: Vec<ProjectId>,
}

impl SystemTx<'_> {
    /// Whether there is any account; where there is none, the first run is still to come.
    ///
    /// # Errors
    /// [`StoreError`] where the database does not answer.
    pub async fn any_account(&mut self) -> Result<bool, StoreError> {
        Ok(sqlx::query_scalar!(r#"select sys.any_account() as "any!""#)
            .fetch_one(self.connection())
            .await?)
    }

    /// The account of an address with its password hash.
    ///
    /// # Errors
    /// [`StoreError`] where the database does not answer.
    pub async fn account_by_email(
        &mut self,
        email: &str,
    ) -> Result<Option<(Account, SecretString)>, StoreError> {
        let row = sqlx::query!(
            r#"select id as "id!", email as "email!", name as "name!",
                      password_hash as "password_hash!", platform_admin as "platform_admin!",
                      state = 'active' as "active!"
               from sys.account_by_email($1)"#,
            email.to_lowercase()
        )
        .fetch_optional(self.connection())
        .await?;
        Ok(row.map(|row| {
            let account = Account {
                id: row.id.into(),
                email: row.email,
                name: row.name,
                platform_admin: row.platform_admin,
                active: row.active,
            };
            (account, row.password_hash.into())
        }))
    }

    /// An account by its id.
    ///
    /// # Errors
    /// [`StoreError`] where the database does not answer.
    pub async fn account(&mut self, id: AccountId) -> Result<Option<Account>, StoreError> {
        let row = sqlx::query!(
            r#"select id as "id!", email as "email!", name as "name!",
                      platform_admin as "platform_admin!", state = 'active' as "active!"
               from sys.account($1)"#,
            id.uuid()
        )
        .fetch_optional(self.connection())
        .await?;
        Ok(row.map(|row| Account {
            id: row.id.into(),
            email: row.email,
            name: row.name,
            platform_admin: row.platform_admin,
            active: row.active,
        }))
    }

    /// Makes an account.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] where the address has one, [`StoreError::Invalid`] where a value is out
    /// of bounds.
    pub async fn create_account(&mut self, account: &NewAccount) -> Result<(), StoreError> {
        sqlx::query!(
            "select sys.create_account($1, $2, $3, $4, $5) as done",
            account.id.uuid(),
            account.email.to_lowercase(),
            account.name,
            account.password_hash.expose_secret(),
            account.platform_admin,
        )
        .fetch_one(self.connection())
        .await?;
        Ok(())
    }

    /// Puts a password hash in place of another; `false` where that is no longer the account's.
    ///
    /// # Errors
    /// [`StoreError::Invalid`] where the new one is no PHC string of argon2id.
    pub async fn renew_password_hash(
        &mut self,
        id: AccountId,
        old: &SecretString,
        new: &SecretString,
    ) -> Result<bool, StoreError> {
        Ok(sqlx::query_scalar!(
            r#"select sys.renew_password_hash($1, $2, $3) as "renewed!""#,
            id.uuid(),
            old.expose_secret(),
            new.expose_secret(),
        )
        .fetch_one(self.connection())
        .await?)
    }

    /// Makes the first account of a deployment, an operator's; `false` where there is one already.
    ///
    /// # Errors
    /// [`StoreError::Invalid`] where a value is out of bounds.
    pub async fn create_first_account(&mut self, account: &NewAccount) -> Result<bool, StoreError> {
        Ok(sqlx::query_scalar!(
            r#"select sys.create_first_account($1, $2, $3, $4) as "made!""#,
            account.id.uuid(),
            account.email.to_lowercase(),
            account.name,
            account.password_hash.expose_secret(),
        )
        .fetch_one(self.connection())
        .await?)
    }

    /// The active tenants that a person belongs to, by name.
    ///
    /// # Errors
    /// [`StoreError`] where the database does not answer.
    pub async fn memberships(&mut self, id: AccountId) -> Result<Vec<Membership>, StoreError> {
        let rows = sqlx::query!(
            r#"select tenant_id as "tenant_id!", name as "name!", role as "role!"
               from sys.memberships($1)"#,
            id.uuid()
        )
        .fetch_all(self.connection())
        .await?;
        rows.into_iter()
            .map(|row| {
                Ok(Membership {
                    tenant_id: row.tenant_id.into(),
                    tenant: row.name,
                    role: role(&row.role)?,
                })
            })
            .collect()
    }

    /// The seat of a person in a tenant: as a member of it, or as an operator. `None` where they have
    /// none or the tenant is not active.
    ///
    /// # Errors
    /// [`StoreError`] where the database does not answer.
    pub async fn seat(
        &mut self,
        account: AccountId,
        tenant: TenantId,
    ) -> Result<Option<SeatRow>, StoreError> {
        let row = sqlx::query!(
            r#"select role as "role!", projects as "projects!: Vec<Uuid>" from sys.seat($1, $2)"#,
            account.uuid(),
            tenant.uuid(),
        )
        .fetch_optional(self.connection())
        .await?;
        row.map(|row| {
            Ok(SeatRow {
                role: role(&row.role)?,
                projects: row.projects.into_iter().map(ProjectId::from).collect(),
            })
        })
        .transpose()
    }

    /// Gives a person a place in a tenant; `projects` are what a member reaches, and nothing for the
    /// other roles, which reach all.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] where they have one, [`StoreError::Refused`] where a project is not the
    /// tenant's, [`StoreError::Invalid`] for a role that is none of a tenant.
    pub async fn add_member(
        &mut self,
        tenant: TenantId,
        account: AccountId,
        role: Role,
        projects: &[ProjectId],
    ) -> Result<(), StoreError> {
        let projects: Vec<Uuid> = projects.iter().map(|id| id.uuid()).collect();
        sqlx::query!(
            "select sys.add_member($1, $2, $3, $4) as done",
            tenant.uuid(),
            account.uuid(),
            role.as_str(),
            &projects,
        )
        .fetch_one(self.connection())
        .await?;
        Ok(())
    }
}

fn role(text: &str) -> Result<Role, StoreError> {
    text.parse().map_err(|_| StoreError::Unreadable { what: "role" })
}
