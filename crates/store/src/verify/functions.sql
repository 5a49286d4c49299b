-- A definer function reads with its owner's eyes: it fixes where its names are looked up, and is nobody's
-- by default.
with ours as (
  select p.oid, p.prosecdef, p.proconfig, p.proacl, p.proowner, p.prorettype
  from pg_proc p
  join pg_namespace n on n.oid = p.pronamespace
  where n.nspname in ('app', 'platform', 'identity', 'sec', 'sys', 'public')
)
select 'function ' || f.oid::regprocedure as "object!", 'is a definer without a fixed search_path' as "fault!"
from ours f
where f.prosecdef and not coalesce('search_path=pg_catalog, pg_temp' = any (f.proconfig), false)
union all
select 'function ' || f.oid::regprocedure, 'may be called by public'
from ours f
where f.prorettype <> 'trigger'::regtype
  and exists (select from aclexplode(coalesce(f.proacl, acldefault('f', f.proowner))) a
              where a.grantee = 0 and a.privilege_type = 'EXECUTE')
union all
select 'function ' || f.oid::regprocedure, 'is a definer owned by superuser ' || r.rolname
from ours f
join pg_roles r on r.oid = f.proowner
where f.prosecdef and r.rolsuper and coalesce($1::text[] is not null, true)
