-- Policies as data (政策草案): a text is drafted, checked, tried on everybody, approved by a second person, and in force from a day on.
-- `base` is the hash of the text it was drafted against; `tried` of the text that the last trial was of.
CREATE TABLE policy_drafts (
  id           {id},
  policy       TEXT NOT NULL,
  text         TEXT NOT NULL,
  sha256       TEXT NOT NULL,
  base         TEXT,
  tried        TEXT,
  trial_year   {int},
  job          {int} REFERENCES jobs (id),
  state        TEXT NOT NULL,
  active_from  TEXT,
  jurisdiction {int} NOT NULL REFERENCES jurisdictions (id),
  sector       {int} REFERENCES sectors (id),
  made_at      {int} NOT NULL,
  since        {int} NOT NULL,
  version      {int} NOT NULL DEFAULT 1
) {strict};
CREATE INDEX policy_drafts_jurisdiction ON policy_drafts (jurisdiction, id);

CREATE TABLE policy_draft_steps (
  id       {id},
  draft    {int} NOT NULL REFERENCES policy_drafts (id),
  at       {int} NOT NULL,
  account  {int} NOT NULL REFERENCES accounts (id),
  step     TEXT NOT NULL,
  to_state TEXT NOT NULL,
  sha256   TEXT NOT NULL,
  reason   TEXT NOT NULL DEFAULT ''
) {strict};
CREATE INDEX policy_draft_steps_draft ON policy_draft_steps (draft, id);

-- What was published: the last row of a policy whose day has come is in force; without a hash it is the program's own text again.
CREATE TABLE policy_versions (
  id           {id},
  policy       TEXT NOT NULL,
  sha256       TEXT REFERENCES policy_texts (sha256),
  active_from  TEXT NOT NULL,
  published_at {int} NOT NULL,
  engine       TEXT NOT NULL,
  draft        {int} NOT NULL REFERENCES policy_drafts (id)
) {strict};
CREATE INDEX policy_versions_policy ON policy_versions (policy, id);

-- Who is affected by a draft: results that would be others, one row a duty. Hours in hundredths; no status where there is no such duty.
-- What is lacking is a list of Chinese title, English title, hundredths.
CREATE TABLE policy_effects (
  draft         {int} NOT NULL REFERENCES policy_drafts (id),
  sha256        TEXT NOT NULL,
  person        {int} NOT NULL REFERENCES people (id),
  duty          TEXT NOT NULL,
  year          {int} NOT NULL,
  frozen        {int} NOT NULL,
  status_before TEXT,
  total_before  {int},
  lacks_before  TEXT,
  status_after  TEXT,
  total_after   {int},
  lacks_after   TEXT,
  PRIMARY KEY (draft, person, duty)
) {strict};
