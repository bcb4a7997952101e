"""Compares two results person by person and names the first difference.

Usage: equal.py EXPECTED OTHER [--sample]

Either may be Parquet or CSV, with person, status, general, specialised, elective and total; hours are
hundredths where they are integers, and hours where they are decimals. With --sample the second need hold
only some of the persons of the first. Ends with 1 where anything differs.
"""

import sys

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet as pq

HOURS = ["general", "specialised", "elective", "total"]
COLUMNS = ["person", "status", *HOURS]


def hundredths(column):
    """Hours as whole hundredths, never by way of floating point."""
    if pa.types.is_integer(column.type):
        return column.cast(pa.int64())
    return pc.multiply(column.cast(pa.decimal128(18, 2)), pa.scalar(100, pa.decimal128(3, 0))).cast(pa.int64())


def read(path):
    """The result sorted by person."""
    if path.endswith(".csv"):
        types = {name: pa.decimal128(18, 2) for name in HOURS} | {"person": pa.int64(), "status": pa.string()}
        table = pyarrow.csv.read_csv(path, convert_options=pyarrow.csv.ConvertOptions(column_types=types, include_columns=COLUMNS))
    else:
        table = pq.read_table(path, columns=COLUMNS)
    columns = [pc.cast(table["person"], pa.int64()), pc.cast(table["status"], pa.string()), *(hundredths(table[name]) for name in HOURS)]
    return pa.table(columns, names=COLUMNS).sort_by("person").combine_chunks()


def twice(table):
    """The first person that stands in a sorted result twice, if any."""
    person = table["person"]
    again = pc.indices_nonzero(pc.equal(person[1:], person[:-1]))
    return person[again[0].as_py()].as_py() if len(again) else None


def difference(expected, other, sample):
    """What differs first, in words, or nothing."""
    for name, table in (("the first", expected), ("the second", other)):
        if any(table[column].null_count for column in COLUMNS):
            return f"{name} result has empty cells"
        if (person := twice(table)) is not None:
            return f"{name} result has person {person} twice"
    if sample:
        expected = expected.filter(pc.is_in(expected["person"], other["person"].combine_chunks()))
    if other.num_rows == 0:
        return "the second result is empty"
    for at, (one, two) in enumerate(((expected, other), (other, expected))):
        missing = one.filter(pc.invert(pc.is_in(one["person"], two["person"].combine_chunks())))
        if missing.num_rows:
            return f"{missing.num_rows:,} persons are in the {('first', 'second')[at]} result only, the first of them {missing['person'][0]}"
    wrong = None
    for column in COLUMNS[1:]:
        differs = pc.not_equal(expected[column], other[column])
        wrong = differs if wrong is None else pc.or_(wrong, differs)
    places = pc.indices_nonzero(wrong)
    if not len(places):
        return None
    first = places[0].as_py()
    rows = [{name: table[name][first].as_py() for name in COLUMNS} for table in (expected, other)]
    lines = [f"{len(places):,} of {expected.num_rows:,} persons differ, the first of them {rows[0]['person']} (hours in hundredths):"]
    lines += [f"  {name}: {rows[0][name]} here, {rows[1][name]} there" for name in COLUMNS[1:] if rows[0][name] != rows[1][name]]
    return "\n".join(lines)


def main(arguments):
    """Compares, says what was found."""
    sample = "--sample" in arguments
    first, second = (argument for argument in arguments if argument != "--sample")
    other = read(second)
    found = difference(read(first), other, sample)
    if found:
        print(found)
        return 1
    print(f"equal: {other.num_rows:,} persons")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
