"""Sichuan's rules of 2018 as one SQL query in DuckDB.

Usage: duckdb_sql.py RECORDS.parquet OUT.parquet
"""

import sys

import duckdb

# Hours are whole hundredths throughout. `hours` is the place of one record in the rules:
# writing (self-study and published work) is kept apart until its cap of the year.
QUERY = """
COPY (
    WITH record AS (
        SELECT
            person,
            subject,
            CASE
                WHEN "end" NOT BETWEEN DATE '2018-01-01' AND DATE '2018-12-31' OR evidence IS NULL OR result = 'fail' THEN NULL
                WHEN activity IN ('class', 'distance')
                    OR subject <> 'general' AND activity IN ('advanced-seminar', 'conference', 'practice', 'attachment', 'overseas', 'degree')
                THEN CASE unit WHEN 'hours' THEN 1 WHEN 'minutes' THEN 2 END
                WHEN unit = 'thousand-characters' AND activity = 'self-study' AND result = 'pass' THEN 3
                WHEN unit = 'thousand-characters' AND activity = 'publication' THEN 4
            END AS rule,
            (quantity * 100)::INTEGER AS hundredths
        FROM read_parquet($records)
    ), recognised AS (
        SELECT
            person,
            CASE WHEN rule >= 3 THEN 'writing' ELSE subject END AS bucket,
            CASE rule
                WHEN 1 THEN hundredths
                WHEN 2 THEN hundredths // 45
                WHEN 3 THEN hundredths // 100 * 100
                WHEN 4 THEN hundredths // 100 * 200
            END AS hours
        FROM record
    ), person AS (
        SELECT
            person,
            coalesce(sum(hours) FILTER (bucket = 'general'), 0)::BIGINT AS general,
            (coalesce(sum(hours) FILTER (bucket = 'specialised'), 0)
                + least(coalesce(sum(hours) FILTER (bucket = 'writing'), 0), 5000))::BIGINT AS specialised,
            coalesce(sum(hours) FILTER (bucket = 'elective'), 0)::BIGINT AS elective
        FROM recognised
        GROUP BY person
    )
    SELECT
        person,
        CASE WHEN general + specialised + elective >= 9000 AND specialised >= 6000 THEN 'met' ELSE 'short' END AS status,
        general,
        specialised,
        elective,
        general + specialised + elective AS total
    FROM person
    ORDER BY person
) TO '{out}' (FORMAT parquet, COMPRESSION zstd)
"""


def main(records, out):
    """Reads the records, writes one row a person."""
    connection = duckdb.connect(config={"threads": 2})
    connection.execute(QUERY.replace("{out}", out.replace("'", "''")), {"records": records})


if __name__ == "__main__":
    main(*sys.argv[1:])
