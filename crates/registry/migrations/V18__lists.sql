-- What lists and counts of a year ask of its cases and of how they stand, without a look at the rows themselves.
CREATE INDEX cases_year ON cases (id, obligation, state, open, person, organisation, agency, jurisdiction, sector) WHERE flow = 'verification';
CREATE INDEX determinations_standing ON determinations (obligation, id, status);
DROP INDEX determinations_obligation;
-- Only the cases of years were looked for by it; it held every record.
DROP INDEX cases_flow;
-- What a provider delivered, newest first.
CREATE INDEX completions_provider ON completions (provider, id);
