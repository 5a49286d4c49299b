-- The ledger: one append-only row per transfer, balanced by construction.
--
-- A call holds once (leg 0, step 0) and is resolved once (step 1: post, void or expire); the primary
-- key says so. A settled call posts two transfers: the charge (leg 0: wallet → revenue) and the cost
-- (leg 1: provider cost → provider payable). A post that comes after the hold expired is step 2.
-- The view app.entry gives the two signed legs per layer; its sum is zero for every call.

set local role tokenone_owner;

create table app.ledger_account (
  tenant_id uuid not null references app.tenant,
  number smallint not null check (number between 1 and 6),
  code text not null,
  primary key (tenant_id, number),
  unique (tenant_id, code)
);
select app.protect('app.ledger_account', p_batch => true);
create policy owner_makes on app.ledger_account for insert to tokenone_owner with check (true);
grant select on app.ledger_account to tokenone_gateway, tokenone_console;

create function app.open_ledger_accounts() returns trigger
  language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
  insert into app.ledger_account (tenant_id, number, code)
  select n.tenant_id, a.number, a.code
  from made n, (values (1, 'wallet'), (2, 'revenue'), (3, 'provider_cost'), (4, 'provider_payable'),
    (5, 'suspense'), (6, 'rounding')) a (number, code);
  return null;
end $$;
revoke execute on function app.open_ledger_accounts() from public;
create trigger open_ledger_accounts after insert on app.tenant
  referencing new table as made for each statement execute function app.open_ledger_accounts();

create table app.transfer (
  -- Columns from wide to narrow, so that rows carry no padding.
  tenant_id uuid not null,
  call_id uuid not null,
  project_id uuid not null,
  key_id uuid not null,
  price_id uuid not null,
  -- Nano-USD. Of a hold: what is pending. Of a post: what is charged.
  amount bigint not null check (amount >= 0),
  -- Of a resolution: the whole pending amount of its hold.
  released bigint not null default 0 check (released >= 0),
  at timestamptz not null default clock_timestamp(),
  expires_at timestamptz,
  debit smallint not null,
  credit smallint not null,
  -- What rounding to whole nano-USD left over, in 10⁻⁶ nano-USD for a cost, 10⁻¹² for a charge.
  remainder bigint not null default 0,
  -- The dispatch to a provider that this belongs to; 0 is the first.
  attempt smallint not null default 0 check (attempt >= 0),
  leg smallint not null check (leg in (0, 1)),
  step smallint not null check (step between 0 and 2),
  kind "char" not null check (kind in ('H', 'P', 'V', 'E', 'L')),
  primary key (tenant_id, call_id, attempt, step, leg),
  check (debit <> credit),
  check ((step = 0) = (kind = 'H')),
  check ((step = 1) = (kind in ('P', 'V', 'E'))),
  check ((step = 2) = (kind = 'L')),
  check (kind not in ('V', 'E') or amount = 0),
  check (leg = 0 or kind in ('P', 'L')),
  check ((kind = 'H') = (expires_at is not null)),
  check (kind <> 'H' or released = 0),
  check (leg = 0 or released = 0),
  -- A charge goes from the wallet to revenue; a cost to the provider, or to suspense where the
  -- provider's own figure is not credible.
  check (case leg when 0 then debit = 1 and credit = 2 else debit = 3 and credit in (4, 5) end)
);
-- Finds expired holds without an index entry per hold.
create index transfer_expiry on app.transfer using brin (expires_at) with (pages_per_range = 16, autosummarize = on);
select app.protect('app.transfer', p_project => true, p_batch => true);
create policy system_reads on app.transfer for select to tokenone_system using (true);
grant select, insert on app.transfer to tokenone_gateway;
grant select on app.transfer to tokenone_console, tokenone_system;

create trigger append_only before update or delete or truncate on app.transfer
  for each statement execute function app.refuse_change();

-- One check per statement over the new rows, in place of foreign keys: those fire a trigger per row,
-- which halved the throughput when measured. "limit 1" laterals keep index probes where a join would
-- become a hash over the whole ledger.
create function app.check_transfers() returns trigger
  language plpgsql set search_path = pg_catalog, pg_temp
as $$
begin
  if exists (
    select from made n
    left join lateral (
      select h.* from app.transfer h
      where h.tenant_id = n.tenant_id and h.call_id = n.call_id and h.attempt = n.attempt
        and h.step = 0 and h.leg = 0
      limit 1) h on true
    left join lateral (
      select r.kind from app.transfer r
      where r.tenant_id = n.tenant_id and r.call_id = n.call_id and r.attempt = n.attempt
        and r.step = 1 and r.leg = 0
      limit 1) r on true
    where n.step > 0 and (
      h.call_id is null
      or h.project_id <> n.project_id or h.key_id <> n.key_id or h.price_id <> n.price_id
      or (n.leg = 0 and n.step = 1 and n.released <> h.amount)
      or (n.step = 2 and (n.released <> 0 or r.kind is distinct from 'E'))
      or (n.leg = 1 and n.step = 1 and r.kind is distinct from 'P'))
  ) then
    raise exception 'a resolution does not match its hold' using errcode = 'TK002';
  end if;
  if exists (
    select from (select distinct n.tenant_id, n.project_id, n.key_id from made n where n.step = 0) n
    where (select true from app.api_key k
           where k.tenant_id = n.tenant_id and k.id = n.key_id and k.project_id = n.project_id limit 1) is null
  ) then
    raise exception 'a hold names a key that is not of its tenant and project' using errcode = 'TK003';
  end if;
  if exists (
    select from (select distinct n.price_id from made n where n.step = 0) n
    where (select true from platform.price p where p.id = n.price_id limit 1) is null
  ) then
    raise exception 'a hold names an unknown price' using errcode = 'TK005';
  end if;
  if exists (
    select from (select n.tenant_id, n.debit number from made n union select n.tenant_id, n.credit from made n) a
    where (select true from app.ledger_account l
           where l.tenant_id = a.tenant_id and l.number = a.number limit 1) is null
  ) then
    raise exception 'unknown ledger account' using errcode = 'TK004';
  end if;
  return null;
end $$;
revoke execute on function app.check_transfers() from public;
grant execute on function app.check_transfers() to tokenone_gateway;
create trigger check_transfers after insert on app.transfer
  referencing new table as made for each statement execute function app.check_transfers();

create view app.entry with (security_invoker = true) as
  select t.tenant_id, t.project_id, t.call_id, t.attempt, t.step, t.leg, t.kind, t.at,
         e.layer, e.account, e.amount
  from app.transfer t
  cross join lateral (values
    ('pending', t.debit,  case when t.step = 0 then t.amount else -t.released end),
    ('pending', t.credit, case when t.step = 0 then -t.amount else t.released end),
    ('posted',  t.debit,  case when t.step = 0 then 0 else t.amount end),
    ('posted',  t.credit, case when t.step = 0 then 0 else -t.amount end)
  ) e (layer, account, amount)
  where e.amount <> 0;
revoke all on app.entry from public;
grant select on app.entry to tokenone_console;

-- A caller's own key for a request that must not run twice.
create table app.idempotency (
  tenant_id uuid not null references app.tenant,
  project_id uuid not null,
  key text not null check (length(key) between 1 and 255),
  request_hash bytea not null check (length(request_hash) = 32),
  call_id uuid not null,
  at timestamptz not null default now(),
  primary key (tenant_id, project_id, key),
  foreign key (tenant_id, project_id) references app.project (tenant_id, id)
);
select app.protect('app.idempotency', p_project => true, p_batch => true);
grant select, insert on app.idempotency to tokenone_gateway;
create trigger append_only before update or delete or truncate on app.idempotency
  for each statement execute function app.refuse_change();

-- ── Admission: a batch of holds in one statement ────────────────────────────────────────────────
-- Answers by call id, never by position. verdict: 0 held, 1 the idempotency key ran this request as
-- other_call, 2 the idempotency key ran another request.
create function app.admit_calls(
  p_call uuid[], p_tenant uuid[], p_project uuid[], p_key uuid[], p_price uuid[],
  p_amount bigint[], p_idempotency text[], p_request_hash bytea[], p_hold_seconds integer, p_context text)
  returns table (call_id uuid, verdict smallint, other_call uuid)
  language plpgsql
  set search_path = pg_catalog, pg_temp
  set enable_nestloop = off  -- arrays join arrays: hashing took 5 ms where loops took 23
as $$
#variable_conflict use_column
declare
  v_duplicate uuid[] := '{}';
begin
  if coalesce(cardinality(p_call), 0) = 0 then return; end if;
  perform set_config('app.context', p_context, true),
          set_config('app.tenants', (select array_agg(distinct t) from unnest(p_tenant) t)::text, true);

  if exists (select from unnest(p_idempotency) k where k is not null) then
    -- In a fixed order, so that two batches cannot wait for each other.
    insert into app.idempotency (tenant_id, project_id, key, request_hash, call_id)
    select u.tenant_id, u.project_id, u.key, u.request_hash, u.call_id
    from unnest(p_call, p_tenant, p_project, p_idempotency, p_request_hash)
      u (call_id, tenant_id, project_id, key, request_hash)
    where u.key is not null
    order by u.tenant_id, u.project_id, u.key, u.call_id
    on conflict do nothing;
    select coalesce(array_agg(u.call_id), '{}') into v_duplicate
    from unnest(p_call, p_tenant, p_project, p_idempotency) u (call_id, tenant_id, project_id, key)
    cross join lateral (
      select i.call_id as first_call from app.idempotency i
      where i.tenant_id = u.tenant_id and i.project_id = u.project_id and i.key = u.key limit 1) i
    where u.key is not null and i.first_call <> u.call_id;
  end if;

  insert into app.transfer (tenant_id, call_id, project_id, key_id, price_id, amount, expires_at,
                            debit, credit, leg, step, kind)
  select u.tenant_id, u.call_id, u.project_id, u.key_id, u.price_id, u.amount,
         clock_timestamp() + make_interval(secs => p_hold_seconds), 1, 2, 0, 0, 'H'
  from unnest(p_call, p_tenant, p_project, p_key, p_price, p_amount)
    u (call_id, tenant_id, project_id, key_id, price_id, amount)
  where not u.call_id = any (v_duplicate)
  order by u.tenant_id, u.call_id
  on conflict do nothing;

  return query
    select u.call_id,
           case when not u.call_id = any (v_duplicate) then 0
                when i.request_hash = u.request_hash then 1 else 2 end::smallint,
           i.first_call
    from unnest(p_call, p_tenant, p_project, p_idempotency, p_request_hash)
      u (call_id, tenant_id, project_id, key, request_hash)
    left join lateral (
      select i.call_id as first_call, i.request_hash from app.idempotency i
      where u.key is not null and i.tenant_id = u.tenant_id and i.project_id = u.project_id and i.key = u.key
      limit 1) i on true;
end $$;

-- ── Settlement: a batch of resolutions in one statement ─────────────────────────────────────────
-- The transaction has set its context. kind P, V or E. p_payable is the account that the cost goes to. Answers with the step written
-- (1 resolved, 2 posted after expiry); a call missing from the answer was settled before. When the
-- same call is resolved elsewhere at the same moment the batch fails with 23505: repeat it.
create function app.settle_calls(
  p_call uuid[], p_tenant uuid[], p_kind text[], p_charge bigint[], p_charge_remainder bigint[],
  p_cost bigint[], p_cost_remainder bigint[], p_payable smallint[])
  returns table (call_id uuid, step smallint)
  language plpgsql
  set search_path = pg_catalog, pg_temp
  set enable_nestloop = off
as $$
#variable_conflict use_column
begin
  if coalesce(cardinality(p_call), 0) = 0 then return; end if;
  return query
  with resolved as materialized (
    select h.tenant_id, h.call_id, h.project_id, h.key_id, h.price_id, h.attempt,
           u.charge, u.charge_remainder, u.cost, u.cost_remainder, u.payable,
           case when r.kind is null then h.amount else 0 end as released,
           case when r.kind is null then 1 else 2 end::smallint as step,
           case when r.kind is null then u.kind else 'L' end::"char" as kind
    from unnest(p_call, p_tenant, p_kind, p_charge, p_charge_remainder, p_cost, p_cost_remainder, p_payable)
      u (call_id, tenant_id, kind, charge, charge_remainder, cost, cost_remainder, payable)
    cross join lateral (
      select h.* from app.transfer h
      where h.tenant_id = u.tenant_id and h.call_id = u.call_id and h.attempt = 0 and h.step = 0 and h.leg = 0
      limit 1) h
    left join lateral (
      select r.kind from app.transfer r
      where r.tenant_id = u.tenant_id and r.call_id = u.call_id and r.attempt = 0 and r.step = 1 and r.leg = 0
      limit 1) r on true
    where r.kind is null
       or (r.kind = 'E' and u.kind = 'P' and (
             select true from app.transfer l
             where l.tenant_id = u.tenant_id and l.call_id = u.call_id and l.attempt = 0 and l.step = 2 and l.leg = 0
             limit 1) is null)
  ), written as (
    insert into app.transfer (tenant_id, call_id, project_id, key_id, price_id, amount, released,
                              debit, credit, remainder, attempt, leg, step, kind)
    select r.tenant_id, r.call_id, r.project_id, r.key_id, r.price_id, l.amount, l.released,
           l.debit, l.credit, l.remainder, r.attempt, l.leg, r.step, r.kind
    from resolved r
    cross join lateral (values
      (0, r.charge, r.released, 1, 2, r.charge_remainder),
      (1, r.cost, 0, 3, r.payable, r.cost_remainder)
    ) l (leg, amount, released, debit, credit, remainder)
    where l.leg = 0 or r.kind in ('P', 'L')
    order by r.tenant_id, r.call_id, l.leg
  )
  select r.call_id, r.step from resolved r;
end $$;

revoke execute on function
  app.admit_calls(uuid[], uuid[], uuid[], uuid[], uuid[], bigint[], text[], bytea[], integer, text),
  app.settle_calls(uuid[], uuid[], text[], bigint[], bigint[], bigint[], bigint[], smallint[])
  from public;
grant execute on function
  app.admit_calls(uuid[], uuid[], uuid[], uuid[], uuid[], bigint[], text[], bytea[], integer, text),
  app.settle_calls(uuid[], uuid[], text[], bigint[], bigint[], bigint[], bigint[], smallint[])
  to tokenone_gateway;

reset role;
