-- The guard: what a tenant or a project wants of it, what it found in each call, and which of that people
-- hold to be wrong. The words are those of the crate domain, module guard.

set local role tokenone_owner;

-- A list of short words, none of them twice or null.
create function app.is_word_list(p_words text[], p_length integer) returns boolean
  language sql immutable parallel safe set search_path = pg_catalog, pg_temp
as $$
  select p_words is not null and cardinality(p_words) <= 200
    and not exists (
      select from unnest(p_words) w (word)
      group by w.word having w.word is null or octet_length(w.word) not between 1 and p_length or count(*) > 1)
$$;
revoke execute on function app.is_word_list(text[], integer) from public;
grant execute on function app.is_word_list(text[], integer) to tokenone_console;

-- ── Policies ────────────────────────────────────────────────────────────────────────────────────
create table app.guard_policy (
  tenant_id uuid not null references app.tenant,
  -- Null for the tenant's own policy, which holds for every project that has none.
  project_id uuid,
  scope_id uuid not null check (scope_id = coalesce(project_id, tenant_id)),
  injections text not null check (injections in ('off', 'monitor', 'block')),
  -- Thresholds of the score, in hundredths.
  suspicious_from smallint not null check (suspicious_from > 0),
  ambiguous_from smallint not null check (ambiguous_from >= suspicious_from),
  blocked_from smallint not null check (blocked_from between ambiguous_from and 1000),
  -- Ids of signatures that count nothing.
  disabled text[] not null check (app.is_word_list(disabled, 40)),
  -- Whether somebody else is asked about an ambiguous prompt, and what holds where he does not answer.
  second_opinion text not null check (second_opinion in ('off', 'allow', 'block')),
  secrets text not null check (secrets in ('off', 'tag', 'mask')),
  -- Whether placeholders in the answer become the secrets again.
  restores boolean not null check (secrets = 'tag' or not restores),
  personal text not null check (personal in ('off', 'mask', 'tag')),
  -- Whether personal data is masked in the model's reasoning too.
  reasoning boolean not null,
  kinds_passed text[] not null check (app.is_word_list(kinds_passed, 40)),
  values_passed text[] not null check (app.is_word_list(values_passed, 200)),
  -- Counts the changes, so that of two people who edit at once the second is told.
  version integer not null default 1 check (version > 0),
  updated_by text not null check (length(updated_by) between 1 and 320),
  updated_at timestamptz not null default now(),
  primary key (tenant_id, scope_id),
  foreign key (tenant_id, project_id) references app.project (tenant_id, id)
);
select app.protect('app.guard_policy');
grant select, insert, delete on app.guard_policy to tokenone_console;
grant update (injections, suspicious_from, ambiguous_from, blocked_from, disabled, second_opinion, secrets, restores, personal,
  reasoning, kinds_passed, values_passed, version, updated_by, updated_at) on app.guard_policy to tokenone_console;
create policy system_reads on app.guard_policy for select to tokenone_system using (true);
grant select on app.guard_policy to tokenone_system;
create trigger advance_epoch after insert or update or delete on app.guard_policy
  for each statement execute function platform.advance_epoch();

create function sys.snapshot_guard()
  returns table (tenant_id uuid, project_id uuid, injections text, suspicious_from smallint, ambiguous_from smallint,
    blocked_from smallint, disabled text[], second_opinion text, secrets text, restores boolean, personal text, reasoning boolean,
    kinds_passed text[], values_passed text[])
  language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
  select p.tenant_id, p.project_id, p.injections, p.suspicious_from, p.ambiguous_from, p.blocked_from, p.disabled,
    p.second_opinion, p.secrets, p.restores, p.personal, p.reasoning, p.kinds_passed, p.values_passed
  from app.guard_policy p
$$;
revoke execute on function sys.snapshot_guard() from public;
grant execute on function sys.snapshot_guard() to tokenone_gateway;

-- ── The second opinion ──────────────────────────────────────────────────────────────────────────
-- A service that is asked about prompts stands among the providers, for it has an address, a key and a switch
-- like them; but it answers no calls.
alter table platform.provider drop constraint provider_kind_check, drop constraint provider_surfaces_check;
alter table platform.provider
  add constraint provider_kind_check check (kind in ('openai', 'anthropic', 'azure', 'gemini', 'bedrock', 'mistral',
    'groq', 'compatible', 'lakera', 'simulator')),
  add constraint provider_surfaces_check check (
    surfaces <@ array['chat', 'responses', 'messages', 'count_tokens', 'embeddings', 'completions']
    and (cardinality(surfaces) = 0) = (kind = 'lakera'));

-- ── Findings ────────────────────────────────────────────────────────────────────────────────────
-- Kinds, places and keyed digests, never a value; null where there is nothing to say.
alter table app.call add column guard jsonb check (length(guard::text) <= 32768);
grant update (guard) on app.call to tokenone_gateway;
create index call_guard on app.call (tenant_id, id desc) where guard is not null;

-- What people hold to be a mistake of the guard's: one report for each call. It outlives the call's own row,
-- whose partition is dropped some day; whose it is, the trigger below asks that row when the report is made.
create table app.guard_report (
  tenant_id uuid not null,
  call_id uuid not null,
  project_id uuid not null,
  note text not null check (length(note) between 1 and 500),
  reported_by text not null check (length(reported_by) between 1 and 320),
  at timestamptz not null default now(),
  primary key (tenant_id, call_id)
);
select app.protect('app.guard_report', p_project => true);
grant select, insert on app.guard_report to tokenone_console;
create trigger append_only before update or delete or truncate on app.guard_report
  for each statement execute function app.refuse_change();

create function app.check_guard_reports() returns trigger
  language plpgsql set search_path = pg_catalog, pg_temp
as $$
begin
  if exists (
    select from made n
    where (select c.project_id from app.call c
           where c.tenant_id = n.tenant_id and c.id = n.call_id and c.guard is not null limit 1)
          is distinct from n.project_id
  ) then
    raise exception 'a report names no call with findings of its tenant and project' using errcode = 'TK006';
  end if;
  return null;
end $$;
revoke execute on function app.check_guard_reports() from public;
grant execute on function app.check_guard_reports() to tokenone_console;
create trigger check_guard_reports after insert on app.guard_report
  referencing new table as made for each statement execute function app.check_guard_reports();

grant create on schema sys to tokenone_system;
reset role;
alter function sys.snapshot_guard() owner to tokenone_system;
set local role tokenone_owner;
revoke create on schema sys from tokenone_system;
reset role;
