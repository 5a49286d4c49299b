-- Volume is a secret too: how many rows a table holds, and how many bytes it takes, is not for a runtime
-- role to see, since it sums over all tenants.
--
-- Only a superuser may change what the system catalogue shows. On a managed server without one these
-- few lines are left out; what then stays visible is a sum over all tenants, never one tenant's number.

do $$
declare
  f regprocedure;
  columns text;
begin
  if not (select rolsuper from pg_roles where rolname = current_user) then
    raise notice 'not a superuser: table sizes stay visible to the runtime roles';
    return;
  end if;
  for f in
    select p.oid::regprocedure from pg_proc p
    where p.pronamespace = 'pg_catalog'::regnamespace
      and (p.proname like 'pg\_stat\_get\_%' and p.pronargs = 1 and p.proargtypes[0] = 'oid'::regtype
           or p.proname in ('pg_relation_size', 'pg_table_size', 'pg_indexes_size', 'pg_total_relation_size',
                            'pg_database_size', 'pg_tablespace_size'))
  loop
    execute format('revoke execute on function %s from public', f);
  end loop;
  select string_agg(quote_ident(a.attname), ', ' order by a.attnum) into columns
  from pg_attribute a
  where a.attrelid = 'pg_class'::regclass
    and (a.attnum > 0 or a.attname in ('tableoid', 'xmin')) and not a.attisdropped
    and a.attname not in ('reltuples', 'relpages', 'relallvisible', 'relallfrozen');
  execute 'revoke select on pg_catalog.pg_class from public';
  execute format('grant select (%s) on pg_catalog.pg_class to public', columns);
end $$;
