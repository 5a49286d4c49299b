-- The triggers that rules rest on: present, enabled, and calling what they should.
with expected (relation, trigger, function, events) as (values
  -- events: 4 insert, 8 delete, 16 update, 32 truncate
  ('app.transfer', 'append_only', 'app.refuse_change', 8 + 16 + 32),
  ('app.transfer', 'check_transfers', 'app.check_transfers', 4),
  ('app.idempotency', 'append_only', 'app.refuse_change', 16 + 32),
  ('app.origin', 'append_only', 'app.refuse_change', 16 + 32),
  ('app.idempotency', 'keep_idempotency', 'app.keep_idempotency', 8),
  ('app.call', 'keep_call', 'app.keep_call', 8 + 16),
  ('app.call', 'no_truncate', 'app.refuse_change', 32),
  ('app.call', 'check_calls', 'app.check_calls', 4),
  ('app.call', 'see_agents', 'app.see_agents', 4),
  ('app.call', 'see_late_agents', 'app.see_agents', 16),
  ('app.kill', 'stamp_kill', 'app.stamp_kill', 4),
  ('app.kill', 'keep_kill', 'app.keep_kill', 8 + 16),
  ('app.kill', 'no_truncate', 'app.refuse_change', 32),
  ('app.kill', 'check_kills', 'app.check_kills', 4),
  ('app.kill', 'advance_epoch', 'platform.advance_epoch', 4 + 8 + 16),
  ('app.call_payload', 'append_only', 'app.refuse_change', 8 + 16 + 32),
  ('app.call_payload', 'check_payloads', 'app.check_payloads', 4),
  ('app.audit_event', 'append_only', 'app.refuse_change', 8 + 16 + 32),
  ('app.kek', 'keep_kek', 'app.keep_kek', 16),
  ('app.api_key', 'keep_revoked', 'app.keep_revoked', 16),
  ('app.api_key', 'advance_epoch', 'platform.advance_epoch', 4 + 8 + 16),
  ('app.tenant', 'advance_epoch', 'platform.advance_epoch', 4 + 8 + 16),
  ('app.tenant', 'open_ledger_accounts', 'app.open_ledger_accounts', 4),
  ('app.project', 'advance_epoch', 'platform.advance_epoch', 4 + 8 + 16),
  ('app.guard_policy', 'advance_epoch', 'platform.advance_epoch', 4 + 8 + 16),
  ('app.guard_report', 'append_only', 'app.refuse_change', 8 + 16 + 32),
  ('app.guard_report', 'check_guard_reports', 'app.check_guard_reports', 4),
  ('app.secret', 'advance_epoch', 'platform.advance_epoch', 4 + 8 + 16),
  ('platform.provider', 'advance_epoch', 'platform.advance_epoch', 4 + 8 + 16),
  ('platform.price', 'advance_epoch', 'platform.advance_epoch', 4 + 8 + 16),
  ('platform.price', 'append_only', 'app.refuse_change', 8 + 16 + 32),
  ('platform.circuit_event', 'append_only', 'app.refuse_change', 8 + 16 + 32),
  ('platform.alias', 'advance_epoch', 'platform.advance_epoch', 4 + 8 + 16),
  ('platform.target', 'advance_epoch', 'platform.advance_epoch', 4 + 8 + 16)
)
select 'table ' || e.relation as "object!", 'lacks its trigger ' || e.trigger as "fault!"
from expected e
where coalesce($1::text[] is not null, true) and not exists (
  select from pg_trigger g
  join pg_proc p on p.oid = g.tgfoid
  join pg_namespace n on n.oid = p.pronamespace
  where g.tgrelid = to_regclass(e.relation) and g.tgname = e.trigger and g.tgenabled in ('O', 'A')
    and n.nspname || '.' || p.proname = e.function and (g.tgtype & (4 + 8 + 16 + 32)) = e.events)
union all
select 'table ' || g.tgrelid::regclass, 'has its trigger ' || g.tgname || ' disabled'
from pg_trigger g
join pg_class c on c.oid = g.tgrelid
join pg_namespace n on n.oid = c.relnamespace
where n.nspname in ('app', 'platform', 'identity') and g.tgenabled not in ('O', 'A')
