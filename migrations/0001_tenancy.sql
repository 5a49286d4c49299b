-- Tenancy: who owns, who runs, and the three locks on every tenant table.
--
-- Roles are cluster-wide and therefore made only where missing. None that runs owns a table, is a
-- superuser, may bypass row-level security, or is a member of another role.
--   tokenone_owner    owns schemas, tables and triggers; nobody signs in as it
--   tokenone_system   owns the few definer functions that look across tenants; nobody signs in as it
--   tokenone_gateway  admits, settles and records calls in batches
--   tokenone_console  does what people ask, one tenant at a time
-- The passwords of the two that sign in are set at start-up from the key store, never here.

do $$
declare name text;
begin
  foreach name in array array['tokenone_owner', 'tokenone_system'] loop
    if not exists (select from pg_roles where rolname = name) then
      begin
        execute format('create role %I nologin noinherit', name);
      exception when duplicate_object or unique_violation then null;
      end;
    end if;
  end loop;
  foreach name in array array['tokenone_gateway', 'tokenone_console'] loop
    if not exists (select from pg_roles where rolname = name) then
      begin
        execute format('create role %I login noinherit nosuperuser nobypassrls nocreatedb nocreaterole', name);
      exception when duplicate_object or unique_violation then null;
      end;
    end if;
  end loop;
  -- The migrating role need not be a superuser: it creates in the name of the two that own.
  if not (select rolsuper from pg_roles where rolname = current_user) then
    execute format('grant tokenone_owner, tokenone_system to %I', current_user);
  end if;
  execute format('revoke all on database %I from public', current_database());
  execute format('grant connect on database %I to tokenone_gateway, tokenone_console', current_database());
end $$;

revoke all on schema public from public;

create schema if not exists ext;
create extension if not exists pgcrypto schema ext;
grant usage on schema ext to tokenone_owner, tokenone_system;

create schema app authorization tokenone_owner;       -- tenant tables; everything in it is protected
create schema platform authorization tokenone_owner;  -- tables of the operator: no tenant's data
create schema identity authorization tokenone_owner;  -- accounts and sessions: no tenant's data
create schema sec authorization tokenone_owner;       -- the context's key and its checks
create schema sys authorization tokenone_owner;       -- definer functions that look across tenants

-- What each runtime role's plans may not depend on: tables start empty and grow, and a plan cached on
-- an empty table cost four to ten times as much when measured.
do $$ begin
  alter role tokenone_gateway set enable_seqscan = off;
  alter role tokenone_gateway set plan_cache_mode = force_generic_plan;
  alter role tokenone_gateway set jit = off;
  alter role tokenone_gateway set idle_in_transaction_session_timeout = '10s';
  alter role tokenone_console set jit = off;
  -- Its questions vary with their filters; a plan for the general case would serve none of them.
  alter role tokenone_console set plan_cache_mode = force_custom_plan;
  alter role tokenone_console set statement_timeout = '10s';
  alter role tokenone_console set idle_in_transaction_session_timeout = '10s';
exception when others then
  -- Another database of this cluster is being migrated at the same moment and sets the same values.
  if sqlstate not in ('XX000', '40001') then raise; end if;
end $$;

grant usage on schema app, platform, sec, sys to tokenone_gateway, tokenone_console, tokenone_system;
grant usage on schema identity to tokenone_console, tokenone_system;

set local role tokenone_owner;

-- ── The signed context ──────────────────────────────────────────────────────────────────────────
-- A transaction names its tenant in app.tenant and proves the right to it in app.context:
--   kid | tenants, comma-separated | projects, comma-separated | expiry, Unix seconds | HMAC-SHA256
-- over the rest and the backend's pid. An injected SET can name any tenant but cannot sign.

create table sec.context_key (
  kid integer primary key,
  key bytea not null check (length(key) = 32)
);
revoke all on sec.context_key from public;
grant select on sec.context_key to tokenone_system;

create function sec.context_part(part integer) returns text
  language plpgsql stable parallel safe security definer
  set search_path = pg_catalog, pg_temp
as $$
declare
  parts text[] := string_to_array(current_setting('app.context', true), '|');
  secret bytea;
begin
  if parts is null or cardinality(parts) <> 5
     or parts[1] !~ '^[0-9]{1,9}$' or parts[4] !~ '^[0-9]{1,12}$' then
    return null;
  end if;
  select k.key into secret from sec.context_key k where k.kid = parts[1]::integer;
  if not found or parts[4]::bigint < extract(epoch from clock_timestamp()) then
    return null;
  end if;
  if encode(ext.hmac(
       convert_to(array_to_string(parts[1:4], '|') || '|' || pg_backend_pid(), 'utf8'),
       secret, 'sha256'), 'hex') <> parts[5] then
    return null;
  end if;
  return parts[part];
end $$;

create function sec.context_tenants() returns uuid[]
  language sql stable parallel safe
  set search_path = pg_catalog, pg_temp
as $$ select string_to_array(sec.context_part(2), ',')::uuid[] $$;

-- The single tenant of a console transaction; null where the context names several or none.
create function sec.context_tenant() returns uuid
  language sql stable parallel safe
  set search_path = pg_catalog, pg_temp
as $$ select case when cardinality(t) = 1 then t[1] end from (select sec.context_tenants() t) x $$;

create function sec.context_projects() returns uuid[]
  language sql stable parallel safe
  set search_path = pg_catalog, pg_temp
as $$ select string_to_array(nullif(sec.context_part(3), ''), ',')::uuid[] $$;

revoke execute on all functions in schema sec from public;
grant execute on function sec.context_part(integer), sec.context_tenants(), sec.context_tenant(),
  sec.context_projects() to tokenone_gateway, tokenone_console;

grant create on schema sec to tokenone_system;
reset role;
alter function sec.context_part(integer) owner to tokenone_system;
set local role tokenone_owner;
revoke create on schema sec from tokenone_system;

-- ── Protection ──────────────────────────────────────────────────────────────────────────────────
-- Every tenant table is given to this helper once, right after its creation.
--   p_project  the table carries project_id, and a person sees only the projects in reach
--   p_batch    the gateway's batches reach the rows of the tenants on their signed list

create function app.protect(p_table regclass, p_project boolean default false, p_batch boolean default false)
  returns void language plpgsql
  set search_path = pg_catalog, pg_temp
as $$
begin
  execute format('alter table %s enable row level security', p_table);
  execute format('alter table %s force row level security', p_table);
  execute format('revoke all on %s from public', p_table);

  execute format($f$create policy tenant_equality on %s as permissive to tokenone_console
    using (tenant_id = (select current_setting('app.tenant', true))::uuid)
    with check (tenant_id = (select current_setting('app.tenant', true))::uuid)$f$, p_table);
  execute format($f$create policy signed_context on %s as restrictive to tokenone_console
    using (tenant_id = (select sec.context_tenant()))
    with check (tenant_id = (select sec.context_tenant()))$f$, p_table);
  if p_project then
    execute format($f$create policy project_floor on %s as restrictive to tokenone_console
      using (project_id = any ((select sec.context_projects())::uuid[]))
      with check (project_id = any ((select sec.context_projects())::uuid[]))$f$, p_table);
  end if;

  if p_batch then
    -- "in (select unnest(…))" is a hashed subplan, evaluated once per statement; equality per tenant
    -- was eight times slower with a hundred tenants in a batch.
    execute format($f$create policy batch_tenants on %s as permissive to tokenone_gateway
      using (tenant_id in (select unnest(nullif((select current_setting('app.tenants', true)), '')::uuid[])))
      with check (tenant_id in (select unnest(nullif((select current_setting('app.tenants', true)), '')::uuid[])))$f$, p_table);
    execute format($f$create policy batch_signed on %s as restrictive to tokenone_gateway
      using (tenant_id in (select unnest(sec.context_tenants())))
      with check (tenant_id in (select unnest(sec.context_tenants())))$f$, p_table);
  end if;
end $$;
revoke execute on function app.protect(regclass, boolean, boolean) from public;

-- A row that must stay as it was written.
create function app.refuse_change() returns trigger
  language plpgsql set search_path = pg_catalog, pg_temp
as $$
begin
  raise exception '% on % is refused: its rows are append-only', tg_op, tg_table_name
    using errcode = 'TK001';
end $$;

-- ── The epoch: what a node's snapshot of keys, aliases and prices is compared with ──────────────
create table platform.epoch (
  only_row boolean primary key default true check (only_row),
  value bigint not null default 1
);
insert into platform.epoch default values;
grant select on platform.epoch to tokenone_gateway, tokenone_console;

create function platform.advance_epoch() returns trigger
  language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
  update platform.epoch set value = value + 1;
  perform pg_notify('tokenone_epoch', '');
  return null;
end $$;
revoke execute on function platform.advance_epoch() from public;

-- ── Tenants and projects ────────────────────────────────────────────────────────────────────────
create table app.tenant (
  tenant_id uuid primary key,
  slug text not null unique check (slug ~ '^[a-z0-9](-?[a-z0-9])*$' and length(slug) <= 63),
  name text not null check (length(name) between 1 and 100),
  state text not null default 'active' check (state in ('active', 'suspended')),
  kind text not null default 'customer' check (kind in ('platform', 'customer')),
  -- What is charged above cost, in parts per million of the cost.
  markup_ppm integer not null default 0 check (markup_ppm between 0 and 10000000),
  created_at timestamptz not null default now()
);
select app.protect('app.tenant');
create policy system_reads on app.tenant for select to tokenone_system using (true);
create policy system_makes on app.tenant for insert to tokenone_system with check (true);
grant select on app.tenant to tokenone_console, tokenone_system;
grant insert on app.tenant to tokenone_system;

create table app.project (
  tenant_id uuid not null references app.tenant,
  id uuid not null,
  slug text not null check (slug ~ '^[a-z0-9](-?[a-z0-9])*$' and length(slug) <= 63),
  name text not null check (length(name) between 1 and 100),
  state text not null default 'active' check (state in ('active', 'archived')),
  created_at timestamptz not null default now(),
  primary key (tenant_id, id),
  unique (tenant_id, slug)
);
select app.protect('app.project', p_batch => true);
create policy system_reads on app.project for select to tokenone_system using (true);
-- The floor of the other project tables, over this table's own id.
create policy project_floor on app.project as restrictive to tokenone_console
  using (id = any ((select sec.context_projects())::uuid[]))
  with check (id = any ((select sec.context_projects())::uuid[]));
create policy system_makes on app.project for insert to tokenone_system with check (true);
grant select on app.project to tokenone_console, tokenone_gateway;
grant select, insert on app.project to tokenone_system;

create trigger advance_epoch after insert or update or delete on app.tenant
  for each statement execute function platform.advance_epoch();
create trigger advance_epoch after insert or update or delete on app.project
  for each statement execute function platform.advance_epoch();

reset role;
