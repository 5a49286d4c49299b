-- What looks across tenants: each question is one definer function with its own answer, owned by a
-- role that nobody signs in as. A runtime role can ask these questions and no others.

grant create on schema sys to tokenone_system;
set local role tokenone_system;

-- The platform's own tenant owns provider credentials and the operator's audit events.
insert into app.tenant (tenant_id, slug, name, kind)
values ('00000000-0000-7000-8000-000000000001', 'platform', 'Platform', 'platform');
insert into app.project (tenant_id, id, slug, name)
values ('00000000-0000-7000-8000-000000000001', '00000000-0000-7000-8000-000000000002', 'platform', 'Platform');

-- ── For the gateway ─────────────────────────────────────────────────────────────────────────────
create function sys.snapshot_tenants()
  returns table (tenant_id uuid, state text, markup_ppm integer)
  language sql stable security definer set search_path = pg_catalog, pg_temp
as $$ select t.tenant_id, t.state, t.markup_ppm from app.tenant t $$;

create function sys.snapshot_projects()
  returns table (tenant_id uuid, id uuid, state text)
  language sql stable security definer set search_path = pg_catalog, pg_temp
as $$ select p.tenant_id, p.id, p.state from app.project p $$;

create function sys.snapshot_keys()
  returns table (tenant_id uuid, project_id uuid, id uuid, mac bytea, pepper integer, expires_at timestamptz)
  language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
  select k.tenant_id, k.project_id, k.id, k.mac, k.pepper, k.expires_at
  from app.api_key k where k.state = 'active'
$$;

-- Holds whose time is over and that nothing resolved: the reaper's work list.
-- Only those that expired after p_since are looked at, so that a tick costs what is recent and not all
-- that ever was; '-infinity' looks at everything, as a start does.
create function sys.expired_holds(p_since timestamptz, p_rows integer)
  returns table (tenant_id uuid, call_id uuid, project_id uuid, key_id uuid, price_id uuid, at timestamptz)
  language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
  -- Not "step = 0", which makes the planner combine the range with a scan of the whole key.
  select h.tenant_id, h.call_id, h.project_id, h.key_id, h.price_id, h.at
  from app.transfer h
  where h.expires_at >= p_since and h.expires_at < clock_timestamp()
    and (select true from app.transfer r
         where r.tenant_id = h.tenant_id and r.call_id = h.call_id and r.attempt = h.attempt
           and r.step = 1 and r.leg = 0 limit 1) is null
  limit greatest(least(p_rows, 5000), 0)
$$;

-- ── For the console ─────────────────────────────────────────────────────────────────────────────
create function sys.any_account() returns boolean
  language sql stable security definer set search_path = pg_catalog, pg_temp
as $$ select exists (select from identity.account) $$;

create function sys.account_by_email(p_email text)
  returns table (id uuid, email text, name text, password_hash text, platform_admin boolean, state text)
  language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
  select a.id, a.email, a.name, a.password_hash, a.platform_admin, a.state
  from identity.account a where a.email = lower(p_email)
$$;

create function sys.account(p_id uuid)
  returns table (id uuid, email text, name text, platform_admin boolean, state text)
  language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
  select a.id, a.email, a.name, a.platform_admin, a.state from identity.account a where a.id = p_id
$$;

create function sys.create_account(p_id uuid, p_email text, p_name text, p_hash text, p_platform_admin boolean)
  returns void
  language sql security definer set search_path = pg_catalog, pg_temp
as $$
  insert into identity.account (id, email, name, password_hash, platform_admin)
  values (p_id, p_email, p_name, p_hash, p_platform_admin)
$$;

-- The first account of a deployment. Serialised, so that two browsers cannot both be first.
create function sys.create_first_account(p_id uuid, p_email text, p_name text, p_hash text)
  returns boolean
  language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
  perform pg_advisory_xact_lock(hashtext('tokenone.first_account'));
  if exists (select from identity.account) then return false; end if;
  perform sys.create_account(p_id, p_email, p_name, p_hash, true);
  return true;
end $$;

create function sys.memberships(p_account uuid)
  returns table (tenant_id uuid, name text, role text)
  language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
  select t.tenant_id, t.name, m.role
  from app.membership m join app.tenant t using (tenant_id)
  where m.account_id = p_account and t.state = 'active' and t.kind = 'customer'
  order by t.name, t.tenant_id
$$;

-- The seat of a person in a tenant: role and projects in reach; no row where there is none.
create function sys.seat(p_account uuid, p_tenant uuid)
  returns table (role text, projects uuid[])
  language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
  select s.role,
         case when s.role = 'member'
           then coalesce((select array_agg(pm.project_id order by pm.project_id) from app.project_member pm
                          where pm.tenant_id = p_tenant and pm.account_id = p_account), '{}')
           else coalesce((select array_agg(p.id order by p.id) from app.project p where p.tenant_id = p_tenant), '{}')
         end
  from (
    select m.role from app.membership m where m.tenant_id = p_tenant and m.account_id = p_account
    union all
    select 'platform_admin' from identity.account a
    where a.id = p_account and a.platform_admin
      and not exists (select from app.membership m where m.tenant_id = p_tenant and m.account_id = p_account)
    limit 1) s
  join app.tenant t on t.tenant_id = p_tenant and t.state = 'active' and t.kind = 'customer'
$$;

create function sys.create_tenant(p_id uuid, p_slug text, p_name text, p_markup_ppm integer) returns void
  language sql security definer set search_path = pg_catalog, pg_temp
as $$
  insert into app.tenant (tenant_id, slug, name, markup_ppm) values (p_id, p_slug, p_name, p_markup_ppm)
$$;

create function sys.create_project(p_tenant uuid, p_id uuid, p_slug text, p_name text) returns void
  language sql security definer set search_path = pg_catalog, pg_temp
as $$
  insert into app.project (tenant_id, id, slug, name) values (p_tenant, p_id, p_slug, p_name)
$$;

create function sys.add_member(p_tenant uuid, p_account uuid, p_role text, p_projects uuid[]) returns void
  language sql security definer set search_path = pg_catalog, pg_temp
as $$
  insert into app.membership (tenant_id, account_id, role) values (p_tenant, p_account, p_role);
  insert into app.project_member (tenant_id, project_id, account_id)
  select p_tenant, p, p_account from unnest(p_projects) p where p_role = 'member';
$$;

-- An audit row from outside a tenant's own transaction: what the operator does, and what happens before
-- anyone has a seat.
create function sys.audit(p_tenant uuid, p_id uuid, p_project uuid, p_actor_kind text, p_actor_id uuid, p_actor text,
  p_action text, p_target_kind text, p_target_id uuid, p_target text, p_outcome text, p_reason text,
  p_before jsonb, p_after jsonb, p_ip inet, p_user_agent text, p_request_id uuid) returns void
  language sql security definer set search_path = pg_catalog, pg_temp
as $$
  insert into app.audit_event (tenant_id, id, project_id, actor_kind, actor_id, actor, action, target_kind,
    target_id, target, outcome, reason, before, after, ip, user_agent, request_id)
  values (p_tenant, p_id, p_project, p_actor_kind, p_actor_id, p_actor, p_action, p_target_kind, p_target_id,
    p_target, p_outcome, p_reason, p_before, p_after, p_ip, p_user_agent, p_request_id)
$$;

-- The operator's roll-up: counts and times, no tenant's data.
create function sys.tenants()
  returns table (tenant_id uuid, slug text, name text, created_at timestamptz,
                 projects bigint, people bigint, keys bigint, last_call_at timestamptz)
  language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
  select t.tenant_id, t.slug, t.name, t.created_at,
    (select count(*) from app.project p where p.tenant_id = t.tenant_id),
    (select count(*) from app.membership m where m.tenant_id = t.tenant_id),
    (select count(*) from app.api_key k where k.tenant_id = t.tenant_id and k.state = 'active'),
    (select c.started_at from app.call c where c.tenant_id = t.tenant_id order by c.id desc limit 1)
  from app.tenant t where t.kind = 'customer'
  order by t.name, t.tenant_id
$$;

reset role;
revoke create on schema sys from tokenone_system;
revoke execute on all functions in schema sys from public;
grant execute on function sys.snapshot_tenants(), sys.snapshot_projects(), sys.snapshot_keys(),
  sys.expired_holds(timestamptz, integer) to tokenone_gateway;
grant execute on function sys.any_account(), sys.account_by_email(text), sys.account(uuid),
  sys.create_account(uuid, text, text, text, boolean), sys.create_first_account(uuid, text, text, text),
  sys.memberships(uuid), sys.seat(uuid, uuid), sys.create_tenant(uuid, text, text, integer),
  sys.create_project(uuid, uuid, text, text), sys.add_member(uuid, uuid, text, uuid[]),
  sys.tenants(),
  sys.audit(uuid, uuid, uuid, text, uuid, text, text, text, uuid, text, text, text, jsonb, jsonb, inet, text,
    uuid)
  to tokenone_console;
