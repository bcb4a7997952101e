-- The yearly verification of an employer, handed on to the authorities above it, and spot checks of what was verified.

-- One employer's year (单位年度审验). `holders` as in cases; people's own cases stand in `cases`.
CREATE TABLE employer_years (
  id           {id},
  organisation {int} NOT NULL REFERENCES organisations (id),
  year         {int} NOT NULL,
  jurisdiction {int} NOT NULL REFERENCES jurisdictions (id),
  sector       {int} REFERENCES sectors (id),
  state        TEXT NOT NULL,
  holders      TEXT NOT NULL,
  since        {int} NOT NULL,
  due          TEXT,
  version      {int} NOT NULL DEFAULT 1,
  UNIQUE (organisation, year)
) {strict};
CREATE INDEX employer_years_year ON employer_years (year, organisation);

-- Its way. `counts` is how many stood how when the step was taken; `seal` what was sealed (盖章): nothing, paper, or electronically.
CREATE TABLE employer_year_steps (
  id            {id},
  employer_year {int} NOT NULL REFERENCES employer_years (id),
  at            {int} NOT NULL,
  account       {int} NOT NULL REFERENCES accounts (id),
  role          TEXT NOT NULL,
  step          TEXT NOT NULL,
  to_state      TEXT NOT NULL,
  opinion       TEXT NOT NULL,
  seal          TEXT NOT NULL CHECK (seal IN ('none', 'paper', 'electronic')),
  counts        TEXT NOT NULL,
  entry         {int} NOT NULL REFERENCES entries (id)
) {strict};
CREATE INDEX employer_year_steps_way ON employer_year_steps (employer_year, id);

-- A spot check (抽查): which cases were drawn follows from seed, size and the cases there were, whose hash is kept.
CREATE TABLE spot_checks (
  id           {id},
  year         {int} NOT NULL,
  jurisdiction {int} NOT NULL REFERENCES jurisdictions (id),
  sector       {int} REFERENCES sectors (id),
  reason       TEXT NOT NULL,
  seed         TEXT NOT NULL,
  size         {int} NOT NULL,
  population   {int} NOT NULL,
  digest       TEXT NOT NULL,
  drawn_by     {int} NOT NULL REFERENCES accounts (id),
  drawn_at     {int} NOT NULL,
  entry        {int} NOT NULL REFERENCES entries (id)
) {strict};
CREATE INDEX spot_checks_year ON spot_checks (year, id);

CREATE TABLE spot_check_cases (
  spot_check {int} NOT NULL REFERENCES spot_checks (id),
  place      {int} NOT NULL,
  case_id    {int} NOT NULL REFERENCES cases (id),
  PRIMARY KEY (spot_check, place)
) {strict};
CREATE INDEX spot_check_cases_case ON spot_check_cases (case_id);

-- What was found of a case that was drawn; once.
CREATE TABLE spot_check_findings (
  spot_check {int} NOT NULL REFERENCES spot_checks (id),
  place      {int} NOT NULL,
  finding    TEXT NOT NULL CHECK (finding IN ('sound', 'wrong')),
  note       TEXT NOT NULL,
  account    {int} NOT NULL REFERENCES accounts (id),
  at         {int} NOT NULL,
  entry      {int} NOT NULL REFERENCES entries (id),
  PRIMARY KEY (spot_check, place)
) {strict};

-- Many cases of one kind in turn.
CREATE INDEX cases_flow ON cases (flow, open, id);
