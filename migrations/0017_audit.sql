-- One way into the audit log: sys.audit, from inside a tenant's transaction as from outside it. The role
-- that asks it can no longer write a row that the function would not.

set local role tokenone_owner;
revoke insert on app.audit_event from tokenone_console;
reset role;
