-- Accounts: the people who sign in, the tenants they belong to, their sessions, and failed tries.
--
-- An account is no tenant's: one person may work for several. Nobody reads the table itself at run
-- time; the functions below answer single questions.

set local role tokenone_owner;

create table identity.account (
  id uuid primary key,
  email text not null unique check (email = lower(email) and length(email) between 3 and 254),
  name text not null check (length(name) between 1 and 100),
  -- A PHC string of argon2id.
  password_hash text not null check (password_hash like '$argon2id$%'),
  platform_admin boolean not null default false,
  state text not null default 'active' check (state in ('active', 'suspended')),
  created_at timestamptz not null default now()
);
revoke all on identity.account from public;
grant select, insert on identity.account to tokenone_system;

create table app.membership (
  tenant_id uuid not null references app.tenant,
  account_id uuid not null references identity.account,
  role text not null check (role in ('tenant_admin', 'member', 'auditor')),
  created_at timestamptz not null default now(),
  primary key (tenant_id, account_id)
);
select app.protect('app.membership');
create policy system_reads on app.membership for select to tokenone_system using (true);
create policy system_makes on app.membership for insert to tokenone_system with check (true);
grant select on app.membership to tokenone_console;
grant select, insert on app.membership to tokenone_system;

-- The projects of a member; administrators and auditors reach all without rows here.
create table app.project_member (
  tenant_id uuid not null,
  project_id uuid not null,
  account_id uuid not null,
  primary key (tenant_id, project_id, account_id),
  foreign key (tenant_id, project_id) references app.project (tenant_id, id),
  foreign key (tenant_id, account_id) references app.membership (tenant_id, account_id)
);
select app.protect('app.project_member', p_project => true);
create policy system_reads on app.project_member for select to tokenone_system using (true);
create policy system_makes on app.project_member for insert to tokenone_system with check (true);
grant select on app.project_member to tokenone_console;
grant select, insert on app.project_member to tokenone_system;

create table identity.session (
  -- SHA-256 of the cookie's value: a copy of this table opens nothing.
  id_hash bytea primary key check (length(id_hash) = 32),
  account_id uuid references identity.account on delete cascade,
  data jsonb not null check (pg_column_size(data) <= 8192),
  expires_at timestamptz not null,
  created_at timestamptz not null default now()
);
create index session_account on identity.session (account_id);
create index session_expiry on identity.session (expires_at);
revoke all on identity.session from public;
grant select, insert, update, delete on identity.session to tokenone_console;

-- Failed tries to sign in, per bucket: a keyed hash of address, IP, or both. Never the values.
create table identity.failed_attempt (
  bucket bytea not null check (length(bucket) = 32),
  at timestamptz not null default now()
);
create index failed_attempt_bucket on identity.failed_attempt (bucket, at);
revoke all on identity.failed_attempt from public;
grant select, insert, delete on identity.failed_attempt to tokenone_console;

reset role;
