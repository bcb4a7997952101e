-- Accounts that may also be signed in to by a provider of identities (OpenID Connect). `subject` is a keyed hash of the name that the
-- issuer has for the person; the name itself is not kept.
CREATE TABLE sign_in_links (
  id        {id},
  account   {int} NOT NULL REFERENCES accounts (id),
  issuer    TEXT NOT NULL,
  subject   {blob} NOT NULL,
  linked_at {int} NOT NULL,
  UNIQUE (issuer, subject),
  UNIQUE (account, issuer)
) {strict};
