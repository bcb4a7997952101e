-- Decisions are prepared beside the writer and kept if nothing they rest on changed; what waits is found by indexes of its own.

-- Raised with every determination of the person: what was prepared from an earlier one is prepared again.
ALTER TABLE people ADD COLUMN version {int} NOT NULL DEFAULT 0;
{sqlite}CREATE TRIGGER determinations_raise AFTER INSERT ON determinations BEGIN UPDATE people SET version = version + 1 WHERE id = (SELECT person FROM obligations WHERE id = NEW.obligation); END;
{postgres}CREATE FUNCTION determinations_raise() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN UPDATE people SET version = version + 1 WHERE id = (SELECT person FROM obligations WHERE id = NEW.obligation); RETURN NULL; END $$;
{postgres}CREATE TRIGGER determinations_raise AFTER INSERT ON determinations FOR EACH ROW EXECUTE FUNCTION determinations_raise();

-- The indexes over state and time were written anew with every step of every case. What is closed is looked up by whose it is;
-- only what waits is kept in order of time.
DROP INDEX cases_holder;
DROP INDEX cases_jurisdiction;
DROP INDEX cases_agency;
CREATE INDEX cases_organisation ON cases (organisation, flow, id);
CREATE INDEX cases_jurisdiction ON cases (jurisdiction, flow, id);
CREATE INDEX cases_agency ON cases (agency, flow, id) WHERE agency IS NOT NULL;
-- With what access and lists ask of each, so that many are counted without being looked up one by one.
CREATE INDEX waiting_organisation ON cases (organisation, flow, open, since, id, person, holders, stage) WHERE open = 1 AND stage IS NOT NULL;
CREATE INDEX waiting_agency ON cases (agency, flow, open, since, id, person, holders, stage) WHERE open = 1 AND stage IS NOT NULL AND agency IS NOT NULL;
CREATE INDEX waiting_all ON cases (flow, open, since, id, jurisdiction, sector, person, holders, stage) WHERE open = 1 AND stage IS NOT NULL;
