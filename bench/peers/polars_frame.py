"""Sichuan's rules of 2018 as a lazy query in Polars.

Usage: polars_frame.py RECORDS.parquet OUT.parquet
"""

import os
import sys
from datetime import date

os.environ.setdefault("POLARS_MAX_THREADS", "2")

import polars as pl  # noqa: E402  the number of threads is read on import

GENERAL = ["class", "distance"]
ACTUAL = [*GENERAL, "advanced-seminar", "conference", "practice", "attachment", "overseas", "degree"]
# Hours are whole hundredths throughout; the physical number of a decimal of two places is that.
HUNDREDTHS = pl.col("quantity").to_physical().cast(pl.Int32)


def hours():
    """The hours of one record, and nothing where it has a problem."""
    general = pl.col("subject") == "general"
    actual = pl.col("activity").is_in(GENERAL) | (~general & pl.col("activity").is_in(ACTUAL))
    by_unit = pl.when(pl.col("unit") == "hours").then(HUNDREDTHS).when(pl.col("unit") == "minutes").then(HUNDREDTHS // 45)
    passed = (pl.col("result") == "pass").fill_null(False)
    whole = HUNDREDTHS // 100 * 100
    in_thousands = pl.col("unit") == "thousand-characters"
    return (
        pl.when(actual)
        .then(by_unit)
        .when(in_thousands & (pl.col("activity") == "self-study") & passed)
        .then(whole)
        .when(in_thousands & (pl.col("activity") == "publication"))
        .then(whole * 2)
    )


def main(records, out):
    """Reads the records, writes one row a person."""
    counts = (
        pl.col("end").is_between(date(2018, 1, 1), date(2018, 12, 31))
        & pl.col("evidence").is_not_null()
        & (pl.col("result") != "fail").fill_null(True)
    )
    writing = pl.col("activity").is_in(["self-study", "publication"])

    def of(bucket):
        return pl.when(bucket).then("hours").otherwise(0)

    (
        pl.scan_parquet(records)
        .with_columns(hours=pl.when(counts).then(hours()).cast(pl.Int64).fill_null(0))
        .select(
            "person",
            general=of(~writing & (pl.col("subject") == "general")),
            specialised=of(~writing & (pl.col("subject") == "specialised")),
            elective=of(~writing & (pl.col("subject") == "elective")),
            writing=of(writing),
        )
        .group_by("person")
        .agg(pl.all().sum())
        .with_columns(specialised=pl.col("specialised") + pl.col("writing").clip(upper_bound=5000))
        .with_columns(total=pl.sum_horizontal("general", "specialised", "elective"))
        .with_columns(status=pl.when((pl.col("total") >= 9000) & (pl.col("specialised") >= 6000)).then(pl.lit("met")).otherwise(pl.lit("short")))
        .select("person", "status", "general", "specialised", "elective", "total")
        .sort("person")
        .sink_parquet(out, compression="zstd")
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
