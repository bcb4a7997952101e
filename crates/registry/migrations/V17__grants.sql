-- Exemptions (免学) and accepted reasons (正当理由), year by year, and who approves an exemption.

-- Who approves on a ground that a policy lists, in a place and all below it; another may approve for who has returned.
CREATE TABLE approvers (
  id           {id},
  jurisdiction {int} NOT NULL REFERENCES jurisdictions (id),
  ground       TEXT NOT NULL,
  returned     {int} NOT NULL,
  organisation {int} NOT NULL REFERENCES organisations (id),
  set_by       {int} NOT NULL REFERENCES accounts (id),
  set_at       {int} NOT NULL,
  UNIQUE (jurisdiction, ground, returned)
) {strict};

-- A year granted: a value of the policies' column of years, while it was not taken back.
CREATE TABLE year_grants (
  id       {id},
  person   {int} NOT NULL REFERENCES people (id),
  name     TEXT NOT NULL,
  year     {int} NOT NULL,
  case_id  {int} NOT NULL REFERENCES cases (id),
  at       {int} NOT NULL,
  ended_at {int}
) {strict};
CREATE INDEX year_grants_person ON year_grants (person, name, year);
CREATE INDEX year_grants_case ON year_grants (case_id);
