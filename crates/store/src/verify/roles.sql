-- What a role that serves may not be.
with runtime as (select r.* from pg_roles r where r.rolname = any ($1::text[]))
select 'role ' || r.rolname as "object!", f.fault as "fault!"
from runtime r
cross join lateral (values
  (r.rolsuper, 'is a superuser'),
  (r.rolbypassrls, 'bypasses row-level security'),
  (r.rolcreatedb, 'may create databases'),
  (r.rolcreaterole, 'may create roles'),
  (r.rolreplication, 'may replicate')) f (holds, fault)
where f.holds
union all
select 'role ' || r.rolname, 'is a member of ' || g.rolname
from runtime r
join pg_auth_members m on m.member = r.oid
join pg_roles g on g.oid = m.roleid
union all
select 'role ' || r.rolname, 'owns ' || o.kind || ' ' || o.name
from runtime r
join (
  select c.relowner, 'relation', c.oid::regclass::text from pg_class c
  union all select n.nspowner, 'schema', n.nspname::text from pg_namespace n
  union all select p.proowner, 'function', p.oid::regprocedure::text from pg_proc p
  union all select d.datdba, 'database', d.datname::text from pg_database d
    where d.datname = current_database()
) o (owner, kind, name) on o.owner = r.oid
-- A superuser owns the whole catalogue, and is told so above.
where not r.rolsuper
