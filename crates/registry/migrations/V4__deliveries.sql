-- Providers deliver completions by themselves; registers of platforms, topics, bases and providers by year.
-- {sqlite} and {postgres} begin a line that only one of the two databases reads.

-- The words of roles stand in access.rs alone: what they are was checked twice.
{postgres} ALTER TABLE account_roles DROP CONSTRAINT account_roles_role_check;
{sqlite} CREATE TABLE account_roles_now (id {id}, account {int} NOT NULL REFERENCES accounts (id), role TEXT NOT NULL, organisation {int} REFERENCES organisations (id), jurisdiction {int} REFERENCES jurisdictions (id), sector {int} REFERENCES sectors (id), valid_from TEXT NOT NULL, valid_to TEXT) {strict};
{sqlite} INSERT INTO account_roles_now (id, account, role, organisation, jurisdiction, sector, valid_from, valid_to) SELECT id, account, role, organisation, jurisdiction, sector, valid_from, valid_to FROM account_roles;
{sqlite} DROP TABLE account_roles;
{sqlite} ALTER TABLE account_roles_now RENAME TO account_roles;
{sqlite} CREATE INDEX account_roles_account ON account_roles (account);

-- The provider that delivered the record of a case; nothing where the person declared it.
ALTER TABLE cases ADD COLUMN provider {int} REFERENCES organisations (id);

-- An entry of a public register (公开名册). One of a policy file names policy, list and clauses; one of an officer the document it rests on.
-- `place` is the beginning of the GB/T 2260 code where it holds, * for the nation.
CREATE TABLE register_entries (
  id           {id},
  register     TEXT NOT NULL CHECK (register IN ('platform', 'topic', 'base', 'provider')),
  code         TEXT NOT NULL,
  name_zh      TEXT NOT NULL,
  name_en      TEXT NOT NULL,
  place        TEXT NOT NULL,
  jurisdiction {int} REFERENCES jurisdictions (id),
  organisation {int} REFERENCES organisations (id),
  policy       TEXT,
  list         TEXT,
  basis        TEXT NOT NULL,
  valid_from   TEXT NOT NULL,
  valid_to     TEXT,
  added_by     {int} REFERENCES accounts (id),
  added_at     {int} NOT NULL,
  closed_by    {int} REFERENCES accounts (id),
  closed_at    {int},
  closed_for   TEXT NOT NULL DEFAULT '',
  UNIQUE (policy, list, code)
) {strict};
CREATE INDEX register_entries_place ON register_entries (place, register, valid_from);
CREATE INDEX register_entries_organisation ON register_entries (organisation);

-- Keys of machines: shown once, kept as a hash. `account` is who acts where the key is used; nobody can sign in to it.
CREATE TABLE machine_keys (
  id           {id},
  hash         {blob} NOT NULL UNIQUE,
  prefix       TEXT NOT NULL,
  name         TEXT NOT NULL,
  organisation {int} NOT NULL REFERENCES organisations (id),
  scopes       TEXT NOT NULL,
  account      {int} NOT NULL REFERENCES accounts (id),
  made_by      {int} NOT NULL REFERENCES accounts (id),
  made_at      {int} NOT NULL,
  used_at      {int},
  revoked_by   {int} REFERENCES accounts (id),
  revoked_at   {int}
) {strict};
CREATE INDEX machine_keys_organisation ON machine_keys (organisation, id);

-- What a provider sent at once (送达批次).
CREATE TABLE deliveries (
  id          {id},
  provider    {int} NOT NULL REFERENCES organisations (id),
  account     {int} NOT NULL REFERENCES accounts (id),
  reference   TEXT NOT NULL DEFAULT '',
  sent_at     {int} NOT NULL,
  received_at {int} NOT NULL,
  completions {int} NOT NULL
) {strict};
CREATE INDEX deliveries_provider ON deliveries (provider, id);

-- One completion of one person, by the provider's own id. The identity number is kept until the person is found, and no longer.
-- `due` is when the work on one that was received is taken up by whoever comes first.
CREATE TABLE completions (
  id          {id},
  provider    {int} NOT NULL REFERENCES organisations (id),
  own_id      TEXT NOT NULL,
  delivery    {int} NOT NULL REFERENCES deliveries (id),
  digest      {blob} NOT NULL,
  name        TEXT NOT NULL,
  lookup      {blob},
  sealed      {blob},
  key_id      TEXT,
  title       TEXT NOT NULL,
  facts       TEXT NOT NULL,
  year        {int} NOT NULL,
  state       TEXT NOT NULL CHECK (state IN ('received', 'unmatched', 'delivered', 'refused', 'withdrawn')),
  reason      TEXT NOT NULL DEFAULT '',
  reason_zh   TEXT NOT NULL DEFAULT '',
  reason_en   TEXT NOT NULL DEFAULT '',
  person      {int} REFERENCES people (id),
  record      {int} REFERENCES records (id),
  received_at {int} NOT NULL,
  since       {int} NOT NULL,
  due         {int} NOT NULL,
  version     {int} NOT NULL DEFAULT 1,
  UNIQUE (provider, own_id)
) {strict};
CREATE INDEX completions_waiting ON completions (due, id) WHERE state = 'received';
CREATE INDEX completions_lookup ON completions (lookup) WHERE state = 'unmatched';
CREATE INDEX completions_state ON completions (provider, state, id);
CREATE INDEX completions_delivery ON completions (delivery, id);
CREATE INDEX completions_person ON completions (person, id);
CREATE INDEX completions_record ON completions (record);

-- The way of a completion, until its record has a case; what comes then stands with the case.
CREATE TABLE completion_steps (
  id         {id},
  completion {int} NOT NULL REFERENCES completions (id),
  at         {int} NOT NULL,
  account    {int} REFERENCES accounts (id),
  step       TEXT NOT NULL,
  reason_zh  TEXT NOT NULL DEFAULT '',
  reason_en  TEXT NOT NULL DEFAULT '',
  entry      {int}
) {strict};
CREATE INDEX completion_steps_completion ON completion_steps (completion, id);

CREATE INDEX cases_provider ON cases (provider, open, state) WHERE provider IS NOT NULL;
