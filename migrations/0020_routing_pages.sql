-- What the pages of providers and circuits need.

-- ── Keys that nothing uses ──────────────────────────────────────────────────────────────────────
-- A provider's key that another replaces, or whose provider is removed, is destroyed with its only wrapped
-- data key: nothing opens it afterwards. The audit log keeps its fingerprint. The console may therefore
-- delete sealed secrets, inside the tenant's own signed context as everything else.

set local role tokenone_owner;

grant delete on app.secret to tokenone_console;

-- What earlier versions left behind. Row-level security binds the owner too, but for this one statement.
alter table app.secret no force row level security;
delete from app.secret s
where s.version < (select max(n.version) from app.secret n where n.tenant_id = s.tenant_id and n.id = s.id)
   or not exists (select from platform.provider p where p.secret_id = s.id);
alter table app.secret force row level security;

reset role;

-- ── Forms that come back ────────────────────────────────────────────────────────────────────────
-- A form that was refused waits in its session for the page that shows it again, without its secrets.
set local role tokenone_owner;
alter table identity.session drop constraint session_data_check;
alter table identity.session add constraint session_data_check check (pg_column_size(data) <= 40960);
reset role;

-- ── What is under way at a provider, and what it cost today ─────────────────────────────────────
-- A node tells with each sign of life how many of its calls are at which provider, by the provider's id.
set local role tokenone_owner;
alter table platform.node add column in_flight jsonb not null default '{}'
  check (jsonb_typeof(in_flight) = 'object' and pg_column_size(in_flight) <= 16384);
reset role;

grant create on schema sys to tokenone_system;
set local role tokenone_system;

drop function sys.node_beat(uuid, text, text, timestamptz, bigint);
create function sys.node_beat(p_id uuid, p_name text, p_version text, p_started_at timestamptz, p_epoch bigint,
                              p_in_flight jsonb)
  returns void
  language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
  delete from platform.node n where n.seen_at < clock_timestamp() - interval '1 hour' and n.id <> p_id;
  insert into platform.node as n (id, name, version, started_at, seen_at, epoch, confirmed_at, in_flight)
  values (p_id, p_name, p_version, p_started_at, clock_timestamp(), p_epoch, clock_timestamp(), p_in_flight)
  on conflict (id) do update set
    name = excluded.name, version = excluded.version, seen_at = excluded.seen_at,
    epoch = greatest(n.epoch, excluded.epoch), in_flight = excluded.in_flight,
    confirmed_at = case when excluded.epoch > n.epoch then excluded.confirmed_at else n.confirmed_at end;
  insert into platform.node_epoch (node_id, epoch, confirmed_at)
  values (p_id, p_epoch, clock_timestamp()) on conflict do nothing;
  delete from platform.node_epoch e
  where e.node_id = p_id and e.epoch < p_epoch and e.confirmed_at < clock_timestamp() - interval '1 day';
end $$;

-- What the settled calls since a moment cost at each provider, by its short name: sums over all tenants,
-- and no tenant's row.
create function sys.provider_spend(p_from timestamptz) returns table (provider text, cost_nano bigint)
  language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
  select k.provider, sum(k.cost_nano)::bigint
  from app.call k
  -- The id bounds where to look; it was minted a moment before or after the call began.
  where k.id >= app.uuid_floor(p_from - interval '1 minute') and k.started_at >= p_from
    and k.provider is not null
  group by k.provider
$$;

-- Calls of the last minute by tenant and provider, for whoever is about to stop one. Counting ends at
-- p_calls_max.
create function sys.calls_minute(p_calls_max integer)
  returns table (tenant_id uuid, provider text, calls bigint)
  language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
  select c.tenant_id, c.provider, count(*)
  from (
    select k.tenant_id, k.provider from app.call k
    where k.id >= app.uuid_floor(statement_timestamp() - interval '1 minute')
    limit p_calls_max) c
  group by c.tenant_id, c.provider
$$;

reset role;
revoke create on schema sys from tokenone_system;
revoke execute on function sys.node_beat(uuid, text, text, timestamptz, bigint, jsonb), sys.provider_spend(timestamptz),
  sys.calls_minute(integer) from public;
grant execute on function sys.node_beat(uuid, text, text, timestamptz, bigint, jsonb) to tokenone_gateway;
grant execute on function sys.provider_spend(timestamptz), sys.calls_minute(integer) to tokenone_console;
