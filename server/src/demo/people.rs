//! Tenants, projects, people and keys of the demo.

use domain::caller::Scope;
use domain::ids::{AccountId, AuditId, KeyId, ProjectId, TenantId};
use domain::role::Role;
use identity::api_key::{ApiKey, Environment};
use identity::password::Passwords;
use secrecy::SecretString;
use store::Reason;
use store::accounts::NewAccount;
use store::audit::{ActorKind, AuditEntry, AuditOutcome};
use store::keys::NewKey;

use super::credentials::{Credentials, Key, User};
use super::{DemoError, Estate, random};

/// Bytes of chance in a demo password.
const PASSWORD_BYTES: usize = 15;

/// A tenant to make.
struct Plan {
    slug: &'static str,
    name: &'static str,
    markup_ppm: u32,
    /// Short name and name of each.
    projects: [(&'static str, &'static str); 2],
}

const TENANTS: [Plan; 2] = [
    Plan {
        slug: "acme",
        name: "Acme Robotics",
        markup_ppm: 50_000,
        projects: [("assistant", "Assistant"), ("vision", "Vision")],
    },
    Plan {
        slug: "borealis",
        name: "Borealis Health",
        markup_ppm: 80_000,
        projects: [("triage", "Triage"), ("research", "Research")],
    },
];

/// The people of each tenant: role, the part before the @, name.
const PEOPLE: [(Role, &str, &str); 3] = [
    (Role::TenantAdmin, "admin", "Ada Admin"),
    (Role::Member, "member", "Max Member"),
    (Role::Auditor, "auditor", "Iris Auditor"),
];

/// Makes all of it; `None` where another node was faster. The passwords are written down before the
/// accounts are: a start that is cut short leaves no estate that nobody can enter.
pub(super) async fn make(estate: &Estate<'_>) -> Result<Option<Credentials>, DemoError> {
    let passwords = Passwords::default();
    let mut users = Vec::new();
    let mut api_keys = Vec::new();

    let operator = person(&passwords, "operator@tokenone.example", "Olga Operator", true).await?;
    users.push(operator.user(Role::PlatformAdmin, None));
    let mut tx = estate.store.system(Reason::Demo).await?;
    // Two nodes that start at once: one of them makes the estate.
    if !tx.create_first_account(&operator.account).await? {
        return Ok(None);
    }
    let mut keys = Vec::new();
    for Plan { slug, name, markup_ppm, projects } in TENANTS {
        let tenant_id = TenantId::mint();
        tx.create_tenant(tenant_id, slug, name, markup_ppm).await?;
        let ids = projects.map(|_| ProjectId::mint());
        for (id, (slug, name)) in ids.iter().zip(projects) {
            tx.create_project(tenant_id, *id, slug, name).await?;
        }
        for (role, local, person_name) in PEOPLE {
            let email = format!("{local}@{slug}.example");
            let made = person(&passwords, &email, person_name, false).await?;
            tx.create_account(&made.account).await?;
            // The member works in the first project only, so that the difference can be seen.
            tx.add_member(tenant_id, made.account.id, role, &ids[..1]).await?;
            users.push(made.user(role, Some(name)));
        }
        let scope = Scope { tenant_id, projects: ids.to_vec() };
        for (project_id, (slug, project)) in ids.into_iter().zip(projects) {
            let key = ApiKey::mint(Environment::Live)?;
            api_keys.push(Key {
                tenant: name.to_owned(),
                project: project.to_owned(),
                name: format!("{slug}-service"),
                key: key.expose().to_owned(),
                aliases: vec!["sim-small".to_owned(), "sim-large".to_owned()],
            });
            keys.push((scope.clone(), project_id, format!("{slug}-service"), key));
        }
    }
    let credentials = Credentials { base_url: estate.base_url.to_owned(), users, api_keys };
    credentials.write(estate.folder)?;
    tx.commit().await?;
    for (scope, project_id, name, key) in keys {
        keep_key(estate, &scope, project_id, &name, &key).await?;
    }
    Ok(Some(credentials))
}

/// Keeps a project's key.
async fn keep_key(
    estate: &Estate<'_>,
    scope: &Scope,
    project_id: ProjectId,
    name: &str,
    key: &ApiKey,
) -> Result<(), DemoError> {
    let id = KeyId::mint();
    let mut tx = estate.store.tenant(scope).await?;
    tx.create_key(&NewKey {
        id,
        project_id,
        name: name.to_owned(),
        mac: key.mac(estate.secrets.pepper.expose()),
        pepper: crate::secrets::PEPPER,
        shown: key.shown(),
        created_by: "demo".to_owned(),
        created_at: estate.now,
        expires_at: None,
    })
    .await?;
    tx.audit(&audit(id, project_id, name)).await?;
    tx.commit().await?;
    Ok(())
}

fn audit(id: KeyId, project_id: ProjectId, name: &str) -> AuditEntry {
    AuditEntry {
        id: AuditId::mint(),
        project_id: Some(project_id),
        actor_kind: ActorKind::System,
        actor_id: None,
        actor: "demo".to_owned(),
        action: "key.create".to_owned(),
        target_kind: "api_key".to_owned(),
        target_id: Some(id.uuid()),
        target: Some(name.to_owned()),
        outcome: AuditOutcome::Success,
        reason: Some("made with the demo estate".to_owned()),
        before: None,
        after: None,
        ip: None,
        user_agent: None,
        request_id: None,
    }
}

struct Person {
    account: NewAccount,
    password: String,
}

impl Person {
    fn user(&self, role: Role, tenant: Option<&str>) -> User {
        User {
            email: self.account.email.clone(),
            password: self.password.clone(),
            role: role.as_str().to_owned(),
            tenant: tenant.map(str::to_owned),
        }
    }
}

async fn person(
    passwords: &Passwords,
    email: &str,
    name: &str,
    platform_admin: bool,
) -> Result<Person, DemoError> {
    let password = random(PASSWORD_BYTES)?;
    let hash = passwords.hash(SecretString::from(password.clone())).await?;
    let account = NewAccount {
        id: AccountId::mint(),
        email: email.to_owned(),
        name: name.to_owned(),
        password_hash: SecretString::from(hash),
        platform_admin,
    };
    Ok(Person { account, password })
}
