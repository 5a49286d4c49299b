-- What each step of the guard took of a call's time.

set local role tokenone_owner;

-- Microseconds since the first byte of the request, at which each step was done.
alter table app.call
  add column asked_us bigint,
  add column screened_us bigint,
  add column redacted_us bigint,
  -- No moment but a length: what masking took while the answer came.
  add column masking_us bigint;
grant update (asked_us, screened_us, redacted_us, masking_us) on app.call to tokenone_gateway;

reset role;
