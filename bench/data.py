"""Makes the learning records that the benchmark assesses: invented, seeded, the same for everyone.

Some 20 records a person, sorted by person, in no order of dates within a person. The units, activities,
results and proofs are drawn so that every branch of Sichuan's rules of 2018 is taken, and some two in
five persons complete the year. No two records of a person end on the same day, so none is a duplicate of
another. The name of --out decides the format: Parquet, or CSV with the same records.
"""

import argparse
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq

PERSONS_A_GROUP = 50_000
RECORDS_A_PERSON = 20
# Records of a person vary by at most this much about the mean.
SPREAD = 5
# Coprime to every number of records from 15 to 25: stepping by it visits each stretch of the year once.
STEP = 13

FIRST_DAY = np.datetime64("2017-12-01", "D").astype(np.int32)
LAST_DAY = np.datetime64("2019-01-31", "D").astype(np.int32)
FIRST_PERSON = 51_000_000

# Activity and its share in thousandths.
ACTIVITIES = {
    "class": 170,
    "distance": 230,
    "conference": 110,
    "advanced-seminar": 60,
    "practice": 70,
    "attachment": 30,
    "overseas": 20,
    "degree": 40,
    "self-study": 90,
    "publication": 60,
    "exam": 40,
    "teaching": 40,
    "achievement": 20,
    "sector-proof": 20,
}
WRITING = ("self-study", "publication")
SUBJECTS = {"general": 270, "specialised": 620, "elective": 110}
UNITS = {"hours": 640, "minutes": 230, "days": 80, "thousand-characters": 20, "credits": 30}
UNITS_OF_WRITING = {"hours": 80, "minutes": 20, "days": 10, "thousand-characters": 880, "credits": 10}
# An empty text stands for no result, no proof.
RESULTS = {"pass": 600, "fail": 60, "92": 30, "76": 30, "60": 20, "优秀": 40, "良好": 20, "": 200}
PROOFS = {
    "training-certificate": 240,
    "completion-certificate": 220,
    "e-certificate": 160,
    "attendance-proof": 90,
    "transcript": 60,
    "other-proof": 60,
    "publication-copy": 50,
    "completion-certificate;transcript": 40,
    "training-certificate;notice": 20,
    "": 60,
}
# The lowest and highest quantity, in hundredths, and the step in which it usually comes.
QUANTITIES = {
    "hours": (0, 1600, 50),
    "minutes": (2000, 90000, 500),
    "days": (50, 500, 50),
    "thousand-characters": (30, 1300, 10),
    "credits": (50, 1000, 50),
}

SCHEMA = pa.schema(
    [
        ("person", pa.int64()),
        ("activity", pa.dictionary(pa.int32(), pa.string())),
        ("subject", pa.dictionary(pa.int32(), pa.string())),
        ("end", pa.date32()),
        ("quantity", pa.decimal128(9, 2)),
        ("unit", pa.dictionary(pa.int32(), pa.string())),
        ("result", pa.dictionary(pa.int32(), pa.string())),
        ("evidence", pa.dictionary(pa.int32(), pa.string())),
    ]
)


def draw(random, shares, count):
    """Positions in `shares`, drawn by their thousandths."""
    weights = np.array(list(shares.values()))
    assert weights.sum() == 1000, shares
    return np.repeat(np.arange(len(weights), dtype=np.int32), weights)[random.integers(0, 1000, count, dtype=np.int16)]


def texts(codes, shares):
    """Codes as an Arrow dictionary; the empty text, which comes last, becomes null."""
    names = [name for name in shares if name]
    return pa.DictionaryArray.from_arrays(pa.array(codes, mask=codes == len(names)), names)


def decimals(hundredths):
    """Hundredths as decimal(9,2), by the buffer: the high half of a number that is not negative is zero."""
    halves = np.zeros((len(hundredths), 2), dtype=np.int64)
    halves[:, 0] = hundredths
    return pa.Array.from_buffers(pa.decimal128(9, 2), len(hundredths), [None, pa.py_buffer(halves)])


def group(seed, at, persons):
    """The records of one group of persons; it depends on the seed and the group alone."""
    random = np.random.default_rng([seed, at])
    # Two neighbours have twice the mean between them, so that the total is exact.
    more = random.integers(-SPREAD, SPREAD + 1, PERSONS_A_GROUP // 2)
    counts = (RECORDS_A_PERSON + np.column_stack([more, -more]).ravel())[:persons]
    rows = int(counts.sum())
    who = np.repeat(np.arange(persons, dtype=np.int64), counts)
    place = np.arange(rows) - np.repeat(np.cumsum(counts) - counts, counts)
    many = counts[who]

    # The days are cut into as many stretches as the person has records; each record ends in one of its own.
    width = (LAST_DAY - FIRST_DAY + 1) // many
    stretch = (place * STEP + random.integers(0, 25, persons)[who]) % many
    end = (FIRST_DAY + stretch * width + random.integers(0, width)).astype(np.int32)

    activity = draw(random, ACTIVITIES, rows)
    names = list(ACTIVITIES)
    # A few persons publish a great deal, and go over the cap of the year.
    author = (random.random(persons) < 0.08)[who] & (random.random(rows) < 0.5)
    activity[author] = names.index("publication")
    writing = np.isin(activity, [names.index(name) for name in WRITING])
    unit = np.where(writing, draw(random, UNITS_OF_WRITING, rows), draw(random, UNITS, rows))
    low, high, step = np.array([QUANTITIES[name] for name in UNITS])[unit].T
    quantity = random.integers(low, high + 1)
    even = random.random(rows) < 0.85
    quantity = np.where(even, quantity - quantity % step, quantity)

    return pa.Table.from_arrays(
        [
            pa.array(who + (FIRST_PERSON + at * PERSONS_A_GROUP)),
            texts(activity, ACTIVITIES),
            texts(draw(random, SUBJECTS, rows), SUBJECTS),
            pa.array(end).cast(pa.date32()),
            decimals(quantity),
            texts(unit, UNITS),
            texts(draw(random, RESULTS, rows), RESULTS),
            texts(draw(random, PROOFS, rows), PROOFS),
        ],
        schema=SCHEMA,
    )


def main():
    """Reads the options, writes the file."""
    parse = argparse.ArgumentParser(description=__doc__)
    parse.add_argument("--persons", type=int, default=1_000_000)
    parse.add_argument("--out", type=Path, required=True)
    parse.add_argument("--seed", type=int, default=2018)
    asked = parse.parse_args()
    groups = [(at, min(PERSONS_A_GROUP, asked.persons - at * PERSONS_A_GROUP)) for at in range(-(-asked.persons // PERSONS_A_GROUP))]
    asked.out.parent.mkdir(parents=True, exist_ok=True)
    unfinished = asked.out.with_name("unfinished-" + asked.out.name)
    rows = 0
    with ThreadPoolExecutor(2) as pool:
        made = pool.map(lambda one: group(asked.seed, *one), groups)
        if asked.out.suffix == ".csv":
            with pyarrow.csv.CSVWriter(unfinished, SCHEMA) as out:
                for table in made:
                    rows += table.num_rows
                    plain = [column.cast(pa.string()) if pa.types.is_dictionary(column.type) else column for column in table.columns]
                    out.write_table(pa.table(plain, names=SCHEMA.names))
        else:
            # Decimals of nine digits as 32-bit integers, the form the format's description recommends.
            with pq.ParquetWriter(unfinished, SCHEMA, compression="zstd", store_decimal_as_integer=True) as out:
                for table in made:
                    rows += table.num_rows
                    out.write_table(table, row_group_size=table.num_rows)
    unfinished.rename(asked.out)
    print(f"{asked.out.name}: {rows:,} records of {asked.persons:,} persons, {asked.out.stat().st_size / 1e6:.0f} MB")


if __name__ == "__main__":
    main()
