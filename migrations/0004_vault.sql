-- The vault's rows: wrapped keys and sealed secrets. Nothing here opens without the key store.

set local role tokenone_owner;

create table app.kek (
  tenant_id uuid not null references app.tenant,
  id uuid not null,
  version integer not null check (version > 0),
  -- The tenant's key, wrapped by a master key of the key store; and which one.
  wrapped bytea not null,
  master_id text not null,
  state text not null default 'active' check (state in ('active', 'decrypt_only', 'disabled', 'destroyed')),
  -- Data keys that nodes have taken leave to wrap with it. A key wraps 2^32 at most (NIST SP 800-38D).
  wraps bigint not null default 0 check (wraps between 0 and 4294967296),
  created_at timestamptz not null default now(),
  primary key (tenant_id, id),
  unique (tenant_id, version)
);
create unique index kek_one_active on app.kek (tenant_id) where state = 'active';
select app.protect('app.kek', p_batch => true);
grant select, insert on app.kek to tokenone_gateway;
-- A key retires when another takes its place; nothing else about it changes, and neither goes back.
grant update (state, wraps) on app.kek to tokenone_gateway;
create function app.keep_kek() returns trigger
  language plpgsql set search_path = pg_catalog, pg_temp
as $$
begin
  if new.wraps < old.wraps or (old.state <> 'active' and new.state = 'active') then
    raise exception 'a key does not become fresh again' using errcode = 'TK001';
  end if;
  return new;
end $$;
create trigger keep_kek before update on app.kek for each row execute function app.keep_kek();

create table app.secret (
  tenant_id uuid not null references app.tenant,
  id uuid not null,
  version integer not null default 1 check (version > 0),
  kind text not null check (kind in ('provider_key')),
  label text not null check (length(label) between 1 and 100),
  -- A keyed digest's beginning, to tell secrets apart without showing them.
  fingerprint text not null,
  blob bytea not null,
  kek_id uuid not null,
  created_at timestamptz not null default now(),
  primary key (tenant_id, id, version),
  foreign key (tenant_id, kek_id) references app.kek (tenant_id, id)
);
select app.protect('app.secret', p_batch => true);
grant select, insert on app.secret to tokenone_console;
grant select on app.secret to tokenone_gateway;
create trigger advance_epoch after insert or update or delete on app.secret
  for each statement execute function platform.advance_epoch();

reset role;
