-- What a role that serves may not hold, by itself or through PUBLIC.
with runtime as (
  select r.oid, r.rolname from pg_roles r where r.rolname = any ($1::text[]) and not r.rolsuper
), ours as (
  select n.oid, n.nspname from pg_namespace n
  where n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
)
select 'role ' || r.rolname as "object!", 'may create in schema ' || n.nspname as "fault!"
from runtime r join pg_namespace n on has_schema_privilege(r.oid, n.oid, 'create')
union all
select 'role ' || r.rolname, 'may ' || p.privilege || ' in the database'
from runtime r
cross join (values ('create'), ('temporary')) p (privilege)
where has_database_privilege(r.oid, current_database(), p.privilege)
union all
select 'role ' || coalesce(r.rolname, 'public'), 'may ' || lower(a.privilege_type) || ' ' || c.oid::regclass
from pg_class c
join ours n on n.oid = c.relnamespace
cross join lateral aclexplode(c.relacl) a
left join runtime r on r.oid = a.grantee
where (r.oid is not null or a.grantee = 0)
  and a.privilege_type in ('TRUNCATE', 'REFERENCES', 'TRIGGER', 'MAINTAIN')
union all
select 'role ' || coalesce(r.rolname, 'public'), 'holds ' || lower(a.privilege_type) || ' on sequence ' || c.oid::regclass
from pg_class c
join ours n on n.oid = c.relnamespace
cross join lateral aclexplode(c.relacl) a
left join runtime r on r.oid = a.grantee
where c.relkind = 'S' and (r.oid is not null or a.grantee = 0)
union all
-- A partition is reached through its parent, whose policies then count; a materialised view has none.
select 'role ' || coalesce(r.rolname, 'public'), 'holds ' || lower(a.privilege_type) || ' on '
       || case when c.relkind = 'm' then 'materialised view ' else 'partition ' end || c.oid::regclass
from pg_class c
join ours n on n.oid = c.relnamespace
cross join lateral aclexplode(c.relacl) a
left join runtime r on r.oid = a.grantee
where (c.relispartition or c.relkind = 'm') and (r.oid is not null or a.grantee = 0)
union all
select 'table ' || c.oid::regclass, 'is open to public'
from pg_class c
join ours n on n.oid = c.relnamespace
cross join lateral aclexplode(c.relacl) a
where a.grantee = 0 and c.relkind in ('r', 'p', 'v', 'f')
  and n.nspname in ('app', 'platform', 'identity', 'sec', 'sys')
