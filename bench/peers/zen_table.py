"""Sichuan's rules of 2018 as a decision table in GoRules ZEN, over a sample of the persons.

Usage: zen_table.py RECORDS.parquet OUT.parquet [PERSONS]

The table decides for each record under which rule it falls, at what rate, and in which bucket; the
quantities are multiplied and summed in NumPy, which costs next to nothing. Two processes take half
of the sample each. The last line printed says how many records were decided, and in how many seconds:
starting up and reading the file are left out, as they would not grow with the sample.
"""

import json
import sys
import time
from concurrent.futures import ProcessPoolExecutor

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import zen

FIELDS = ["activity", "subject", "unit", "result", "proof", "year"]
GENERAL = '"class", "distance"'
ACTUAL = f'{GENERAL}, "advanced-seminar", "conference", "practice", "attachment", "overseas", "degree"'
NOT_GENERAL = '"specialised", "elective"'
# What a record must be, in the order of FIELDS (an empty cell asks for nothing): rule, times, per, in whole, bucket.
# The first row that fits decides.
ROWS = [
    (["", "", "", "", "", "!= 2018"], ("outside-year", 0, 1, 1, "")),
    (["", "", "", '"fail"', "", ""], ("not-passed", 0, 1, 1, "")),
    (["", "", "", "", "false", ""], ("missing-evidence", 0, 1, 1, "")),
    ([GENERAL, "", '"hours"', "", "", ""], ("actual", 1, 1, 1, "subject")),
    ([GENERAL, "", '"minutes"', "", "", ""], ("actual", 1, 45, 1, "subject")),
    ([ACTUAL, NOT_GENERAL, '"hours"', "", "", ""], ("actual", 1, 1, 1, "subject")),
    ([ACTUAL, NOT_GENERAL, '"minutes"', "", "", ""], ("actual", 1, 45, 1, "subject")),
    (['"self-study"', "", '"thousand-characters"', '"pass"', "", ""], ("self-study", 1, 1, 100, "writing")),
    (['"publication"', "", '"thousand-characters"', "", "", ""], ("publication", 2, 1, 100, "writing")),
    (["", "", "", "", "", ""], ("no-rule", 0, 1, 1, "")),
]
OUTPUTS = ["rule", "times", "per", "whole", "bucket"]
BUCKETS = ["general", "specialised", "elective", "writing"]
RECORDS_A_CALL = 1000


def graph():
    """The decision model: input, one table that is asked for each of a list of records, output."""

    def written(output):
        return output if output == "subject" else json.dumps(output)

    table = {
        "hitPolicy": "first",
        "executionMode": "loop",
        "inputField": "records",
        "outputPath": "decided",
        "passThrough": False,
        "inputs": [{"id": f"in-{field}", "name": field, "field": field} for field in FIELDS],
        "outputs": [{"id": f"out-{field}", "name": field, "field": field} for field in OUTPUTS],
        "rules": [
            {"_id": f"row-{at}"}
            | {f"in-{field}": cell for field, cell in zip(FIELDS, cells)}
            | {f"out-{field}": written(output) for field, output in zip(OUTPUTS, outputs)}
            for at, (cells, outputs) in enumerate(ROWS)
        ],
    }
    place = {"x": 0, "y": 0}
    return {
        "nodes": [
            {"id": "input", "type": "inputNode", "name": "record", "position": place},
            {"id": "table", "type": "decisionTableNode", "name": "Sichuan 2018", "position": place, "content": table},
            {"id": "output", "type": "outputNode", "name": "decided", "position": place},
        ],
        "edges": [
            {"id": "to-table", "type": "edge", "sourceId": "input", "targetId": "table"},
            {"id": "to-output", "type": "edge", "sourceId": "table", "targetId": "output"},
        ],
    }


def decide(columns):
    """Times, per, whole and bucket of each record."""
    # A model that is loaded by its key is compiled once; one from `create_decision` is far slower to ask.
    engine = zen.ZenEngine({"loader": {"type": "static", "content": {"sichuan": graph()}}})
    records = [dict(zip(FIELDS, cells)) for cells in zip(*(column.to_pylist() for column in columns))]
    decided = []
    for start in range(0, len(records), RECORDS_A_CALL):
        response = engine.evaluate("sichuan", {"records": records[start : start + RECORDS_A_CALL]})
        decided += [(one["times"], one["per"], one["whole"], one["bucket"]) for one in response["result"]["decided"]]
    return decided


def hundredths(column):
    """A decimal of two places as whole hundredths."""
    return np.asarray(pc.multiply(column, pa.scalar(100, pa.decimal128(3, 0))).cast(pa.int64()))


def sample(records, persons):
    """The records of the first persons of the file."""
    tables = []
    with pq.ParquetFile(records) as file:
        for group in range(file.num_row_groups):
            tables.append(file.read_row_group(group))
            # One more than asked, as the last may go on in the next row group.
            if len(pc.unique(pa.concat_tables(tables)["person"])) > persons:
                break
    table = pa.concat_tables(tables)
    return table.filter(pc.is_in(table["person"], pc.unique(table["person"])[:persons])).combine_chunks()


def main(records, out, persons="20000"):
    """Reads the sample, writes one row a person of it."""
    table = sample(records, int(persons))
    columns = [pc.cast(table[name], pa.string()) for name in FIELDS[:4]] + [table["evidence"].is_valid(), pc.year(table["end"])]
    with ProcessPoolExecutor(2) as pool:
        # The processes are started before the clock is.
        list(pool.map(abs, range(2)))
        begun = time.perf_counter()
        half = table.num_rows // 2
        parts = pool.map(decide, ([column[:half] for column in columns], [column[half:] for column in columns]))
        decided = [one for part in parts for one in part]
        times, per, whole, bucket = zip(*decided)
        times, per, whole = (np.array(column) for column in (times, per, whole))
        seconds = time.perf_counter() - begun
    # `whole` holds the quantity to whole thousands, before the rate.
    hours = hundredths(table["quantity"]) // whole * whole * times // per

    person, place = np.unique(np.asarray(table["person"]), return_inverse=True)
    sums = np.zeros((len(person), len(BUCKETS)), dtype=np.int64)
    at = np.array([BUCKETS.index(name) if name else 0 for name in bucket])
    np.add.at(sums, (place, at), hours)
    general, specialised, elective, writing = sums.T
    specialised = specialised + np.minimum(writing, 5000)
    total = general + specialised + elective
    status = np.where((total >= 9000) & (specialised >= 6000), "met", "short")
    result = {"person": person, "status": status, "general": general, "specialised": specialised, "elective": elective, "total": total}
    pq.write_table(pa.table(result), out, compression="zstd")
    print(f"{table.num_rows} records in {round(seconds * 1000)} ms")


if __name__ == "__main__":
    main(*sys.argv[1:])
