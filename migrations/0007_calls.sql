-- Calls: one row per call for the feed, and its sealed prompt and answer.
--
-- Both tables are partitioned by month over the call id, whose first 48 bits are the Unix time in
-- milliseconds (RFC 9562 section 5.7): retention drops a partition instead of deleting rows.

set local role tokenone_owner;

create table app.call (
  tenant_id uuid not null,
  id uuid not null,
  project_id uuid not null,
  key_id uuid not null,
  price_id uuid,
  started_at timestamptz not null,
  ended_at timestamptz not null,
  input_tokens bigint not null default 0 check (input_tokens >= 0),
  cached_input_tokens bigint not null default 0 check (cached_input_tokens between 0 and input_tokens),
  cache_write_tokens bigint not null default 0 check (cache_write_tokens between 0 and input_tokens),
  output_tokens bigint not null default 0 check (output_tokens >= 0),
  reasoning_tokens bigint not null default 0 check (reasoning_tokens >= 0),
  charge_nano bigint not null default 0 check (charge_nano >= 0),
  cost_nano bigint not null default 0 check (cost_nano >= 0),
  request_bytes bigint not null default 0 check (request_bytes >= 0),
  response_bytes bigint not null default 0 check (response_bytes >= 0),
  -- Microseconds since the first byte of the request, at which each step was done.
  authenticated_us bigint,
  routed_us bigint,
  admitted_us bigint,
  first_byte_us bigint,
  upstream_done_us bigint,
  total_us bigint not null check (total_us >= 0),
  markup_ppm integer not null default 0,
  status smallint not null check (status between 100 and 599),
  streamed boolean not null default false,
  simulated boolean not null default false,
  surface text not null,
  outcome text not null check (outcome in
    ('completed', 'client_closed', 'refused', 'upstream_error', 'upstream_fault', 'timed_out', 'expired')),
  usage_source text not null default 'none' check (usage_source in ('reported', 'estimated', 'none')),
  -- What was asked for, as the caller wrote it; cut to a bounded length.
  alias text check (length(alias) <= 256),
  model_served text check (length(model_served) <= 256),
  provider text,
  code text check (length(code) <= 100),
  note text check (length(note) <= 500),
  request_id text not null check (length(request_id) <= 100),
  upstream_request_id text check (length(upstream_request_id) <= 200),
  client_ip inet,
  user_agent text check (length(user_agent) <= 300),
  primary key (tenant_id, id)
) partition by range (id);
select app.protect('app.call', p_project => true, p_batch => true);
create policy system_reads on app.call for select to tokenone_system using (true);
grant select, insert on app.call to tokenone_gateway;
-- A call that was given up as expired is completed when its settlement arrives after all: all of it but
-- whose it is.
grant update (price_id, started_at, ended_at, input_tokens, cached_input_tokens, cache_write_tokens,
  output_tokens, reasoning_tokens, charge_nano, cost_nano, request_bytes, response_bytes, authenticated_us,
  routed_us, admitted_us, first_byte_us, upstream_done_us, total_us, markup_ppm, status, streamed, simulated,
  surface, outcome, usage_source, alias, model_served, provider, code, note, request_id,
  upstream_request_id, client_ip, user_agent) on app.call to tokenone_gateway;
grant select on app.call to tokenone_console, tokenone_system;
create index call_key on app.call (tenant_id, key_id, id desc);
create index call_project on app.call (tenant_id, project_id, id desc);

create function app.keep_call() returns trigger
  language plpgsql set search_path = pg_catalog, pg_temp
as $$
begin
  if tg_op <> 'UPDATE' or old.outcome <> 'expired'
     or (new.tenant_id, new.id, new.project_id, new.key_id)
        is distinct from (old.tenant_id, old.id, old.project_id, old.key_id) then
    raise exception '% on call is refused: only an expired call may be completed', tg_op using errcode = 'TK001';
  end if;
  return new;
end $$;
create trigger keep_call before update or delete on app.call
  for each row execute function app.keep_call();
create trigger no_truncate before truncate on app.call
  for each statement execute function app.refuse_change();

-- A call belongs to a key of its own tenant and project: one check per statement in place of a foreign
-- key, as in the ledger.
create function app.check_calls() returns trigger
  language plpgsql set search_path = pg_catalog, pg_temp
as $$
begin
  if exists (
    select from (select distinct n.tenant_id, n.project_id, n.key_id from made n) n
    where (select true from app.api_key k
           where k.tenant_id = n.tenant_id and k.id = n.key_id and k.project_id = n.project_id limit 1) is null
  ) then
    raise exception 'a call names a key that is not of its tenant and project' using errcode = 'TK003';
  end if;
  return null;
end $$;
revoke execute on function app.check_calls() from public;
grant execute on function app.check_calls() to tokenone_gateway;
create trigger check_calls after insert on app.call
  referencing new table as made for each statement execute function app.check_calls();

create table app.call_payload (
  tenant_id uuid not null,
  call_id uuid not null,
  project_id uuid not null,
  -- Sealed by the vault under the tenant's key, bound to this row and column.
  request bytea not null,
  response bytea,
  request_bytes bigint not null,
  response_bytes bigint not null,
  request_truncated boolean not null default false,
  response_truncated boolean not null default false,
  primary key (tenant_id, call_id)
) partition by range (call_id);
-- A sealed body does not compress.
alter table app.call_payload alter column request set storage external, alter column response set storage external;
select app.protect('app.call_payload', p_project => true, p_batch => true);
grant insert on app.call_payload to tokenone_gateway;
grant select (tenant_id, call_id) on app.call_payload to tokenone_gateway;
grant select on app.call_payload to tokenone_console;
create trigger append_only before update or delete or truncate on app.call_payload
  for each statement execute function app.refuse_change();

create function app.check_payloads() returns trigger
  language plpgsql set search_path = pg_catalog, pg_temp
as $$
begin
  if exists (
    select from made n
    where (select c.project_id from app.call c
           where c.tenant_id = n.tenant_id and c.id = n.call_id limit 1) is distinct from n.project_id
  ) then
    raise exception 'a payload names no call of its tenant and project' using errcode = 'TK006';
  end if;
  return null;
end $$;
revoke execute on function app.check_payloads() from public;
grant execute on function app.check_payloads() to tokenone_gateway;
create trigger check_payloads after insert on app.call_payload
  referencing new table as made for each statement execute function app.check_payloads();

-- The smallest UUIDv7 of a moment.
create function app.uuid_floor(at timestamptz) returns uuid
  language sql immutable parallel safe set search_path = pg_catalog, pg_temp
as $$ select (lpad(to_hex((extract(epoch from at) * 1000)::bigint), 12, '0') || repeat('0', 20))::uuid $$;
revoke execute on function app.uuid_floor(timestamptz) from public;
grant execute on function app.uuid_floor(timestamptz) to tokenone_console, tokenone_gateway;

-- Makes the partitions of a month and of the two after it. Rows outside land in the default partition,
-- so that a clock that is wrong loses nothing.
create function app.make_partitions(p_at timestamptz) returns integer
  language plpgsql security definer set search_path = pg_catalog, pg_temp
  -- A new partition locks its parent for a moment: rather fail and be asked again than make calls wait.
  set lock_timeout = '2s'
as $$
declare
  parent text;
  starts timestamptz;
  partition text;
  made integer := 0;
begin
  perform pg_advisory_xact_lock(hashtext('tokenone.partitions'));
  foreach parent in array array['call', 'call_payload'] loop
    for i in 0..2 loop
      starts := (date_trunc('month', p_at at time zone 'utc') + make_interval(months => i)) at time zone 'utc';
      partition := format('%s_%s', parent, to_char(starts at time zone 'utc', 'YYYY_MM'));
      if to_regclass('app.' || partition) is null then
        begin
          execute format('create table app.%I partition of app.%I for values from (%L) to (%L)',
            partition, parent, app.uuid_floor(starts),
            app.uuid_floor((starts at time zone 'utc' + interval '1 month') at time zone 'utc'));
          perform app.seal_partition(format('app.%I', partition)::regclass);
          made := made + 1;
        exception when check_violation then
          -- A clock that ran ahead has put rows of this month into the default partition; they stay
          -- there, and so does the rest of the month.
          raise warning 'no partition % is made: the default partition holds rows of its month', partition;
        end;
      end if;
    end loop;
  end loop;
  return made;
end $$;

-- A partition is reached through its parent only: nobody is granted it, and should someone be by
-- mistake, the forced policies of an unprotected table show nothing.
create function app.seal_partition(p_partition regclass) returns void
  language plpgsql set search_path = pg_catalog, pg_temp
as $$
begin
  execute format('alter table %s enable row level security', p_partition);
  execute format('alter table %s force row level security', p_partition);
  execute format('revoke all on %s from public', p_partition);
end $$;

create table app.call_default partition of app.call default;
create table app.call_payload_default partition of app.call_payload default;
select app.seal_partition('app.call_default'), app.seal_partition('app.call_payload_default');
select app.make_partitions(now());

revoke execute on function app.make_partitions(timestamptz), app.seal_partition(regclass) from public;
grant execute on function app.make_partitions(timestamptz) to tokenone_gateway;

reset role;
