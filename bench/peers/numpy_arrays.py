"""Sichuan's rules of 2018 in NumPy, one row group after the other on two threads.

Usage: numpy_arrays.py RECORDS.parquet OUT.parquet

The codes of a column are looked up in small tables: what a record may be counted as depends on activity,
subject and unit alone.
"""

import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

FIRST, LAST = (np.datetime64(day, "D").astype(np.int32) for day in ("2018-01-01", "2018-12-31"))
SUBJECTS = ["general", "specialised", "elective"]
GENERAL = ["class", "distance"]
ACTUAL = [*GENERAL, "advanced-seminar", "conference", "practice", "attachment", "overseas", "degree"]
NOTHING, HOURS, MINUTES, SELF_STUDY, PUBLICATION = range(5)
# Buckets: the three subjects in their order, then writing.
WRITING, BUCKETS = 3, 4
COLUMNS = ["person", "activity", "subject", "end", "quantity", "unit", "result", "evidence"]


def codes(column):
    """The codes of a dictionary column and what they stand for; the last place stands for no value."""
    names = column.dictionary.to_pylist()
    indices = column.indices if column.null_count == 0 else column.indices.fill_null(len(names))
    return np.asarray(indices), [*names, None]


def rule(activity, subject, unit):
    """Which rule a record of these falls under."""
    if activity in GENERAL or activity in ACTUAL and subject != "general":
        return {"hours": HOURS, "minutes": MINUTES}.get(unit, NOTHING)
    if unit != "thousand-characters":
        return NOTHING
    return {"self-study": SELF_STUDY, "publication": PUBLICATION}.get(activity, NOTHING)


def hundredths(column):
    """A decimal of two places as whole hundredths: the low half of its 128 bits."""
    low = np.frombuffer(column.buffers()[1], dtype=np.int64)
    return low[2 * column.offset : 2 * (column.offset + len(column)) : 2].astype(np.int32)


def partial(batch):
    """Persons of one batch in the order of their rows, and their hours in hundredths by bucket."""
    batch = batch.combine_chunks()
    of = {name: batch[name].chunk(0) for name in COLUMNS}
    (activity, activities), (subject, subjects), (unit, units), (result, results) = (codes(of[name]) for name in ("activity", "subject", "unit", "result"))
    rules = np.array([rule(a, s, u) for a in activities for s in subjects for u in units], dtype=np.int8)
    rules = rules[(activity * len(subjects) + subject) * len(units) + unit]
    end = np.asarray(of["end"].cast(pa.int32()))
    rules[(end < FIRST) | (end > LAST)] = NOTHING
    if of["evidence"].null_count:
        rules[np.asarray(of["evidence"].is_null())] = NOTHING
    rules[np.array([name == "fail" for name in results])[result]] = NOTHING
    rules[(rules == SELF_STUDY) & np.array([name != "pass" for name in results])[result]] = NOTHING

    quantity = hundredths(of["quantity"])
    whole = quantity // 100 * 100
    hours = np.select([rules == HOURS, rules == MINUTES, rules == SELF_STUDY, rules == PUBLICATION], [quantity, quantity // 45, whole, 2 * whole], 0)
    bucket = np.array([SUBJECTS.index(name) if name else 0 for name in subjects])[subject]
    bucket[rules >= SELF_STUDY] = WRITING

    person = np.asarray(of["person"])
    starts = np.flatnonzero(np.diff(person, prepend=person[0] - 1))
    run = np.repeat(np.arange(len(starts)), np.diff(starts, append=len(person)))
    # The sums are whole numbers far below 2^53, which a double holds exactly.
    sums = np.bincount(run * BUCKETS + bucket, weights=hours, minlength=len(starts) * BUCKETS)
    return person[starts], sums.astype(np.int64).reshape(-1, BUCKETS)


def main(records, out):
    """Reads the records, writes one row a person."""

    def read(group):
        with pq.ParquetFile(records, read_dictionary=["activity", "subject", "unit", "result", "evidence"]) as file:
            return partial(file.read_row_group(group, columns=COLUMNS, use_threads=False))

    with pq.ParquetFile(records) as file:
        groups = range(file.num_row_groups)
    with ThreadPoolExecutor(2) as pool:
        persons, sums = map(np.concatenate, zip(*pool.map(read, groups)))
    # A person may stand in several runs: at the edge of a row group, or anywhere in an unsorted file.
    person, place = np.unique(persons, return_inverse=True)
    if len(person) == len(persons):
        sums = sums[np.argsort(persons)]
    else:
        joined = np.zeros((len(person), BUCKETS), dtype=np.int64)
        np.add.at(joined, place, sums)
        sums = joined
    general, specialised, elective, writing = sums.T
    specialised = specialised + np.minimum(writing, 5000)
    total = general + specialised + elective
    status = pa.DictionaryArray.from_arrays(((total < 9000) | (specialised < 6000)).astype(np.int8), ["met", "short"])
    columns = {"person": person, "status": status, "general": general, "specialised": specialised, "elective": elective, "total": total}
    pq.write_table(pa.table(columns), out, compression="zstd")


if __name__ == "__main__":
    main(*sys.argv[1:])
