-- The kill switch, the agents it can stop, and the nodes that must confirm it. And what a call's record
-- says besides: which agent made it, and how its target was chosen.

set local role tokenone_owner;

-- ── Kills ───────────────────────────────────────────────────────────────────────────────────────
-- One row per time that something was stopped. tenant_id is the tenant concerned; what concerns all of
-- them, and a provider, is the platform tenant's. No foreign key: a kill outlives what it is about, so
-- that nothing comes back to life by being deleted and made again.
create table app.kill (
  tenant_id uuid not null,
  id uuid not null,
  scope text not null check (scope in ('all', 'provider', 'tenant', 'project', 'key', 'agent')),
  provider_id uuid,
  project_id uuid,
  key_id uuid,
  agent text check (length(agent) between 1 and 100),
  -- The target's name, readable for ever.
  target text not null check (length(target) between 1 and 300),
  -- Whether the operator did it: a tenant cannot undo that.
  by_platform boolean not null default false,
  reason text not null check (length(reason) between 1 and 500),
  by text not null check (length(by) <= 254),
  at timestamptz not null default clock_timestamp(),
  expires_at timestamptz,
  -- The epoch that a node must have reached to know of it.
  epoch_at bigint not null,
  released_at timestamptz,
  released_by text check (length(released_by) <= 254),
  release_reason text check (length(release_reason) between 1 and 500),
  primary key (tenant_id, id),
  constraint kill_target check (case scope
    when 'all' then num_nonnulls(provider_id, project_id, key_id, agent) = 0
    when 'tenant' then num_nonnulls(provider_id, project_id, key_id, agent) = 0
    when 'provider' then provider_id is not null and num_nonnulls(project_id, key_id, agent) = 0
    when 'project' then project_id is not null and num_nonnulls(provider_id, key_id, agent) = 0
    when 'key' then num_nonnulls(project_id, key_id) = 2 and num_nonnulls(provider_id, agent) = 0
    else num_nonnulls(project_id, agent) = 2 and num_nonnulls(provider_id, key_id) = 0 end),
  constraint kill_of_platform check (
    (scope in ('all', 'provider')) = (tenant_id = '00000000-0000-7000-8000-000000000001')
    and (by_platform or scope not in ('all', 'provider'))),
  constraint kill_release check (num_nonnulls(released_at, released_by, release_reason) in (0, 3))
);
select app.protect('app.kill');
create policy system_reads on app.kill for select to tokenone_system using (true);
grant select, insert on app.kill to tokenone_console;
grant update (released_at, released_by, release_reason) on app.kill to tokenone_console;
grant select on app.kill to tokenone_system;
-- One per target and per who did it: what the operator stopped stays stopped when the tenant releases its own.
create unique index kill_in_force on app.kill
  (tenant_id, by_platform, scope, provider_id, project_id, key_id, agent) nulls not distinct
  where released_at is null;

-- The epoch's row is locked until the commit, so that this is the very epoch that the commit publishes:
-- a node that confirms it has the kill in its snapshot.
create function app.stamp_kill() returns trigger
  language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
  select e.value + 1 into new.epoch_at from platform.epoch e for update;
  return new;
end $$;
create trigger stamp_kill before insert on app.kill
  for each row execute function app.stamp_kill();

create function app.keep_kill() returns trigger
  language plpgsql set search_path = pg_catalog, pg_temp
as $$
begin
  if tg_op <> 'UPDATE' or old.released_at is not null or new.released_at is null
     or to_jsonb(old) - '{released_at,released_by,release_reason}'::text[]
        is distinct from to_jsonb(new) - '{released_at,released_by,release_reason}'::text[] then
    raise exception '% on kill is refused: it can only be released, and once', tg_op using errcode = 'TK001';
  end if;
  return new;
end $$;
create trigger keep_kill before update or delete on app.kill
  for each row execute function app.keep_kill();
create trigger no_truncate before truncate on app.kill
  for each statement execute function app.refuse_change();

-- What is stopped exists when it is stopped; later it need not.
create function app.check_kills() returns trigger
  language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
  if exists (
    select from made n
    where not exists (select from app.tenant t where t.tenant_id = n.tenant_id)
       or (n.provider_id is not null and not exists (select from platform.provider p where p.id = n.provider_id))
       or (n.project_id is not null and not exists (
             select from app.project p where p.tenant_id = n.tenant_id and p.id = n.project_id))
       or (n.key_id is not null and not exists (
             select from app.api_key k
             where k.tenant_id = n.tenant_id and k.id = n.key_id and k.project_id = n.project_id))
  ) then
    raise exception 'a kill names what is not of its tenant' using errcode = 'TK003';
  end if;
  return null;
end $$;
create trigger check_kills after insert on app.kill
  referencing new table as made for each statement execute function app.check_kills();
create trigger advance_epoch after insert or update or delete on app.kill
  for each statement execute function platform.advance_epoch();

-- ── Agents ──────────────────────────────────────────────────────────────────────────────────────
-- A program within a project, as the header x-tokenone-agent names it: known once a call of it is
-- recorded. Its id is that of its first call.
create table app.agent (
  tenant_id uuid not null,
  project_id uuid not null,
  id uuid not null,
  name text not null check (name ~ '^[A-Za-z0-9._:@/-]{1,100}$'),
  first_seen_at timestamptz not null,
  last_seen_at timestamptz not null,
  calls bigint not null check (calls > 0),
  primary key (tenant_id, id),
  unique (tenant_id, project_id, name),
  foreign key (tenant_id, project_id) references app.project (tenant_id, id)
) with (fillfactor = 80);
select app.protect('app.agent', p_project => true, p_batch => true);
create policy system_reads on app.agent for select to tokenone_system using (true);
grant select, insert on app.agent to tokenone_gateway;
grant update (first_seen_at, last_seen_at, calls) on app.agent to tokenone_gateway;
grant select on app.agent to tokenone_console, tokenone_system;

-- ── What a call's record says besides ───────────────────────────────────────────────────────────
alter table app.call
  add column agent text check (length(agent) <= 100),
  -- Which targets were weighed and tried, and why each was taken or not.
  add column decision jsonb check (length(decision::text) <= 16384);
grant update (agent, decision) on app.call to tokenone_gateway;

-- Registers the agents of the calls that a batch records: of those that it really wrote, so that a batch
-- that is repeated counts none twice. A project has at most 10,000; names beyond are not registered.
create function app.see_agents() returns trigger
  language plpgsql set search_path = pg_catalog, pg_temp
as $$
begin
  if not exists (select from made m where m.agent is not null) then return null; end if;
  insert into app.agent as a (tenant_id, project_id, id, name, first_seen_at, last_seen_at, calls)
  select s.tenant_id, s.project_id, s.id, s.name, s.first_at, s.last_at, s.calls
  from (
    select g.*, row_number() over (partition by g.tenant_id, g.project_id, g.known order by g.id) as place
    from (
      select m.tenant_id, m.project_id, m.agent as name, (array_agg(m.id order by m.id))[1] as id,
             min(m.started_at) as first_at, max(m.started_at) as last_at, count(*) as calls,
             exists (select from app.agent k where k.tenant_id = m.tenant_id
                     and k.project_id = m.project_id and k.name = m.agent) as known
      from made m
      where m.agent ~ '^[A-Za-z0-9._:@/-]{1,100}$'
      group by m.tenant_id, m.project_id, m.agent) g) s
  where case when s.known then true else s.place + (
      select count(*) from app.agent c where c.tenant_id = s.tenant_id and c.project_id = s.project_id) <= 10000 end
  -- In a fixed order, so that two batches cannot wait for each other.
  order by s.tenant_id, s.project_id, s.name
  on conflict (tenant_id, project_id, name) do update set
    first_seen_at = least(a.first_seen_at, excluded.first_seen_at),
    last_seen_at = greatest(a.last_seen_at, excluded.last_seen_at),
    calls = a.calls + excluded.calls;
  return null;
end $$;
revoke execute on function app.see_agents() from public;
create trigger see_agents after insert on app.call
  referencing new table as made for each statement execute function app.see_agents();
-- A call that was given up as expired told no agent; its completion does.
create trigger see_late_agents after update on app.call
  referencing new table as made for each statement execute function app.see_agents();

-- ── Nodes ───────────────────────────────────────────────────────────────────────────────────────
create table platform.node (
  id uuid primary key,
  name text not null check (length(name) between 1 and 100),
  version text not null check (length(version) <= 100),
  started_at timestamptz not null,
  seen_at timestamptz not null,
  -- The last epoch whose snapshot it serves from, and when that was confirmed first.
  epoch bigint not null,
  confirmed_at timestamptz not null
);
-- When a node first confirmed an epoch: how long a kill took to reach it.
create table platform.node_epoch (
  node_id uuid not null references platform.node on delete cascade,
  epoch bigint not null,
  confirmed_at timestamptz not null,
  primary key (node_id, epoch)
);
revoke all on platform.node, platform.node_epoch from public;
grant select on platform.node, platform.node_epoch to tokenone_console;
grant select, insert, update, delete on platform.node, platform.node_epoch to tokenone_system;

grant execute on function app.uuid_floor(timestamptz) to tokenone_system;
grant create on schema app, sys to tokenone_system;
reset role;
alter function app.check_kills() owner to tokenone_system;
set local role tokenone_system;

-- ── What looks across tenants ───────────────────────────────────────────────────────────────────
create function sys.node_beat(p_id uuid, p_name text, p_version text, p_started_at timestamptz, p_epoch bigint)
  returns void
  language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
  delete from platform.node n where n.seen_at < clock_timestamp() - interval '1 hour' and n.id <> p_id;
  insert into platform.node as n (id, name, version, started_at, seen_at, epoch, confirmed_at)
  values (p_id, p_name, p_version, p_started_at, clock_timestamp(), p_epoch, clock_timestamp())
  on conflict (id) do update set
    name = excluded.name, version = excluded.version, seen_at = excluded.seen_at,
    epoch = greatest(n.epoch, excluded.epoch),
    confirmed_at = case when excluded.epoch > n.epoch then excluded.confirmed_at else n.confirmed_at end;
  insert into platform.node_epoch (node_id, epoch, confirmed_at)
  values (p_id, p_epoch, clock_timestamp()) on conflict do nothing;
  delete from platform.node_epoch e
  where e.node_id = p_id and e.epoch < p_epoch and e.confirmed_at < clock_timestamp() - interval '1 day';
end $$;

create function sys.snapshot_kills()
  returns table (id uuid, scope text, tenant_id uuid, provider_id uuid, project_id uuid, key_id uuid,
                 agent text, expires_at timestamptz)
  language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
  select k.id, k.scope, k.tenant_id, k.provider_id, k.project_id, k.key_id, k.agent, k.expires_at
  from app.kill k where k.released_at is null
$$;

-- What the operator sees of all tenants: what was stopped and when, never why nor what it is called.
create function sys.kills(p_rows integer)
  returns table (tenant_id uuid, tenant text, id uuid, scope text, by_platform boolean, at timestamptz,
                 expires_at timestamptz, released_at timestamptz)
  language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
  select k.tenant_id, coalesce(t.name, k.tenant_id::text), k.id, k.scope, k.by_platform, k.at, k.expires_at,
         k.released_at
  from app.kill k left join app.tenant t on t.tenant_id = k.tenant_id
  order by k.released_at is not null, k.id desc
  limit greatest(least(p_rows, 1000), 0)
$$;

-- What every tenant may know: that the operator stopped everything or a provider, never why.
create function sys.platform_kills()
  returns table (id uuid, scope text, provider_id uuid, target text, at timestamptz, expires_at timestamptz,
                 epoch_at bigint)
  language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
  select k.id, k.scope, k.provider_id, k.target, k.at, k.expires_at, k.epoch_at
  from app.kill k
  where k.tenant_id = '00000000-0000-7000-8000-000000000001' and k.released_at is null
  order by k.id desc
$$;

-- What stopping everything, a tenant, or a provider would stop: of a provider, what used it in the last
-- hour. Counting calls ends at p_calls_max.
create function sys.kill_reach(p_tenant uuid, p_provider text, p_calls_max integer)
  returns table (tenants bigint, projects bigint, keys bigint, agents bigint, calls_minute bigint,
                 calls_hour bigint)
  language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
  return query
  with reach as (
    select t.tenant_id from app.tenant t
    where t.kind = 'customer' and (p_tenant is null or t.tenant_id = p_tenant)
  ), hour as materialized (
    select c.tenant_id, c.project_id, c.key_id, c.agent
    from reach t
    cross join lateral (
      select c.* from app.call c
      where c.tenant_id = t.tenant_id and c.id >= app.uuid_floor(statement_timestamp() - interval '1 hour')
        and (p_provider is null or c.provider = p_provider)) c
    limit p_calls_max
  ), minute as (
    select from reach t
    cross join lateral (
      select from app.call c
      where c.tenant_id = t.tenant_id and c.id >= app.uuid_floor(statement_timestamp() - interval '1 minute')
        and (p_provider is null or c.provider = p_provider)) c
    limit p_calls_max
  )
  select
    case when p_provider is null then (select count(*) from reach)
      else (select count(distinct h.tenant_id) from hour h) end,
    case when p_provider is null
      then (select count(*) from app.project p join reach t on t.tenant_id = p.tenant_id)
      else (select count(distinct h.project_id) from hour h) end,
    case when p_provider is null
      then (select count(*) from app.api_key k join reach t on t.tenant_id = k.tenant_id where k.state = 'active')
      else (select count(distinct h.key_id) from hour h) end,
    case when p_provider is null
      then (select count(*) from app.agent a join reach t on t.tenant_id = a.tenant_id)
      else (select count(distinct (h.project_id, h.agent)) from hour h where h.agent is not null) end,
    (select count(*) from minute),
    (select count(*) from hour);
end $$;

reset role;
revoke create on schema app, sys from tokenone_system;
revoke execute on all functions in schema sys from public;
grant execute on function sys.node_beat(uuid, text, text, timestamptz, bigint), sys.snapshot_kills()
  to tokenone_gateway;
grant execute on function sys.kills(integer), sys.platform_kills(), sys.kill_reach(uuid, text, integer)
  to tokenone_console;
