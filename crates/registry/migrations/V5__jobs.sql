-- Background work (后台任务): done step by step, each step in a transaction that also moves the cursor.
-- `lease_until`: until then `leased_by` alone works on it; afterwards whoever comes first. `turn` is when it last gave way to others.
-- `done` of `total` is what a bar shows; an unknown total is NULL.
CREATE TABLE jobs (
  id          {id},
  kind        TEXT NOT NULL,
  subject     TEXT NOT NULL,
  state       TEXT NOT NULL CHECK (state IN ('queued', 'running', 'done', 'failed', 'cancelled')),
  payload     TEXT NOT NULL,
  cursor      {int} NOT NULL DEFAULT 0,
  done        {int} NOT NULL DEFAULT 0,
  total       {int},
  result      TEXT,
  error_zh    TEXT,
  error_en    TEXT,
  account     {int} NOT NULL REFERENCES accounts (id),
  role        {int} NOT NULL REFERENCES account_roles (id),
  leased_by   TEXT,
  lease_until {int} NOT NULL DEFAULT 0,
  attempts    {int} NOT NULL DEFAULT 0,
  cancelling  {int} NOT NULL DEFAULT 0,
  turn        {int} NOT NULL,
  made_at     {int} NOT NULL,
  began_at    {int},
  ended_at    {int}
) {strict};
-- The same thing is not begun twice while it is under way.
CREATE UNIQUE INDEX jobs_subject ON jobs (kind, subject) WHERE state IN ('queued', 'running');
CREATE INDEX jobs_waiting ON jobs (turn, id) WHERE state IN ('queued', 'running');
CREATE INDEX jobs_role ON jobs (role, id);
