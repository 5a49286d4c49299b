//! Making a tenant ready for use.

use contract::fault::{Fault, Field, Reason};
use contract::tenants::NewTenant;
use domain::ids::TenantId;
use domain::role::Role;

use crate::house::{House, PASSWORD, new_tenant};

#[tokio::test]
async fn a_tenant_is_ready_for_use_and_on_record_in_both_logs() {
    let (house, operator) = House::new().await;
    let new = new_tenant("acme", " Anna@ACME.example ");
    let row = house.console.tenants.create(&operator, new).await.unwrap();
    assert_eq!((row.projects, row.people, row.keys, row.last_call_at), (1, 1, 0, None));
    assert_eq!(house.console.tenants.list(&operator).await.unwrap(), std::slice::from_ref(&row));

    let admin = house.caller_of("anna@acme.example", None).await;
    assert_eq!(admin.role(), Role::TenantAdmin);
    let frame = house.console.frame.frame(&admin).await.unwrap();
    assert_eq!(frame.projects[0].name, "First project");
    house.key(&admin, frame.projects[0].id, "server").await;

    assert_eq!(house.actions(row.id).await, ["tenant.create", "key.create"]);
    assert_eq!(
        house.actions(TenantId::PLATFORM).await,
        ["account.create", "session.start", "tenant.create"]
    );
    let entry = house.log(TenantId::PLATFORM).await.remove(0).entry;
    assert_eq!((entry.target_id, entry.actor.as_str()), (Some(row.id.uuid()), &*operator.email));
}

#[tokio::test]
async fn somebody_we_know_keeps_their_password() {
    let (house, operator) = House::new().await;
    house.tenant(&operator, "acme").await;
    let new = NewTenant {
        admin_password: "another password of some length".into(),
        ..new_tenant("globex", "admin@acme.example")
    };
    let globex = house.console.tenants.create(&operator, new).await.unwrap();
    let sign_in = |password| house.sign_in("admin@acme.example", password);
    let refused = sign_in("another password of some length").await.unwrap_err();
    assert_eq!(refused, Fault::WrongCredentials);
    sign_in(PASSWORD).await.unwrap();
    let seated = house.caller_of("admin@acme.example", Some(globex.id)).await;
    assert_eq!(house.console.frame.frame(&seated).await.unwrap().tenants.len(), 2);
}

#[tokio::test]
async fn a_form_that_is_not_in_order_makes_nothing() {
    let (house, operator) = House::new().await;
    house.tenant(&operator, "acme").await;
    let new = || new_tenant("globex", "g@globex.example");
    for (form, field, reason) in [
        (NewTenant { name: " ".into(), ..new() }, Field::Tenant, Reason::Missing),
        (NewTenant { slug: "Globex".into(), ..new() }, Field::Slug, Reason::NotASlug),
        (NewTenant { slug: "acme".into(), ..new() }, Field::Slug, Reason::Taken),
        (NewTenant { slug: "platform".into(), ..new() }, Field::Slug, Reason::Taken),
        (NewTenant { project: String::new(), ..new() }, Field::Project, Reason::Missing),
        (NewTenant { admin_email: "g".into(), ..new() }, Field::Email, Reason::NotAnEmail),
        (NewTenant { admin_name: String::new(), ..new() }, Field::Name, Reason::Missing),
        (NewTenant { admin_password: "short".into(), ..new() }, Field::Password, Reason::TooShort),
    ] {
        let refused = house.console.tenants.create(&operator, form).await.unwrap_err();
        assert_eq!(refused, Fault::Invalid { field, reason });
    }
    assert_eq!(house.console.tenants.list(&operator).await.unwrap().len(), 1);
    let nobody = house.sign_in("g@globex.example", PASSWORD).await;
    assert_eq!(nobody.unwrap_err(), Fault::WrongCredentials);
}
