-- Import of people and records from a table (批量导入). `digest` is the SHA-256 of the file: what was tried is what is entered.
CREATE TABLE imports (
  id           {id},
  kind         TEXT NOT NULL CHECK (kind IN ('people', 'records')),
  name         TEXT NOT NULL,
  digest       TEXT NOT NULL,
  rows         {int} NOT NULL,
  notices      TEXT NOT NULL DEFAULT '[]',
  state        TEXT NOT NULL CHECK (state IN ('loading', 'checking', 'checked', 'entering', 'entered', 'undone')),
  whole        {int} NOT NULL DEFAULT 0,
  organisation {int} NOT NULL REFERENCES organisations (id),
  account      {int} NOT NULL REFERENCES accounts (id),
  role         {int} NOT NULL REFERENCES account_roles (id),
  job          {int} REFERENCES jobs (id),
  made_at      {int} NOT NULL,
  cleared_at   {int}
) {strict};
CREATE INDEX imports_role ON imports (role, id);
CREATE INDEX imports_made ON imports (cleared_at, made_at);

-- Its rows, encrypted, and what became or would become of each. `twin` tells rows of one file that say the same.
CREATE TABLE import_rows (
  id      {id},
  import  {int} NOT NULL REFERENCES imports (id),
  row     {int} NOT NULL,
  sealed  {blob},
  key_id  TEXT,
  outcome TEXT NOT NULL DEFAULT '',
  twin    TEXT,
  person  {int} REFERENCES people (id),
  record  {int} REFERENCES records (id),
  told    TEXT,
  UNIQUE (import, row)
) {strict};
CREATE INDEX import_rows_outcome ON import_rows (import, outcome, row);
CREATE INDEX import_rows_twin ON import_rows (import, twin);
CREATE INDEX import_rows_person ON import_rows (import, person);
CREATE INDEX import_rows_record ON import_rows (record);
