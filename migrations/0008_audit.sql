-- The audit log: who did what to what, from where, and what changed. Append-only.

set local role tokenone_owner;

create table app.audit_event (
  tenant_id uuid not null references app.tenant,
  id uuid not null,
  project_id uuid,
  at timestamptz not null default clock_timestamp(),
  actor_kind text not null check (actor_kind in ('person', 'api_key', 'system', 'anonymous')),
  actor_id uuid,
  -- Readable for ever, also when the account is gone.
  actor text not null check (length(actor) <= 254),
  -- A dotted verb: key.create, session.start, call.content.read …
  action text not null check (action ~ '^[a-z_]+(\.[a-z_]+)+$'),
  target_kind text not null,
  target_id uuid,
  target text check (length(target) <= 300),
  outcome text not null default 'success' check (outcome in ('success', 'failure')),
  reason text check (length(reason) <= 500),
  -- Never a secret; where one changed, its fingerprint.
  before jsonb,
  after jsonb,
  ip inet,
  user_agent text check (length(user_agent) <= 300),
  request_id uuid,
  primary key (tenant_id, id)
);
select app.protect('app.audit_event');
create policy system_writes on app.audit_event for insert to tokenone_system with check (true);
grant select, insert on app.audit_event to tokenone_console;
grant insert on app.audit_event to tokenone_system;
create trigger append_only before update or delete or truncate on app.audit_event
  for each statement execute function app.refuse_change();

reset role;
