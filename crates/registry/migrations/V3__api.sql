-- Answers to requests that carried an idempotency key: the same request sent again is answered the same and does nothing.
-- `subject` says whose key it is, `request` is the hash of what was asked; no `status` while it is under way.
CREATE TABLE api_requests (
  subject  TEXT NOT NULL,
  key      {blob} NOT NULL,
  request  {blob} NOT NULL,
  begun_at {int} NOT NULL,
  status   {int},
  headers  TEXT,
  body     {blob},
  PRIMARY KEY (subject, key)
) {strict};
CREATE INDEX api_requests_begun ON api_requests (begun_at);
