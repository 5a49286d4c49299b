-- Circuits: one breaker per provider, and per model of it where one failed by itself, shared by all nodes.
--
-- The rule is that of the domain crate's `circuit` module, kept here under a row lock, so that any number
-- of nodes open it once and try it one call at a time. Nodes hear of a change by NOTIFY. No role that runs
-- changes a row but through these functions.

set local role tokenone_owner;

create table platform.circuit (
  provider_id uuid not null references platform.provider,
  -- The provider's name of a model; '' is the provider as a whole.
  model text not null default '' check (length(model) <= 256),
  state text not null default 'closed' check (state in ('closed', 'open', 'half_open')),
  -- Faults in a row.
  faults integer not null default 0 check (faults >= 0),
  -- Since when it has not been closed, and when the cool-down is over.
  opened_at timestamptz,
  until timestamptz,
  cooldown_s integer not null default 0 check (cooldown_s >= 0),
  -- The last fault in this row of faults: its kind, and what there is to say of it.
  reason text check (reason in
    ('connect', 'timeout', 'server_error', 'overloaded', 'rate_limited', 'broken_answer')),
  detail text check (length(detail) <= 200),
  -- Who makes the trial, and until when it has time.
  trial_node uuid,
  trial_until timestamptz,
  -- What a person decided in its place; over at forced_until, whether or not someone has noticed.
  forced text check (forced in ('open', 'closed')),
  forced_reason text check (length(forced_reason) between 1 and 500),
  forced_by text check (length(forced_by) <= 254),
  forced_until timestamptz,
  updated_at timestamptz not null default clock_timestamp(),
  primary key (provider_id, model),
  check ((state = 'closed') = (opened_at is null)),
  check ((state = 'closed') = (until is null)),
  check ((trial_node is null) = (trial_until is null)),
  check (state = 'half_open' or trial_until is null),
  check (num_nulls(forced, forced_reason, forced_by, forced_until) in (0, 4))
);

create table platform.circuit_event (
  id uuid primary key,
  provider_id uuid not null references platform.provider,
  model text not null,
  at timestamptz not null,
  -- What the circuit did by itself before and after.
  from_state text not null check (from_state in ('closed', 'open', 'half_open')),
  to_state text not null check (to_state in ('closed', 'open', 'half_open')),
  -- A kind of fault, or what else moved it.
  cause text not null check (cause in
    ('connect', 'timeout', 'server_error', 'overloaded', 'rate_limited', 'broken_answer',
     'success', 'trial', 'forced', 'cleared', 'expired')),
  -- The override that counts from here on, and its end.
  forced text check (forced in ('open', 'closed')),
  forced_until timestamptz,
  detail text check (length(detail) <= 500),
  -- The person, where one did it.
  by text check (length(by) <= 254),
  check ((forced is null) = (forced_until is null))
);
create index circuit_event_time on platform.circuit_event (provider_id, model, at desc);
create trigger append_only before update or delete or truncate on platform.circuit_event
  for each statement execute function app.refuse_change();

revoke all on platform.circuit, platform.circuit_event from public;
grant select on platform.circuit to tokenone_gateway, tokenone_console, tokenone_system;
grant select on platform.circuit_event to tokenone_console, tokenone_system;

-- A UUIDv7 (RFC 9562 section 5.7): a random one with the time in front and the version's bits set.
create function platform.uuid_v7(p_at timestamptz) returns uuid
  language sql volatile parallel safe set search_path = pg_catalog, pg_temp
as $$
  select encode(set_bit(set_bit(overlay(uuid_send(gen_random_uuid())
    placing substring(int8send((extract(epoch from p_at) * 1000)::bigint) from 3) from 1 for 6), 52, 1), 53, 1), 'hex')::uuid
$$;

-- Writes down what a circuit has become; tells nodes where it is of interest to them, which a further
-- fault in a row is not.
create function platform.circuit_keep(was platform.circuit, c platform.circuit, p_cause text, p_detail text,
  p_by text, p_now timestamptz) returns void
  language plpgsql set search_path = pg_catalog, pg_temp
as $$
begin
  if c is not distinct from was then return; end if;
  update platform.circuit k set
    state = c.state, faults = c.faults, opened_at = c.opened_at, until = c.until, cooldown_s = c.cooldown_s,
    reason = c.reason, detail = c.detail, trial_node = c.trial_node, trial_until = c.trial_until,
    forced = c.forced, forced_reason = c.forced_reason, forced_by = c.forced_by,
    forced_until = c.forced_until, updated_at = p_now
  where k.provider_id = c.provider_id and k.model = c.model;
  if c.state <> was.state or p_cause in ('forced', 'cleared') then
    insert into platform.circuit_event (id, provider_id, model, at, from_state, to_state, cause, forced,
      forced_until, detail, by)
    values (platform.uuid_v7(p_now), c.provider_id, c.model, p_now, was.state, c.state, p_cause, c.forced,
      c.forced_until, p_detail, p_by);
  end if;
  if (c.state, c.faults = 0, c.trial_until, c.forced, c.forced_until)
     is distinct from (was.state, was.faults = 0, was.trial_until, was.forced, was.forced_until) then
    perform pg_notify('tokenone_circuits', '');
  end if;
end $$;

-- Locks a circuit, making it where there is none. An override that has ended is taken off, and written
-- down as ended when it did.
create function platform.circuit_lock(p_provider uuid, p_model text, p_now timestamptz)
  returns platform.circuit
  language plpgsql set search_path = pg_catalog, pg_temp
as $$
declare
  c platform.circuit;
begin
  insert into platform.circuit (provider_id, model) values (p_provider, p_model) on conflict do nothing;
  select k.* into strict c from platform.circuit k
  where k.provider_id = p_provider and k.model = p_model for update;
  if c.forced_until <= p_now then
    insert into platform.circuit_event (id, provider_id, model, at, from_state, to_state, cause)
    values (platform.uuid_v7(c.forced_until), c.provider_id, c.model, c.forced_until, c.state, c.state, 'expired');
    update platform.circuit k
    set forced = null, forced_reason = null, forced_by = null, forced_until = null, updated_at = p_now
    where k.provider_id = p_provider and k.model = p_model returning k.* into strict c;
  end if;
  return c;
end $$;

-- One step of the machine. p_event is a kind of fault, or success, trial (p_node takes it) or release
-- (p_node gives it back). Says whether anything changed: of a trial, whether it was taken.
create function platform.circuit_step(p_provider uuid, p_model text, p_event text, p_detail text, p_node uuid,
  p_now timestamptz, p_faults_to_open integer, p_cooldown_first_s integer, p_cooldown_max_s integer,
  p_lease_s integer) returns boolean
  language plpgsql set search_path = pg_catalog, pg_temp
as $$
declare
  was platform.circuit;
  c platform.circuit;
begin
  was := platform.circuit_lock(p_provider, p_model, p_now);
  c := was;
  if p_event = 'success' then
    -- A late one does not close it: it was sent before. While forced closed, calls do pass.
    if c.state <> 'open' or coalesce(c.forced = 'closed', false) then
      c.state := 'closed'; c.faults := 0; c.opened_at := null; c.until := null; c.cooldown_s := 0;
      c.reason := null; c.detail := null; c.trial_node := null; c.trial_until := null;
    end if;
  elsif p_event = 'trial' then
    if c.forced is null and (c.state = 'open' and c.until <= p_now
         or c.state = 'half_open' and coalesce(c.trial_until <= p_now, true)) then
      c.state := 'half_open'; c.trial_node := p_node; c.trial_until := p_now + make_interval(secs => p_lease_s);
    end if;
  elsif p_event = 'release' then
    if c.trial_node = p_node then c.trial_node := null; c.trial_until := null; end if;
  elsif c.state <> 'open' then
    c.faults := least(c.faults::bigint + 1, 2147483647)::integer;
    c.reason := p_event; c.detail := p_detail;
    if c.state = 'half_open' or c.faults >= p_faults_to_open then
      c.cooldown_s := greatest(least(c.cooldown_s::bigint * 2, p_cooldown_max_s), p_cooldown_first_s)::integer;
      c.state := 'open'; c.opened_at := coalesce(c.opened_at, p_now);
      c.until := p_now + make_interval(secs => c.cooldown_s);
      c.trial_node := null; c.trial_until := null;
    end if;
  end if;
  perform platform.circuit_keep(was, c, p_event, p_detail, null, p_now);
  return c is distinct from was;
end $$;

-- ── For the gateway ─────────────────────────────────────────────────────────────────────────────
create function platform.circuit_fault(p_provider uuid, p_model text, p_kind text, p_detail text,
  p_faults_to_open integer, p_cooldown_first_s integer, p_cooldown_max_s integer)
  returns setof platform.circuit
  language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
  if p_kind not in ('connect', 'timeout', 'server_error', 'overloaded', 'rate_limited', 'broken_answer')
     or least(p_faults_to_open, p_cooldown_first_s) < 1 or p_cooldown_max_s not between p_cooldown_first_s and 86400 then
    raise exception 'no such fault' using errcode = '22023';
  end if;
  perform platform.circuit_step(p_provider, p_model, p_kind, p_detail, null, clock_timestamp(),
    p_faults_to_open, p_cooldown_first_s, p_cooldown_max_s, 0);
  return query select k.* from platform.circuit k where k.provider_id = p_provider and k.model = p_model;
end $$;

create function platform.circuit_success(p_provider uuid, p_model text)
  returns setof platform.circuit
  language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
  -- Nearly always there is nothing to change, and then nothing is locked.
  if exists (select from platform.circuit k where k.provider_id = p_provider and k.model = p_model
             and (k.state <> 'closed' or k.faults > 0)) then
    perform platform.circuit_step(p_provider, p_model, 'success', null, null, clock_timestamp(), 1, 1, 1, 0);
  end if;
  return query select k.* from platform.circuit k where k.provider_id = p_provider and k.model = p_model;
end $$;

create function platform.circuit_take_trial(p_provider uuid, p_model text, p_node uuid, p_lease_s integer)
  returns boolean
  language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
  if p_node is null or p_lease_s not between 1 and 3600 then
    raise exception 'no such trial' using errcode = '22023';
  end if;
  return exists (select from platform.circuit k where k.provider_id = p_provider and k.model = p_model)
    and platform.circuit_step(p_provider, p_model, 'trial', null, p_node, clock_timestamp(), 1, 1, 1, p_lease_s);
end $$;

create function platform.circuit_release_trial(p_provider uuid, p_model text, p_node uuid) returns boolean
  language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
  return exists (select from platform.circuit k
                 where k.provider_id = p_provider and k.model = p_model and k.trial_node = p_node)
    and platform.circuit_step(p_provider, p_model, 'release', null, p_node, clock_timestamp(), 1, 1, 1, 0);
end $$;

-- ── For the console ─────────────────────────────────────────────────────────────────────────────
create function platform.circuit_force(p_provider uuid, p_model text, p_to text, p_reason text, p_by text,
  p_minutes integer) returns timestamptz
  language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
  v_now timestamptz := clock_timestamp();
  was platform.circuit;
  c platform.circuit;
begin
  if p_minutes not between 1 and 1440 then
    raise exception 'no such time' using errcode = '22023';
  end if;
  was := platform.circuit_lock(p_provider, p_model, v_now);
  c := was;
  c.forced := p_to; c.forced_reason := p_reason; c.forced_by := p_by;
  c.forced_until := v_now + make_interval(mins => p_minutes);
  perform platform.circuit_keep(was, c, 'forced', p_reason, p_by, v_now);
  return c.forced_until;
end $$;

-- Says what the override was; null where there was none.
create function platform.circuit_clear(p_provider uuid, p_model text, p_by text) returns text
  language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
  v_now timestamptz := clock_timestamp();
  was platform.circuit;
  c platform.circuit;
begin
  if not exists (select from platform.circuit k
                 where k.provider_id = p_provider and k.model = p_model and k.forced is not null) then
    return null;
  end if;
  was := platform.circuit_lock(p_provider, p_model, v_now);
  if was.forced is null then return null; end if;
  c := was;
  c.forced := null; c.forced_reason := null; c.forced_by := null; c.forced_until := null;
  perform platform.circuit_keep(was, c, 'cleared', null, p_by, v_now);
  return was.forced;
end $$;

revoke execute on all functions in schema platform from public;
grant execute on function
  platform.circuit_fault(uuid, text, text, text, integer, integer, integer),
  platform.circuit_success(uuid, text), platform.circuit_take_trial(uuid, text, uuid, integer),
  platform.circuit_release_trial(uuid, text, uuid) to tokenone_gateway;
grant execute on function platform.circuit_force(uuid, text, text, text, text, integer),
  platform.circuit_clear(uuid, text, text) to tokenone_console;

-- ── What a provider did lately ──────────────────────────────────────────────────────────────────
-- Rows of one period lie together, whoever's they are: a range of a few hundred bytes finds them.
create index call_age on app.call using brin (id) with (pages_per_range = 16, autosummarize = on);
grant execute on function app.uuid_floor(timestamptz) to tokenone_system;
grant create on schema sys to tokenone_system;
set local role tokenone_system;

-- Of each provider, by its short name: calls, faults of the provider, and the time to the first byte in
-- milliseconds, for each bucket of so many seconds and (bucket null) for the whole period. Aggregates over
-- all tenants, and no tenant's row. A caller's own 4xx is a call that went well.
create function sys.provider_traffic(p_from timestamptz, p_to timestamptz, p_bucket_s integer)
  returns table (provider text, bucket timestamptz, calls bigint, faults bigint, p50_ms bigint, p95_ms bigint,
                 p99_ms bigint)
  language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
  select c.provider, c.bucket, count(*), count(*) filter (where c.fault),
    (percentile_cont(0.5) within group (order by c.first_byte_us) / 1000)::bigint,
    (percentile_cont(0.95) within group (order by c.first_byte_us) / 1000)::bigint,
    (percentile_cont(0.99) within group (order by c.first_byte_us) / 1000)::bigint
  from (
    select k.provider, date_bin(make_interval(secs => greatest(p_bucket_s, 60)), k.started_at, p_from) as bucket,
      k.outcome in ('upstream_fault', 'timed_out') or k.outcome = 'upstream_error' and k.status >= 500 as fault,
      k.first_byte_us
    from app.call k
    -- The id bounds where to look; it was minted a moment before or after the call began.
    where k.id >= app.uuid_floor(p_from - interval '1 minute') and k.id < app.uuid_floor(p_to + interval '1 minute')
      and k.started_at >= p_from and k.started_at < p_to
      and k.provider is not null and k.outcome not in ('refused', 'expired')) c
  group by grouping sets ((c.provider, c.bucket), (c.provider))
$$;

reset role;
revoke create on schema sys from tokenone_system;
revoke execute on function sys.provider_traffic(timestamptz, timestamptz, integer) from public;
grant execute on function sys.provider_traffic(timestamptz, timestamptz, integer) to tokenone_console;
