-- A provider that no alias leads to may be removed: its circuits go with it, what happened to them stays.

set local role tokenone_owner;

alter table platform.circuit drop constraint circuit_provider_id_fkey;
alter table platform.circuit add constraint circuit_provider_id_fkey
  foreign key (provider_id) references platform.provider on delete cascade;
alter table platform.circuit_event drop constraint circuit_event_provider_id_fkey;

reset role;
