-- Several targets may be tried for one call, so the hold is bounded by the dearest of them and the
-- resolution has the price of the one that answered. And a call may end by the kill switch.

set local role tokenone_owner;

alter table app.call drop constraint call_outcome_check;
alter table app.call add constraint call_outcome_check check (outcome in
  ('completed', 'client_closed', 'refused', 'upstream_error', 'upstream_fault', 'timed_out', 'killed', 'expired'));

-- ── Settlement: a batch of resolutions in one statement ─────────────────────────────────────────
-- As before, with the price of each. What a resolution is checked against follows in 0019.
drop function app.settle_calls(uuid[], uuid[], text[], bigint[], bigint[], bigint[], bigint[], smallint[]);
create function app.settle_calls(
  p_call uuid[], p_tenant uuid[], p_kind text[], p_charge bigint[], p_charge_remainder bigint[],
  p_cost bigint[], p_cost_remainder bigint[], p_payable smallint[], p_price uuid[])
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
    select h.tenant_id, h.call_id, h.project_id, h.key_id, u.price_id, h.attempt,
           u.charge, u.charge_remainder, u.cost, u.cost_remainder, u.payable,
           case when r.kind is null then h.amount else 0 end as released,
           case when r.kind is null then 1 else 2 end::smallint as step,
           case when r.kind is null then u.kind else 'L' end::"char" as kind
    from unnest(p_call, p_tenant, p_kind, p_charge, p_charge_remainder, p_cost, p_cost_remainder, p_payable, p_price)
      u (call_id, tenant_id, kind, charge, charge_remainder, cost, cost_remainder, payable, price_id)
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
  app.settle_calls(uuid[], uuid[], text[], bigint[], bigint[], bigint[], bigint[], smallint[], uuid[]) from public;
grant execute on function
  app.settle_calls(uuid[], uuid[], text[], bigint[], bigint[], bigint[], bigint[], smallint[], uuid[])
  to tokenone_gateway;

reset role;
