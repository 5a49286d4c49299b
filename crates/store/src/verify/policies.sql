-- The three locks on every tenant table that a role reaches: one permissive policy with tenant equality
-- and nothing else, a restrictive one on the signed context, and the floor of projects for people.
with runtime as (
  select r.oid, r.rolname from pg_roles r where r.rolname = any ($1::text[])
), tables as (
  select c.oid, c.relacl, c.relname from pg_class c
  where c.relnamespace = to_regnamespace('app') and c.relkind in ('r', 'p') and not c.relispartition
), reached as (
  -- People's locks are on every table, whether they are granted it yet or not.
  select distinct t.oid, t.relname, r.oid as role, r.rolname
  from tables t
  cross join runtime r
  where r.rolname <> 'tokenone_gateway' or exists (
    select from aclexplode(t.relacl) a where a.grantee = r.oid
    union all
    select from pg_attribute a cross join lateral aclexplode(a.attacl) x
    where a.attrelid = t.oid and x.grantee = r.oid)
), policies as (
  select p.polrelid, p.polname, p.polpermissive, p.polcmd, p.polroles,
         pg_get_expr(p.polqual, p.polrelid) as uses, pg_get_expr(p.polwithcheck, p.polrelid) as checks
  from pg_policy p
  join tables t on t.oid = p.polrelid
), expected as (
  select t.*,
         case when t.rolname = 'tokenone_gateway'
           then '^\(tenant_id IN \( SELECT unnest\(\(NULLIF\(\( SELECT current_setting\(''app\.tenants''::text, true\) AS current_setting\), ''''::text\)\)::uuid\[\]\) AS unnest\)\)$'
           else '^\(tenant_id = \(\( SELECT current_setting\(''app\.tenant''::text, true\) AS current_setting\)\)::uuid\)$'
         end as equality,
         case when t.rolname = 'tokenone_gateway'
           then '^\(tenant_id IN \( SELECT unnest\(sec\.context_tenants\(\)\) AS unnest\)\)$'
           else '^\(tenant_id = \( SELECT sec\.context_tenant\(\) AS context_tenant\)\)$'
         end as signed,
         t.rolname <> 'tokenone_gateway' and (t.relname = 'project' or exists (
           select from pg_attribute a
           where a.attrelid = t.oid and a.attname = 'project_id' and a.attnotnull and not a.attisdropped)) as floored
  from reached t
)
select 'table ' || e.oid::regclass as "object!",
       'shows ' || e.rolname || ' its rows by ' || n.permissive || ' permissive policies' as "fault!"
from expected e
cross join lateral (
  select count(*) as permissive from policies p
  where p.polrelid = e.oid and p.polpermissive and (e.role = any (p.polroles) or 0 = any (p.polroles))) n
where n.permissive <> 1
union all
select 'policy ' || p.polname || ' on ' || e.oid::regclass, 'is not tenant equality alone'
from expected e
join policies p on p.polrelid = e.oid and p.polpermissive and e.role = any (p.polroles)
where p.polcmd <> '*' or p.uses !~ e.equality or coalesce(p.checks, '') !~ e.equality
union all
select 'table ' || e.oid::regclass, 'does not ask ' || e.rolname || ' for a signed context'
from expected e
where not exists (
  select from policies p
  where p.polrelid = e.oid and not p.polpermissive and p.polcmd = '*' and e.role = any (p.polroles)
    and p.uses ~ e.signed and p.checks ~ e.signed)
union all
select 'table ' || e.oid::regclass, 'does not keep ' || e.rolname || ' to the projects in reach'
from expected e
where e.floored and not exists (
  select from policies p
  where p.polrelid = e.oid and not p.polpermissive and p.polcmd = '*' and e.role = any (p.polroles)
    and p.uses ~ '^\((project_)?id = ANY \(\( SELECT sec\.context_projects\(\) AS context_projects\)::uuid\[\]\)\)$'
    and p.checks ~ '^\((project_)?id = ANY \(\( SELECT sec\.context_projects\(\) AS context_projects\)::uuid\[\]\)\)$')
union all
-- Whom a permissive policy may name besides the roles that reach its table: the two that nobody signs
-- in as.
select 'policy ' || p.polname || ' on ' || p.polrelid::regclass, 'is for ' || coalesce(r.rolname, 'public')
from policies p
cross join lateral unnest(p.polroles) named (role)
left join pg_roles r on r.oid = named.role
where p.polpermissive and coalesce(r.rolname, 'public') not in ('tokenone_owner', 'tokenone_system')
  and not exists (select from expected e where e.oid = p.polrelid and e.role = named.role)
union all
select 'table ' || t.oid::regclass, 'has no policies'
from tables t
where not exists (select from policies p where p.polrelid = t.oid and not p.polpermissive)
