-- API keys: kept as a keyed hash; the key itself is shown once and stored nowhere.

set local role tokenone_owner;

create table app.api_key (
  tenant_id uuid not null,
  project_id uuid not null,
  id uuid not null,
  name text not null check (length(name) between 1 and 100),
  -- HMAC-SHA256 under a pepper from the key store; which pepper, so that it can be rotated.
  mac bytea not null check (length(mac) = 32),
  pepper integer not null,
  -- The part that people may see: prefix and last four characters.
  shown text not null check (length(shown) <= 32),
  state text not null default 'active' check (state in ('active', 'revoked')),
  created_by text not null,
  created_at timestamptz not null default now(),
  expires_at timestamptz,
  revoked_by text,
  revoked_at timestamptz,
  primary key (tenant_id, id),
  unique (tenant_id, mac),
  unique (tenant_id, project_id, name),
  foreign key (tenant_id, project_id) references app.project (tenant_id, id),
  check ((state = 'revoked') = (revoked_at is not null))
);
select app.protect('app.api_key', p_project => true, p_batch => true);
create policy system_reads on app.api_key for select to tokenone_system using (true);
grant select, insert on app.api_key to tokenone_console;
grant update (state, revoked_by, revoked_at) on app.api_key to tokenone_console;
grant select on app.api_key to tokenone_system;
-- Enough to check that a hold names a key of its own project; never the keyed hash.
grant select (tenant_id, project_id, id) on app.api_key to tokenone_gateway;

-- A revoked key stays revoked, whatever the program tries.
create function app.keep_revoked() returns trigger
  language plpgsql set search_path = pg_catalog, pg_temp
as $$
begin
  if old.state = 'revoked' then
    raise exception 'a revoked key stays revoked' using errcode = 'TK001';
  end if;
  return new;
end $$;
create trigger keep_revoked before update on app.api_key
  for each row execute function app.keep_revoked();
create trigger advance_epoch after insert or update or delete on app.api_key
  for each statement execute function platform.advance_epoch();

reset role;
