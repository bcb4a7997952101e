-- What is kept. Hours in hundredths, instants in microseconds UTC, dates as YYYY-MM-DD of Asia/Shanghai, yes as 1.
-- {id}, {int}, {blob}, {strict} differ between the two databases and stand in store/dialect.rs.

CREATE TABLE settings (
  name  TEXT PRIMARY KEY,
  value TEXT NOT NULL
) {strict};

-- Jurisdictions (行政区划): a dated tree. `region` is what policies ask for: the GB/T 2260 code where there is one.
CREATE TABLE jurisdictions (
  id         {id},
  parent     {int} REFERENCES jurisdictions (id),
  region     TEXT NOT NULL,
  level      TEXT NOT NULL CHECK (level IN ('nation', 'province', 'city', 'district', 'area')),
  name_zh    TEXT NOT NULL,
  name_en    TEXT NOT NULL,
  valid_from TEXT NOT NULL,
  valid_to   TEXT,
  successor  {int} REFERENCES jurisdictions (id)
) {strict};
CREATE INDEX jurisdictions_region ON jurisdictions (region);

-- Every jurisdiction with itself and all that lie above it.
CREATE TABLE jurisdiction_within (
  inner_id {int} NOT NULL REFERENCES jurisdictions (id),
  outer_id {int} NOT NULL REFERENCES jurisdictions (id),
  PRIMARY KEY (inner_id, outer_id)
) {strict};
CREATE INDEX jurisdiction_within_outer ON jurisdiction_within (outer_id, inner_id);

CREATE TABLE sectors (
  id      {id},
  parent  {int} REFERENCES sectors (id),
  code    TEXT NOT NULL UNIQUE,
  name_zh TEXT NOT NULL,
  name_en TEXT NOT NULL
) {strict};

-- Employers, providers, authorities, agencies that hold personnel files. `code` is the unified social credit code (GB 32100).
CREATE TABLE organisations (
  id           {id},
  code         TEXT UNIQUE,
  kind         TEXT NOT NULL CHECK (kind IN ('employer', 'provider', 'sector-authority', 'personnel-authority', 'title-office', 'file-agency')),
  name         TEXT NOT NULL,
  jurisdiction {int} NOT NULL REFERENCES jurisdictions (id),
  sector       {int} REFERENCES sectors (id),
  facts        TEXT NOT NULL DEFAULT '{}',
  valid_from   TEXT NOT NULL,
  valid_to     TEXT
) {strict};
CREATE INDEX organisations_jurisdiction ON organisations (jurisdiction, kind);

CREATE TABLE organisation_names (
  organisation {int} NOT NULL REFERENCES organisations (id),
  name         TEXT NOT NULL,
  valid_from   TEXT NOT NULL,
  valid_to     TEXT,
  PRIMARY KEY (organisation, valid_from)
) {strict};

-- People: an id that never changes; everything else has dates.
CREATE TABLE people (
  id         {id},
  name       TEXT NOT NULL,
  created_at {int} NOT NULL,
  merged_in  {int} REFERENCES people (id),
  erased_at  {int}
) {strict};

CREATE TABLE person_names (
  person     {int} NOT NULL REFERENCES people (id),
  name       TEXT NOT NULL,
  valid_from TEXT NOT NULL,
  valid_to   TEXT,
  PRIMARY KEY (person, valid_from)
) {strict};

-- Identity numbers and other documents: encrypted, found by a keyed hash.
CREATE TABLE person_identifiers (
  id         {id},
  person     {int} NOT NULL REFERENCES people (id),
  kind       TEXT NOT NULL CHECK (kind IN ('identity-number', 'passport', 'hong-kong-macao-permit', 'taiwan-permit')),
  sealed     {blob} NOT NULL,
  key_id     TEXT NOT NULL,
  lookup     {blob} NOT NULL,
  valid_from TEXT NOT NULL,
  valid_to   TEXT
) {strict};
CREATE INDEX person_identifiers_lookup ON person_identifiers (lookup);
CREATE INDEX person_identifiers_person ON person_identifiers (person);

-- What policies ask about a person: columns of the policies, each with dates.
CREATE TABLE person_facts (
  person     {int} NOT NULL REFERENCES people (id),
  name       TEXT NOT NULL,
  value      TEXT NOT NULL,
  valid_from TEXT NOT NULL,
  valid_to   TEXT,
  PRIMARY KEY (person, name, valid_from)
) {strict};

-- Where somebody works (岗位). `agency` holds the personnel file where the employer does not.
CREATE TABLE posts (
  id           {id},
  person       {int} NOT NULL REFERENCES people (id),
  organisation {int} NOT NULL REFERENCES organisations (id),
  agency       {int} REFERENCES organisations (id),
  title        TEXT NOT NULL DEFAULT '',
  main         {int} NOT NULL DEFAULT 1,
  valid_from   TEXT NOT NULL,
  valid_to     TEXT
) {strict};
CREATE INDEX posts_person ON posts (person);
CREATE INDEX posts_organisation ON posts (organisation, person);
CREATE INDEX posts_agency ON posts (agency, person);

CREATE TABLE accounts (
  id            {id},
  login         TEXT NOT NULL UNIQUE,
  password      TEXT NOT NULL,
  person        {int} REFERENCES people (id),
  totp          {blob},
  totp_key      TEXT,
  totp_step     {int} NOT NULL DEFAULT 0,
  failures      {int} NOT NULL DEFAULT 0,
  locked_until  {int} NOT NULL DEFAULT 0,
  closed_at     {int},
  created_at    {int} NOT NULL
) {strict};
CREATE INDEX accounts_person ON accounts (person);

CREATE TABLE account_roles (
  id           {id},
  account      {int} NOT NULL REFERENCES accounts (id),
  role         TEXT NOT NULL CHECK (role IN ('person', 'employer-officer', 'agency-officer', 'authority-officer', 'auditor', 'operator')),
  organisation {int} REFERENCES organisations (id),
  jurisdiction {int} REFERENCES jurisdictions (id),
  sector       {int} REFERENCES sectors (id),
  valid_from   TEXT NOT NULL,
  valid_to     TEXT
) {strict};
CREATE INDEX account_roles_account ON account_roles (account);

-- The id is the hash of what the browser holds.
CREATE TABLE sessions (
  id       {blob} PRIMARY KEY,
  account  {int} NOT NULL REFERENCES accounts (id),
  csrf     TEXT NOT NULL,
  role     {int},
  made_at  {int} NOT NULL,
  seen_at  {int} NOT NULL,
  ends_at  {int} NOT NULL,
  verified {int} NOT NULL DEFAULT 0
) {strict};
CREATE INDEX sessions_account ON sessions (account);

-- Attempts to sign in or to look up a code, by a keyed hash of who asks.
CREATE TABLE attempts (
  subject {blob} NOT NULL,
  minute  {int} NOT NULL,
  count   {int} NOT NULL,
  PRIMARY KEY (subject, minute)
) {strict};

-- Every text of a policy that was ever in force here, so that what it decided can be recomputed.
CREATE TABLE policy_texts (
  sha256  TEXT PRIMARY KEY,
  policy  TEXT NOT NULL,
  text    TEXT NOT NULL,
  engine  TEXT NOT NULL,
  seen_at {int} NOT NULL
) {strict};

-- A person's duty in a window (年度继续教育义务).
CREATE TABLE obligations (
  id           {id},
  person       {int} NOT NULL REFERENCES people (id),
  duty         TEXT NOT NULL,
  year         {int} NOT NULL,
  organisation {int} NOT NULL REFERENCES organisations (id),
  jurisdiction {int} NOT NULL REFERENCES jurisdictions (id),
  region       TEXT NOT NULL,
  sector       TEXT,
  UNIQUE (person, duty, year)
) {strict};
CREATE INDEX obligations_organisation ON obligations (organisation, year);

-- A learning record (学习记录): facts as the columns of the policies, never hours.
CREATE TABLE records (
  id           {id},
  person       {int} NOT NULL REFERENCES people (id),
  year         {int} NOT NULL,
  title        TEXT NOT NULL,
  facts        TEXT NOT NULL,
  revision     {int} NOT NULL DEFAULT 1,
  corrects     {int} REFERENCES records (id),
  organisation {int} NOT NULL REFERENCES organisations (id),
  state        TEXT NOT NULL,
  entered_by   {int} NOT NULL REFERENCES accounts (id),
  created_at   {int} NOT NULL
) {strict};
CREATE INDEX records_person ON records (person, year);

-- Proofs. The file stands encrypted in the evidence store under its hash.
CREATE TABLE evidence (
  id         {id},
  record     {int} NOT NULL REFERENCES records (id),
  kind       TEXT NOT NULL,
  name       TEXT NOT NULL,
  media      TEXT NOT NULL,
  bytes      {int} NOT NULL,
  digest     TEXT NOT NULL,
  added_by   {int} NOT NULL REFERENCES accounts (id),
  added_at   {int} NOT NULL,
  removed_at {int}
) {strict};
CREATE INDEX evidence_record ON evidence (record);
CREATE INDEX evidence_digest ON evidence (digest);

-- A piece of business under a flow: who holds it, in which state, since when.
CREATE TABLE cases (
  id           {id},
  flow         TEXT NOT NULL,
  state        TEXT NOT NULL,
  open         {int} NOT NULL,
  stage        TEXT,
  holders      TEXT NOT NULL DEFAULT '|',
  person       {int} NOT NULL REFERENCES people (id),
  record       {int} REFERENCES records (id),
  obligation   {int} REFERENCES obligations (id),
  organisation {int} NOT NULL REFERENCES organisations (id),
  agency       {int} REFERENCES organisations (id),
  jurisdiction {int} NOT NULL REFERENCES jurisdictions (id),
  sector       {int} REFERENCES sectors (id),
  opened_by    {int} NOT NULL REFERENCES accounts (id),
  opened_at    {int} NOT NULL,
  since        {int} NOT NULL,
  due          TEXT,
  version      {int} NOT NULL DEFAULT 1
) {strict};
CREATE INDEX cases_holder ON cases (organisation, open, state, since);
CREATE INDEX cases_jurisdiction ON cases (jurisdiction, open, state, since);
CREATE INDEX cases_agency ON cases (agency, open, state, since);
CREATE INDEX cases_person ON cases (person, flow);
CREATE INDEX cases_record ON cases (record);
CREATE UNIQUE INDEX cases_obligation ON cases (obligation);

-- The way of a case: each step taken.
CREATE TABLE case_steps (
  id        {id},
  case_id   {int} NOT NULL REFERENCES cases (id),
  at        {int} NOT NULL,
  account   {int} NOT NULL REFERENCES accounts (id),
  role      TEXT NOT NULL,
  step      TEXT NOT NULL,
  to_state  TEXT NOT NULL,
  stage     TEXT,
  reason    TEXT NOT NULL DEFAULT '',
  entry     {int}
) {strict};
CREATE INDEX case_steps_case ON case_steps (case_id, id);
CREATE INDEX case_steps_account ON case_steps (account, case_id);

-- The ledger. A leaf is a salted commitment; what it commits to stands beside it and can be erased.
CREATE TABLE entries (
  id         {id},
  kind       TEXT NOT NULL,
  at         {int} NOT NULL,
  person     {int},
  record     {int},
  obligation {int},
  commitment {blob} NOT NULL
) {strict};
CREATE INDEX entries_person ON entries (person, id);

CREATE TABLE entry_texts (
  entry {int} PRIMARY KEY REFERENCES entries (id),
  salt  {blob} NOT NULL,
  body  TEXT NOT NULL
) {strict};

CREATE TABLE erasures (
  entry   {int} PRIMARY KEY REFERENCES entries (id),
  at      {int} NOT NULL,
  decided {int} NOT NULL
) {strict};

-- Entries that committed and have no place in the tree yet.
CREATE TABLE unplaced (
  entry {int} PRIMARY KEY REFERENCES entries (id)
) {strict};

CREATE TABLE log_leaves (
  place {int} PRIMARY KEY,
  entry {int} NOT NULL UNIQUE REFERENCES entries (id)
) {strict};

-- Tiles of C2SP tlog-tiles: a wider one takes the place of a narrower one that it continues.
CREATE TABLE tiles (
  level {int} NOT NULL,
  place {int} NOT NULL,
  bytes {blob} NOT NULL,
  PRIMARY KEY (level, place)
) {strict};

CREATE TABLE checkpoints (
  size {int} PRIMARY KEY,
  root {blob} NOT NULL,
  note TEXT NOT NULL,
  at   {int} NOT NULL
) {strict};

CREATE TABLE cosignatures (
  size    {int} NOT NULL REFERENCES checkpoints (size),
  witness TEXT NOT NULL,
  line    TEXT NOT NULL,
  at      {int} NOT NULL,
  PRIMARY KEY (size, witness)
) {strict};

-- The computed result of one obligation, with the hashes of what it came from.
CREATE TABLE determinations (
  id         {id},
  obligation {int} NOT NULL REFERENCES obligations (id),
  at         {int} NOT NULL,
  frozen     {int} NOT NULL,
  status     TEXT NOT NULL,
  total      {int} NOT NULL,
  result     TEXT NOT NULL,
  basis      TEXT NOT NULL,
  engine     TEXT NOT NULL,
  entry      {int} NOT NULL REFERENCES entries (id),
  supersedes {int} REFERENCES determinations (id)
) {strict};
CREATE INDEX determinations_obligation ON determinations (obligation, id);

-- Certificates and cards (证书、登记卡), as they were handed out.
CREATE TABLE documents (
  id            {id},
  kind          TEXT NOT NULL,
  code          TEXT NOT NULL UNIQUE,
  person        {int} NOT NULL REFERENCES people (id),
  obligation    {int} REFERENCES obligations (id),
  determination {int} REFERENCES determinations (id),
  issued_at     {int} NOT NULL,
  issued_by     {int} NOT NULL REFERENCES accounts (id),
  digest        TEXT,
  entry         {int} NOT NULL REFERENCES entries (id),
  superseded_by {int} REFERENCES documents (id),
  revoked_at    {int},
  revoked_for   TEXT
) {strict};
CREATE INDEX documents_person ON documents (person, id);
CREATE INDEX documents_obligation ON documents (obligation, id);

-- Who looked at what, and why: unmasked identity numbers, exports, sign-ins.
CREATE TABLE audits (
  id      {id},
  at      {int} NOT NULL,
  account {int},
  action  TEXT NOT NULL,
  person  {int},
  subject TEXT NOT NULL,
  purpose TEXT NOT NULL
) {strict};
CREATE INDEX audits_person ON audits (person, id);
CREATE INDEX audits_account ON audits (account, id);
