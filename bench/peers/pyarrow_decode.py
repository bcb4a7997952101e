"""Only decodes the columns with PyArrow and decides nothing: the floor of what any Python reader pays.

Usage: pyarrow_decode.py RECORDS.parquet
"""

import sys

import pyarrow as pa
import pyarrow.parquet as pq


def main(records):
    """Reads every column, dictionaries kept as they are."""
    pa.set_cpu_count(2)
    table = pq.read_table(records, read_dictionary=["activity", "subject", "unit", "result", "evidence"])
    print(f"{table.num_rows} records")


if __name__ == "__main__":
    main(sys.argv[1])
