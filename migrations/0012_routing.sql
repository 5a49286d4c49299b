-- Providers and aliases as data: what differs from provider to provider on the wire, and how an alias
-- chooses among its targets. The words are those of the crate domain, module provider.

set local role tokenone_owner;

-- ── Providers ───────────────────────────────────────────────────────────────────────────────────
alter table platform.provider
  -- Whose service it is: a preset of the other facts.
  add column kind text check (kind in ('openai', 'anthropic', 'azure', 'gemini', 'bedrock', 'mistral', 'groq',
                                       'compatible', 'simulator')),
  -- How it is shown its key.
  add column auth text check (auth in ('none', 'bearer', 'x_api_key', 'api_key', 'sigv4')),
  -- How addresses and bodies are formed.
  add column wire text check (wire in ('plain', 'azure', 'bedrock')),
  -- What it serves.
  add column surfaces text[] check (
    cardinality(surfaces) > 0
    and surfaces <@ array['chat', 'responses', 'messages', 'count_tokens', 'embeddings', 'completions']),
  -- Where it computes: shown to people, matched by an alias's regions, and signed by SigV4.
  add column region text check (region ~ '^[a-z0-9-]{1,40}$'),
  -- What Azure's addresses end with.
  add column api_version text check (api_version ~ '^[A-Za-z0-9.-]{1,40}$'),
  -- Whether its address may lead to loopback or a private network.
  add column private_network boolean not null default false,
  -- Whether the configuration file names it, and brings it up to date at every start.
  add column configured boolean not null default false;

update platform.provider set
  kind = case when simulated then 'simulator' else 'compatible' end,
  auth = 'bearer',
  wire = 'plain',
  surfaces = case
    when simulated then array['chat', 'responses', 'messages', 'count_tokens', 'embeddings', 'completions']
    else array['chat', 'embeddings', 'completions'] end,
  -- What is reached in the clear was meant to be near.
  private_network = simulated or base_url like 'http:%',
  configured = true;

alter table platform.provider
  alter column kind set not null,
  alter column auth set not null,
  alter column wire set not null,
  alter column surfaces set not null,
  drop column dialect,
  drop column simulated;
alter table platform.provider
  add column simulated boolean not null generated always as (kind = 'simulator') stored,
  add constraint provider_encrypted check (private_network or base_url like 'https://%'),
  add constraint provider_signed_region check (auth <> 'sigv4' or region is not null),
  add constraint provider_azure_version check (wire <> 'azure' or api_version is not null);

-- One that no alias leads to may go; the rest is refused by the targets' reference to it.
grant delete on platform.provider to tokenone_console;

-- ── Aliases ─────────────────────────────────────────────────────────────────────────────────────
alter table platform.alias
  add column strategy text not null default 'priority'
    check (strategy in ('priority', 'weighted', 'cheapest', 'fastest')),
  -- Only providers of these regions may answer; null for any.
  add column regions text[] check (
    array_position(regions, null::text) is null
    and array_to_string(regions, ',') ~ '^[a-z0-9-]{1,40}(,[a-z0-9-]{1,40})*$'),
  add column description text check (length(description) between 1 and 300),
  add column configured boolean not null default false;
update platform.alias set configured = true;
grant update on platform.alias to tokenone_console;

alter table platform.target
  -- Its share under the strategy weighted; none at 0.
  add column weight integer not null default 1 check (weight between 0 and 1000),
  -- The longest context that the model takes, in tokens; null where unknown, and taken to fit.
  add column context_tokens_max integer check (context_tokens_max > 0),
  -- What the model can do beyond text; null where unknown, and taken to fit.
  add column capabilities text[] check (
    capabilities <@ array['tools', 'images', 'structured_output', 'reasoning']);

reset role;
