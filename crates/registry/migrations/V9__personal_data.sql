-- Requests about one's own data: what is asked for beside the case, and what was answered.
CREATE TABLE data_requests (
  case_id {int} PRIMARY KEY REFERENCES cases (id),
  kind    TEXT NOT NULL CHECK (kind IN ('correction', 'erasure')),
  wish    TEXT NOT NULL,
  answer  TEXT NOT NULL DEFAULT ''
) {strict};

-- How many days kinds of data are kept, where this installation sets another period than the built-in one.
CREATE TABLE retention (
  kind TEXT PRIMARY KEY,
  days {int} NOT NULL
) {strict};

-- What was removed when its period was over.
CREATE TABLE purges (
  id      {id},
  at      {int} NOT NULL,
  kind    TEXT NOT NULL,
  days    {int} NOT NULL,
  removed {int} NOT NULL
) {strict};
