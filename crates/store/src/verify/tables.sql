-- Every table of schema app is a tenant's and protected; no tenant's table lies elsewhere.
with tables as (
  select c.oid, c.relrowsecurity, c.relforcerowsecurity, c.relispartition
  from pg_class c
  where c.relnamespace = to_regnamespace('app') and c.relkind in ('r', 'p')
)
select 'table ' || t.oid::regclass as "object!", f.fault as "fault!"
from tables t
cross join lateral (values
  (not t.relrowsecurity, 'has no row-level security'),
  (not t.relforcerowsecurity, 'does not force row-level security on its owner'),
  (not exists (select from pg_attribute a where a.attrelid = t.oid and a.attname = 'tenant_id'
     and a.attnotnull and not a.attisdropped and a.atttypid = 'uuid'::regtype),
   'has no tenant_id that must be there')) f (holds, fault)
where f.holds and coalesce($1::text[] is not null, true)
union all
select 'table ' || c.oid::regclass, 'has a tenant_id and lies outside schema app'
from pg_class c
join pg_namespace n on n.oid = c.relnamespace
join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id' and not a.attisdropped
where n.nspname !~ '^pg_' and n.nspname not in ('information_schema', 'app') and c.relkind in ('r', 'p', 'f')
union all
select 'schema app', 'is missing'
where to_regnamespace('app') is null
union all
-- A view without security_invoker reads with its owner's eyes.
select 'view ' || c.oid::regclass, 'is not a security_invoker'
from pg_class c
join pg_namespace n on n.oid = c.relnamespace
where c.relkind = 'v' and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
  and not coalesce(c.reloptions && array['security_invoker=true', 'security_invoker=on', 'security_invoker=1'], false)
  and exists (select from pg_roles r where r.rolname = any ($1::text[]) and has_table_privilege(r.oid, c.oid, 'select'))
