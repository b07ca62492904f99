"""Makes test/expected/data/*.parquet with pyarrow: a table of all plain types in several groups of rows, compressed in several ways.

Not part of the project's Python: pip install pyarrow==26.0.1 into an environment of its own, then
    python test/expected/make_parquet.py
"""
import datetime
import decimal
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

folder = Path(__file__).parent / "data"
ROWS = 40


def table():
    return pa.table(
        {
            "size": pa.array([40.5 + i if i % 11 else None for i in range(ROWS)], pa.float64()),
            "rooms": pa.array([1 + i % 5 for i in range(ROWS)], pa.int64()),
            "town": pa.array([["Ulm", "Bonn", "Kiel"][i % 3] for i in range(ROWS)]).dictionary_encode(),
            "built": pa.array([datetime.date(2010 + i % 9, 6, 1) for i in range(ROWS)], pa.date32()),
            "garden": pa.array([i % 2 == 1 for i in range(ROWS)]),
            "price": pa.array([2 * i + 15 * (i % 5) for i in range(ROWS)], pa.float32()),
        }
    )


for compression in ["none", "snappy", "gzip", "zstd", "brotli"]:
    pq.write_table(table(), folder / f"houses-{compression}.parquet", compression=compression, row_group_size=16)
moments = [datetime.datetime(2024, 5, 17, 12, i, 59, 123000) for i in range(8)]
kinds = pa.table(
    {
        "milliseconds": pa.array(moments, pa.timestamp("ms")),
        "microseconds": pa.array(moments, pa.timestamp("us", tz="UTC")),
        "nanoseconds": pa.array(moments, pa.timestamp("ns")),
        "decimal": pa.array([decimal.Decimal(f"12.3{i}") for i in range(8)], pa.decimal128(9, 2)),
        "byte": pa.array([200 + i for i in range(8)], pa.uint8()),
        "short": pa.array([65528 + i for i in range(8)], pa.uint16()),
        "half": pa.array(np.arange(8, dtype=np.float16) / 4, pa.float16()),
        "price": pa.array([float(i) for i in range(8)]),
    }
)
pq.write_table(kinds, folder / "kinds.parquet")
old = pa.table({"time": pa.array([None, *moments[1:]], pa.timestamp("ns")), "price": kinds["price"]})
pq.write_table(old, folder / "int96.parquet", use_deprecated_int96_timestamps=True)
lists = pa.table({"x": pa.array([[1, 2], [3]]), "price": pa.array([1.0, 2.0])})
pq.write_table(lists, folder / "lists.parquet")
pq.write_table(pa.table({"x": pa.array([2**60, 1]), "price": pa.array([1.0, 2.0])}), folder / "large-numbers.parquet")
