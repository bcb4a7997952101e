-- Gates that were asked (title review, appointment, promotion, appraisal, licence), as they were answered, and their endorsement.

-- `result` is what each text answered, with years, what lacks and papers; `basis` the hashes of facts and policies.
CREATE TABLE gate_answers (
  id       {id},
  gate     TEXT NOT NULL,
  person   {int} NOT NULL REFERENCES people (id),
  on_day   TEXT NOT NULL,
  asked_at {int} NOT NULL,
  asked_by {int} NOT NULL REFERENCES accounts (id),
  role     TEXT NOT NULL,
  answer   TEXT NOT NULL CHECK (answer IN ('yes', 'no', 'unknown')),
  result   TEXT NOT NULL,
  basis    TEXT NOT NULL,
  engine   TEXT NOT NULL,
  entry    {int} NOT NULL REFERENCES entries (id)
) {strict};
CREATE INDEX gate_answers_person ON gate_answers (person, id);

-- The endorsement (签注) of an answer: a case of its own flow.
CREATE TABLE endorsements (
  answer  {int} PRIMARY KEY REFERENCES gate_answers (id),
  case_id {int} NOT NULL UNIQUE REFERENCES cases (id)
) {strict};
