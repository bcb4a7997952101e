-- People over time: transfers, changes of names and identifiers, doubles. Matters ask for them; rows of people get dates.

-- The day of birth, by which doubles are found.
ALTER TABLE people ADD COLUMN born TEXT;
CREATE INDEX people_merged ON people (merged_in);
CREATE INDEX people_name ON people (name, born);

-- Why a post ended: transfer, leave, retire; agency or main where only the file or the main post changed hands.
ALTER TABLE posts ADD COLUMN ended_for TEXT;

-- The other organisation a case concerns: the receiving side of a transfer, who approves an exemption.
ALTER TABLE cases ADD COLUMN counterpart {int} REFERENCES organisations (id);
CREATE INDEX cases_counterpart ON cases (counterpart, open, state, since);

-- What a case asks for that is neither a record nor a year. What nobody may read (an identity number) is sealed.
CREATE TABLE matters (
  id         {id},
  case_id    {int} NOT NULL UNIQUE REFERENCES cases (id),
  kind       TEXT NOT NULL,
  valid_from TEXT NOT NULL,
  valid_to   TEXT,
  other      {int} REFERENCES people (id),
  body       TEXT NOT NULL,
  sealed     {blob},
  key_id     TEXT
) {strict};
CREATE INDEX matters_other ON matters (other);

-- Proofs of matters. The file stands encrypted in the evidence store under its hash.
CREATE TABLE papers (
  id       {id},
  case_id  {int} NOT NULL REFERENCES cases (id),
  name     TEXT NOT NULL,
  media    TEXT NOT NULL,
  bytes    {int} NOT NULL,
  digest   TEXT NOT NULL,
  added_by {int} NOT NULL REFERENCES accounts (id),
  added_at {int} NOT NULL
) {strict};
CREATE INDEX papers_case ON papers (case_id);

-- Two people who look like one and are not: the smaller id first.
CREATE TABLE people_apart (
  one     {int} NOT NULL REFERENCES people (id),
  other   {int} NOT NULL REFERENCES people (id),
  at      {int} NOT NULL,
  account {int} NOT NULL REFERENCES accounts (id),
  reason  TEXT NOT NULL,
  PRIMARY KEY (one, other)
) {strict};

-- What is determined of a double is determined of who he is.
{sqlite}DROP TRIGGER determinations_raise;
{sqlite}CREATE TRIGGER determinations_raise AFTER INSERT ON determinations BEGIN UPDATE people SET version = version + 1 WHERE id = (SELECT COALESCE(x.merged_in, x.id) FROM obligations o JOIN people x ON x.id = o.person WHERE o.id = NEW.obligation); END;
{postgres}CREATE OR REPLACE FUNCTION determinations_raise() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN UPDATE people SET version = version + 1 WHERE id = (SELECT COALESCE(x.merged_in, x.id) FROM obligations o JOIN people x ON x.id = o.person WHERE o.id = NEW.obligation); RETURN NULL; END $$;
