//! C38: whatever protection is taken away, the checks notice.

use sqlx::PgConnection;

use crate::attacks;
use crate::estate::{House, ROLES, Tenant, enter, good_context, run, texts};

/// A way to weaken the database, as a statement.
async fn mutations(connection: &mut PgConnection) -> Vec<String> {
    texts(
        connection,
        "with tables as (
           select c.oid, c.relispartition from pg_class c
           where c.relnamespace = 'app'::regnamespace and c.relkind in ('r', 'p'))
         select format('drop policy %I on %s', p.polname, p.polrelid::regclass)
         from pg_policy p join tables t on t.oid = p.polrelid
         union all
         select format('alter table %s no force row level security', t.oid::regclass) from tables t
         union all
         select format('alter table %s disable row level security', t.oid::regclass) from tables t
         union all
         select format('alter table %s drop constraint %I', f.conrelid::regclass, f.conname)
         from pg_constraint f join tables t on t.oid = f.conrelid
         where f.contype = 'f' and f.conparentid = 0 and cardinality(f.conkey) > 1
         union all
         select format('%s', s.statement)
         from pg_trigger g
         join pg_class c on c.oid = g.tgrelid
         cross join lateral (values
           (format('drop trigger %I on %s', g.tgname, g.tgrelid::regclass)),
           (format('alter table %s disable trigger %I', g.tgrelid::regclass, g.tgname))) s (statement)
         where not g.tgisinternal and g.tgparentid = 0
           and c.relnamespace in ('app'::regnamespace, 'platform'::regnamespace)
         union all
         select format('grant %s on %s to %I', g.privilege, t.oid::regclass, r.role)
         from tables t
         cross join (values ('truncate'), ('trigger'), ('references')) g (privilege)
         cross join unnest($1::text[]) r (role)
         where not t.relispartition
         union all
         select format('grant select on %s to %I', t.oid::regclass, r.role)
         from tables t cross join unnest($1::text[]) r (role) where t.relispartition
         union all
         select format('create policy extra on %s as permissive to %I using (true)', t.oid::regclass, r.role)
         from tables t cross join unnest($1::text[]) r (role) where not t.relispartition
         union all
         select format('grant select on %s to public', t.oid::regclass) from tables t
         order by 1"
            .replace("$1::text[]", &format!("array['{}']", ROLES.join("','"))),
    )
    .await
}

/// Others that the catalogue does not enumerate.
const FURTHER: &[&str] = &[
    "create view app.all_calls as select * from app.call; grant select on app.all_calls to tokenone_console",
    "alter view app.entry set (security_invoker = false)",
    "create materialized view app.sums as select tenant_id, count(*) from app.call group by 1; grant select on app.sums to tokenone_console",
    "create table app.forgotten (tenant_id uuid not null, note text); grant select on app.forgotten to tokenone_console",
    "create table platform.misplaced (tenant_id uuid not null, note text)",
    "create unique index once on app.api_key (mac)",
    "alter table app.api_key add unique (id), add foreign key (id) references app.api_key (id)",
    "grant tokenone_owner to tokenone_console",
    "grant pg_read_all_data to tokenone_gateway",
    "alter role tokenone_gateway bypassrls",
    "alter role tokenone_console createrole",
    "alter table app.audit_event owner to tokenone_console",
    "grant create on schema app to tokenone_console",
    "do $$ begin execute format('grant temporary on database %I to tokenone_gateway', current_database()); end $$",
    "create sequence app.numbers; grant usage on sequence app.numbers to tokenone_console",
    "alter function sys.tenants() reset search_path",
    "grant execute on function sec.context_part(integer) to public",
    "alter function sys.tenants() owner to current_user",
];

async fn red(connection: &mut PgConnection, a: &Tenant, b: &Tenant) -> bool {
    !attacks::lint(connection).await.is_empty()
        || !attacks::all(connection, a, b).await.is_empty()
        || !system_questions_answer(connection, a).await
}

/// The definer functions rest on policies of their own: without one, a question goes unanswered.
async fn system_questions_answer(connection: &mut PgConnection, a: &Tenant) -> bool {
    let signed = good_context(connection, &[a.id.uuid()], &a.projects()).await;
    let inside = enter(&[a.id.uuid()], &signed);
    for (role, question) in [
        ("tokenone_gateway", "select least((select count(*) from sys.snapshot_tenants()),
           (select count(*) from sys.snapshot_projects()), (select count(*) from sys.snapshot_keys()),
           (select count(*) from sys.snapshot_kills()), (select count(*) from sys.snapshot_guard()))"),
        ("tokenone_console", "select least((select count(*) from sys.kills(10)),
           (select min(least(projects, keys, agents, calls_hour)) from sys.kill_reach(null, null, 10)))"),
        ("tokenone_console", "select min(least(projects, people, keys, (last_call_at is not null)::int)) from sys.tenants()"),
        ("tokenone_console", "select count(*) from (select account_id from app.membership limit 1) m
           cross join lateral sys.memberships(m.account_id) x
           cross join lateral sys.seat(m.account_id, x.tenant_id) s where cardinality(s.projects) = 1"),
    ] {
        if !matches!(attacks::ask(connection, role, &inside, question).await, Ok(1..)) {
            return false;
        }
    }
    let act = "select sys.create_tenant(t, 'new', 'New', 0), sys.create_project(t, p, 'p', 'P'),
        sys.audit(t, p, null, 'system', null, 'us', 'tenant.create', 'tenant', t, null, 'success', null,
          null, null, null, null, null),
        sys.add_member(t, account_id, 'member', array[p])
      from app.membership, (values (gen_random_uuid(), gen_random_uuid())) x (t, p) limit 1";
    let admitted = format!(
        "select count(*) from (select * from app.transfer limit 1) t
           cross join lateral app.admit_calls(array[gen_random_uuid()], array[t.tenant_id],
             array[t.project_id], array[t.key_id], array[t.price_id], array[1::bigint],
             array[null::text], array[null::bytea], 60, '{signed}')"
    );
    for question in [
        admitted.as_str(),
        "select app.forget_idempotency(10)::bigint",
        "select app.forget_origins(10)::bigint",
    ] {
        if !matches!(attacks::ask(connection, "tokenone_gateway", &inside, question).await, Ok(1)) {
            return false;
        }
    }
    let expired = "select count(*) from sys.expired_holds('-infinity', 10)";
    attacks::attempt(connection, "tokenone_console", &inside, act).await.is_ok()
        && matches!(attacks::ask(connection, "tokenone_gateway", &inside, expired).await, Ok(1..))
}

#[tokio::test]
async fn c38_the_checks_notice_every_protection_that_is_taken_away() {
    let (house, a, b) = House::furnished().await;
    let call = domain::ids::CallId::mint();
    let mut batch = house.store.batch().await.unwrap();
    batch.admit(&[house.hold(&a, call, 5)], 0).await.unwrap();
    let mut connection = house.admin().await;
    run(&mut connection, "begin").await.unwrap();
    let stale = format!(
        "insert into app.idempotency (tenant_id, project_id, key, request_hash, call_id, at)
         values ('{}', '{}', 'stale', sha256('x'), '{call}', now() - interval '25 hours')",
        a.id, a.project
    );
    run(&mut connection, stale).await.unwrap();
    let stale = format!(
        "insert into app.origin (tenant_id, project_id, provider_id, mark, at)
         select '{}', '{}', id, sha256('x'), now() - interval '32 days' from platform.provider",
        a.id, a.project
    );
    run(&mut connection, stale).await.unwrap();
    assert_eq!(attacks::lint(&mut connection).await, Vec::<String>::new());
    assert_eq!(attacks::all(&mut connection, &a, &b).await, Vec::<String>::new());
    assert!(system_questions_answer(&mut connection, &a).await);
    let mut mutations = mutations(&mut connection).await;
    assert!(mutations.len() > 150, "only {} mutations", mutations.len());
    mutations.extend(FURTHER.iter().map(|sql| (*sql).to_owned()));
    let mut unnoticed = Vec::new();
    for mutation in mutations {
        run(&mut connection, "savepoint mutation").await.unwrap();
        run(&mut connection, mutation.as_str()).await.unwrap_or_else(|e| panic!("{mutation}: {e}"));
        if !red(&mut connection, &a, &b).await {
            unnoticed.push(mutation);
        }
        run(&mut connection, "rollback to savepoint mutation").await.unwrap();
    }
    assert_eq!(unnoticed, Vec::<String>::new());
}
