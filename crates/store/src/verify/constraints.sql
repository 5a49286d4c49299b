-- Keys and references stay inside a tenant: a unique key over all tenants answers whether another has
-- the value, and a reference by id alone answers whether another has the row.
with tables as (
  select c.oid, c.relname from pg_class c
  where c.relnamespace = to_regnamespace('app') and c.relkind in ('r', 'p') and not c.relispartition
), runtime as (
  select r.oid from pg_roles r where r.rolname = any ($1::text[]) and not r.rolsuper
), tenant_column as (
  select a.attrelid, a.attnum from pg_attribute a join tables t on t.oid = a.attrelid where a.attname = 'tenant_id'
), foreign_keys as (
  select f.conname, f.conrelid, f.confrelid, f.conkey, f.confkey
  from pg_constraint f join tables t on t.oid = f.conrelid where f.contype = 'f' and f.conparentid = 0
), checked as (
  -- Tables written in batches check their references once per statement, in a trigger.
  select t.oid from tables t
  where exists (select from pg_trigger g where g.tgrelid = t.oid and g.tgenabled in ('O', 'A')
                and g.tgname ~ '^check_' and g.tgtype & 4 = 4)
)
select 'index ' || i.indexrelid::regclass as "object!", 'is unique over all tenants' as "fault!"
from pg_index i
join tables t on t.oid = i.indrelid
left join tenant_column c on c.attrelid = t.oid
where i.indisunique and i.indkey[0] is distinct from c.attnum
  -- It tells nothing to those who cannot write.
  and exists (select from runtime r where has_any_column_privilege(r.oid, t.oid, 'insert, update'))
union all
select 'foreign key ' || f.conname || ' on ' || f.conrelid::regclass, 'does not carry the tenant'
from foreign_keys f
join tables t on t.oid = f.confrelid
where not exists (
  select from unnest(f.conkey, f.confkey) k (here, there)
  join tenant_column h on h.attrelid = f.conrelid and h.attnum = k.here
  join tenant_column o on o.attrelid = f.confrelid and o.attnum = k.there)
union all
select 'column ' || t.oid::regclass || '.' || a.attname, 'names a row and is not checked to be there'
from tables t
join pg_attribute a on a.attrelid = t.oid and a.attnum > 0 and not a.attisdropped
where a.attname in ('project_id', 'key_id', 'kek_id', 'account_id', 'price_id')
  -- What happened stays written down when what it is about is gone.
  and t.relname <> 'audit_event'
  and not exists (select from foreign_keys f where f.conrelid = t.oid and a.attnum = any (f.conkey))
  and not exists (select from checked c where c.oid = t.oid)
union all
select 'table ' || t.oid::regclass, 'does not check that its tenant is there'
from tables t
join tenant_column c on c.attrelid = t.oid
where t.relname <> 'tenant'
  and not exists (select from foreign_keys f where f.conrelid = t.oid and c.attnum = any (f.conkey))
  and not exists (select from checked k where k.oid = t.oid)
