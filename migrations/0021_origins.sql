-- Which provider account made an answer: what is stored or encrypted there, that account alone can read,
-- and a later call that goes on from it must find the same one, on any node. And what is written to a
-- provider's cache for an hour is counted and priced by itself.

set local role tokenone_owner;

-- How long an origin is kept: a day longer than OpenAI keeps a response (30 days).
create function app.origin_keeps() returns interval
  language sql immutable parallel safe set search_path = pg_catalog, pg_temp
as $$ select interval '31 days' $$;
revoke execute on function app.origin_keeps() from public;
grant execute on function app.origin_keeps() to tokenone_gateway, tokenone_system;

create table app.origin (
  tenant_id uuid not null,
  project_id uuid not null,
  provider_id uuid not null references platform.provider on delete cascade,
  at timestamptz not null default now(),
  -- A keyed digest of the response's id, of an item's id, or of what is encrypted: not the thing itself.
  mark bytea not null check (length(mark) = 32),
  primary key (tenant_id, project_id, mark),
  foreign key (tenant_id, project_id) references app.project (tenant_id, id)
);
create index origin_age on app.origin using brin (at) with (pages_per_range = 16, autosummarize = on);
select app.protect('app.origin', p_project => true, p_batch => true);
grant select, insert on app.origin to tokenone_gateway;
create trigger append_only before update or truncate on app.origin
  for each statement execute function app.refuse_change();

-- Forgets what is older than it is kept, at most so many rows.
create function app.forget_origins(p_rows_max integer) returns integer
  language plpgsql security definer
  set search_path = pg_catalog, pg_temp
as $$
declare
  v_forgotten integer;
begin
  delete from app.origin o
  where o.ctid = any (array(
    select d.ctid from app.origin d where d.at < now() - app.origin_keeps() limit p_rows_max));
  get diagnostics v_forgotten = row_count;
  return v_forgotten;
end $$;
revoke execute on function app.forget_origins(integer) from public;
grant execute on function app.forget_origins(integer) to tokenone_gateway;
grant select, delete on app.origin to tokenone_system;
create policy system_reads on app.origin for select to tokenone_system using (at < now() - app.origin_keeps());
create policy system_forgets on app.origin for delete to tokenone_system using (at < now() - app.origin_keeps());

-- Of the tokens written to the cache, those that it keeps for an hour: they cost more than those that it
-- keeps for five minutes.
alter table app.call add column cache_write_1h_tokens bigint not null default 0
  check (cache_write_1h_tokens between 0 and cache_write_tokens);
grant update (cache_write_1h_tokens) on app.call to tokenone_gateway;
-- Null where the model has no price for it.
alter table platform.price add column cache_write_1h_nano_per_mtok bigint
  check (cache_write_1h_nano_per_mtok between 0 and 1000000000000);

grant create on schema app to tokenone_system;
reset role;
alter function app.forget_origins(integer) owner to tokenone_system;
set local role tokenone_owner;
revoke create on schema app from tokenone_system;
reset role;
