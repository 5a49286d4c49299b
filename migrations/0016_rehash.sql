-- A password hash computed with parameters of another day is replaced when its owner signs in: only then
-- is the password at hand.

set local role tokenone_owner;
grant update (password_hash) on identity.account to tokenone_system;
reset role;

grant create on schema sys to tokenone_system;
set local role tokenone_system;

-- Only in place of the hash that the password was verified against: a password that was changed in the
-- meantime stays changed.
create function sys.renew_password_hash(p_account uuid, p_old text, p_new text) returns boolean
  language sql security definer set search_path = pg_catalog, pg_temp
as $$
  with renewed as (
    update identity.account set password_hash = p_new
    where id = p_account and password_hash = p_old
    returning id)
  select exists (select from renewed)
$$;

reset role;
revoke create on schema sys from tokenone_system;
revoke execute on function sys.renew_password_hash(uuid, text, text) from public;
grant execute on function sys.renew_password_hash(uuid, text, text) to tokenone_console;
