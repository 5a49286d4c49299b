-- Providers, model aliases, and prices: what a call can be sent to, and what that costs.

set local role tokenone_owner;

create table platform.provider (
  id uuid primary key,
  slug text not null unique check (slug ~ '^[a-z0-9](-?[a-z0-9])*$' and length(slug) <= 63),
  name text not null check (length(name) between 1 and 100),
  dialect text not null check (dialect in ('openai')),
  -- With the path up to and including /v1, without a slash at the end.
  base_url text not null check (base_url ~ '^https?://[^/?#@]+(/[^?#]*)?$' and base_url !~ '/$'),
  -- A secret of the platform tenant; null for a server that wants none.
  secret_id uuid,
  simulated boolean not null default false,
  -- What to do with the rest of a stream whose client has hung up (drain and learn the usage, or cancel).
  on_hangup text not null default 'drain' check (on_hangup in ('drain', 'cancel')),
  state text not null default 'active' check (state in ('active', 'disabled')),
  created_at timestamptz not null default now()
);

-- A price is a fact with a date: new ones are added, none is changed.
create table platform.price (
  id uuid primary key,
  provider text not null,
  model text not null,
  effective_from timestamptz not null,
  -- Nano-USD per million tokens.
  input_nano_per_mtok bigint not null check (input_nano_per_mtok between 0 and 1000000000000),
  cached_input_nano_per_mtok bigint not null check (cached_input_nano_per_mtok between 0 and 1000000000000),
  cache_write_nano_per_mtok bigint not null check (cache_write_nano_per_mtok between 0 and 1000000000000),
  output_nano_per_mtok bigint not null check (output_nano_per_mtok between 0 and 1000000000000),
  request_nano bigint not null default 0 check (request_nano between 0 and 1000000000000),
  -- Dearer components above a length of context, as the ledger crate writes them.
  tiers jsonb not null default '[]',
  source text not null,
  hash bytea not null unique check (length(hash) = 32),
  imported_at timestamptz not null default now()
);
create index price_model on platform.price (provider, model, effective_from desc);
create trigger append_only before update or delete or truncate on platform.price
  for each statement execute function app.refuse_change();

create table platform.alias (
  name text primary key check (length(name) between 1 and 256),
  created_at timestamptz not null default now()
);

-- The targets of an alias, tried in order. price_provider and price_model say which price applies.
create table platform.target (
  alias text not null references platform.alias on delete cascade,
  ordinal smallint not null check (ordinal >= 0),
  provider_id uuid not null references platform.provider,
  upstream_model text not null check (length(upstream_model) between 1 and 256),
  price_provider text not null,
  price_model text not null,
  output_tokens_max integer not null default 4096 check (output_tokens_max > 0),
  primary key (alias, ordinal)
);

do $$
declare t text;
begin
  foreach t in array array['provider', 'price', 'alias', 'target'] loop
    execute format('revoke all on platform.%I from public', t);
    execute format('grant select on platform.%I to tokenone_gateway, tokenone_console, tokenone_system', t);
    execute format('create trigger advance_epoch after insert or update or delete on platform.%I '
      'for each statement execute function platform.advance_epoch()', t);
  end loop;
end $$;
grant insert, update on platform.provider to tokenone_console;
grant insert on platform.price to tokenone_console;
grant insert, delete on platform.alias, platform.target to tokenone_console;

reset role;
