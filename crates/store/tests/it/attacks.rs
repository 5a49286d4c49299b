//! Attacks on every table of schema app, taken from the catalogue: what a runtime role can reach of
//! another tenant when it may run any statement it likes. Each answers with what it found; nothing is
//! the good answer. They run on a superuser's connection inside a transaction, under the role that
//! attacks, so that a mutation can be tried on and undone.

use futures_util::TryStreamExt as _;
use sqlx::PgConnection;

use crate::estate::{Tenant, code, enter, good_context, number, run, texts};

/// Everything that is wrong, as sentences. The caller has begun a transaction.
pub async fn all(connection: &mut PgConnection, a: &Tenant, b: &Tenant) -> Vec<String> {
    let mut found = Vec::new();
    for table in tables(connection).await {
        for role in crate::estate::ROLES {
            found.extend(on_table(connection, role, &table, a, b).await);
        }
    }
    for partition in partitions(connection).await {
        for role in crate::estate::ROLES {
            found.extend(on_partition(connection, role, &partition, a).await);
        }
    }
    found
}

/// Tables of schema app, without partitions.
pub async fn tables(connection: &mut PgConnection) -> Vec<String> {
    texts(
        connection,
        "select oid::regclass::text from pg_class where relnamespace = 'app'::regnamespace
           and relkind in ('r', 'p') and not relispartition order by 1",
    )
    .await
}

pub async fn partitions(connection: &mut PgConnection) -> Vec<String> {
    texts(
        connection,
        "select oid::regclass::text from pg_class where relnamespace = 'app'::regnamespace
           and relispartition and relkind = 'r' order by 1",
    )
    .await
}

/// Runs statements as a role inside a savepoint, and undoes them.
pub async fn attempt(
    connection: &mut PgConnection,
    role: &str,
    prepare: &str,
    statement: &str,
) -> Result<u64, String> {
    run(connection, "savepoint attempt").await.unwrap();
    let ready = run(connection, format!("set local role {role}; {prepare}")).await;
    let result = match ready {
        Ok(_) => run(connection, statement).await,
        Err(error) => Err(error),
    };
    run(connection, "rollback to savepoint attempt; reset role").await.unwrap();
    result.map_err(|error| code(&error))
}

/// The same for a question; an error answers as its SQLSTATE.
pub async fn ask(
    connection: &mut PgConnection,
    role: &str,
    prepare: &str,
    question: &str,
) -> Result<i64, String> {
    run(connection, "savepoint attempt").await.unwrap();
    let ready = run(connection, format!("set local role {role}; {prepare}")).await;
    let result = match ready {
        Ok(_) => number(connection, question).await,
        Err(error) => Err(error),
    };
    run(connection, "rollback to savepoint attempt; reset role").await.unwrap();
    result.map_err(|error| code(&error))
}

async fn on_table(
    connection: &mut PgConnection,
    role: &str,
    table: &str,
    a: &Tenant,
    b: &Tenant,
) -> Vec<String> {
    let mut found = Vec::new();
    let (ours, theirs) = (a.id.uuid(), b.id.uuid());
    let signed = good_context(connection, &[ours], &a.projects()).await;
    let inside = enter(&[ours], &signed);
    let reads = format!("select count(*) from {table}");
    let foreign = format!("select count(*) from {table} where tenant_id <> '{ours}'");
    // Who sees what.
    let contexts = [
        ("c1 without any context", String::new()),
        (
            "c2 with an emptied context",
            "set local app.tenant = ''; set local app.tenants = ''; set local app.context = '';"
                .into(),
        ),
        ("c4 naming another tenant without a context", enter(&[theirs], "")),
        ("c4 naming another tenant under our context", enter(&[theirs], &signed)),
        (
            "c4 naming both tenants in a list under our context",
            format!(
                "{inside} set local app.tenants = '{{{ours},{theirs}}}'; set local app.tenant = '{theirs}';"
            ),
        ),
    ];
    for (name, prepare) in &contexts {
        let question = if name.contains("in a list") { &foreign } else { &reads };
        if let Ok(rows @ 1..) = ask(connection, role, prepare, question).await {
            found.push(format!("{name}: {role} reads {rows} rows of {table}"));
        }
    }
    if let Ok(rows @ 1..) = ask(connection, role, &inside, &foreign).await {
        found.push(format!("c3 {role} reads {rows} foreign rows of {table} under our context"));
    }
    let leaky = format!(
        "select count(*) from {table} where 1 / (case when tenant_id = '{theirs}' then 0 else 1 end) = 1"
    );
    if ask(connection, role, &inside, &leaky).await == Err("22012".into()) {
        found.push(format!("c15 a leaky condition sees foreign rows of {table} as {role}"));
    }
    let unfiltered = format!("{inside} set local row_security = off;");
    if let Ok(rows @ 1..) = ask(connection, role, &unfiltered, &reads).await {
        found.push(format!("c19 {role} reads {rows} rows of {table} with row_security off"));
    }
    // Who changes what.
    let writes = [
        ("c12 truncates", format!("truncate {table} cascade")),
        ("c16 moves rows of", format!("update {table} set tenant_id = '{theirs}'")),
        (
            "c16 takes rows of",
            format!("update {table} set tenant_id = '{ours}' where tenant_id = '{theirs}'"),
        ),
        (
            "c16 deletes foreign rows of",
            format!("delete from {table} where tenant_id = '{theirs}'"),
        ),
    ];
    for (name, statement) in &writes {
        match attempt(connection, role, &inside, statement).await {
            Ok(rows) if rows > 0 || name.starts_with("c12") => {
                found.push(format!("{role} {name} {table}"));
            }
            _ => {}
        }
    }
    found.extend(inserts(connection, role, table, &inside, theirs).await);
    found.extend(copies(connection, role, table, &inside, ours).await);
    found
}

/// C8, C9, C17, C18: a row that the other tenant has already is refused for whose it is, and not for
/// being there, which would tell that it is.
async fn inserts(
    connection: &mut PgConnection,
    role: &str,
    table: &str,
    inside: &str,
    theirs: uuid::Uuid,
) -> Vec<String> {
    let mut found = Vec::new();
    run(connection, "savepoint loot").await.unwrap();
    run(
        connection,
        format!(
            "create temp table loot on commit drop as
               select * from {table} where tenant_id = '{theirs}' limit 1;
             grant select on loot to {role};"
        ),
    )
    .await
    .unwrap();
    for tail in ["", " on conflict do nothing"] {
        let statement = format!("insert into {table} select * from pg_temp.loot{tail}");
        match attempt(connection, role, inside, &statement).await {
            Err(code) if code == "42501" => {}
            other => found.push(format!(
                "c9 {role} inserting another tenant's row into {table}{tail} is answered {other:?}"
            )),
        }
    }
    run(connection, "rollback to savepoint loot").await.unwrap();
    found
}

/// C13: COPY shows no more than SELECT. Where SELECT is not granted COPY is not tried: the driver loses
/// its place in the protocol when a COPY is refused.
async fn copies(
    connection: &mut PgConnection,
    role: &str,
    table: &str,
    inside: &str,
    ours: uuid::Uuid,
) -> Vec<String> {
    let granted = format!(
        "select has_column_privilege('{role}', '{table}', 'tenant_id', 'select')::int::bigint"
    );
    if number(connection, granted).await.unwrap() == 0 {
        return Vec::new();
    }
    run(connection, "savepoint copying").await.unwrap();
    run(connection, format!("set local role {role}; {inside}")).await.unwrap();
    let statement = format!("copy (select tenant_id from {table}) to stdout");
    let copied = async {
        let stream = connection.copy_out_raw(&statement).await?;
        stream
            .try_fold(Vec::new(), |mut all, part| async move {
                all.extend_from_slice(&part);
                Ok(all)
            })
            .await
    }
    .await;
    run(connection, "rollback to savepoint copying; reset role").await.unwrap();
    let ours = ours.to_string();
    let lines: Vec<u8> = copied.unwrap_or_default();
    String::from_utf8_lossy(&lines)
        .lines()
        .filter(|line| **line != *ours)
        .map(|line| format!("c13 {role} copies {line} out of {table}"))
        .collect()
}

/// C7: a partition is closed, whatever its parent shows.
async fn on_partition(
    connection: &mut PgConnection,
    role: &str,
    partition: &str,
    a: &Tenant,
) -> Option<String> {
    let signed = good_context(connection, &[a.id.uuid()], &a.projects()).await;
    let inside = enter(&[a.id.uuid()], &signed);
    let question = format!("select count(*) from {partition}");
    match ask(connection, role, &inside, &question).await {
        Err(code) if code == "42501" => None,
        other => Some(format!("c7 {role} asking {partition} is answered {other:?}")),
    }
}

/// The lint's questions, which the start-up check asks too.
pub async fn lint(connection: &mut PgConnection) -> Vec<String> {
    let mut found = Vec::new();
    for question in [
        include_str!("../../src/verify/roles.sql"),
        include_str!("../../src/verify/grants.sql"),
        include_str!("../../src/verify/tables.sql"),
        include_str!("../../src/verify/policies.sql"),
        include_str!("../../src/verify/constraints.sql"),
        include_str!("../../src/verify/triggers.sql"),
        include_str!("../../src/verify/functions.sql"),
    ] {
        let rows: Vec<(String, String)> = sqlx::query_as(question)
            .bind(crate::estate::ROLES.map(String::from).to_vec())
            .persistent(false)
            .fetch_all(&mut *connection)
            .await
            .unwrap();
        found.extend(rows.into_iter().map(|(object, fault)| format!("{object} {fault}")));
    }
    found
}
