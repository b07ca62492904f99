"""Makes test/expected/data/splits.json: the boundaries that tensorflow-datasets gives to splits.

tensorflow-datasets is not among the project's requirements; run this in an environment that has it (made with 4.9.10):
python test/expected/make_data_splits.py
"""
import json
from pathlib import Path
from types import SimpleNamespace

from tensorflow_datasets.core import splits

SIZES = [
    {"train": 60000, "test": 10000},
    {"train": 5, "test": 3},
    {"train": 999, "test": 250},
]
SPECS = [
    "train", "test", "train[:70%]", "train[70%:]", "train[10%:20%]", "train[50%:]", "train[:50%]", "train[:30%]",
    "train[30%:]", "train[33%:67%]", "train[:33.3%]", "train[12.5%:]", "train[-10%:]", "train[:-10%]", "train[:2]",
    "train[2:]", "train[-3:]", "train[:-3]", "train[1:3]", "train[-4:-1]", "train[0%:100%]", "train[:1_0%]",
    "train+test", "train[:50%]+test[50%:]", "test + train[:2]",
]


def boundaries(spec, sizes):
    infos = {name: SimpleNamespace(num_examples=count) for name, count in sizes.items()}
    absolute = splits.AbstractSplit.from_spec(spec).to_absolute(infos)
    return [[a.splitname, a.from_ or 0, sizes[a.splitname] if a.to is None else a.to] for a in absolute]


cases = [{"spec": spec, "sizes": sizes, "ranges": boundaries(spec, sizes)} for sizes in SIZES for spec in SPECS]
lines = [json.dumps(case, separators=(",", ":")) for case in cases]
(Path(__file__).parent / "data" / "splits.json").write_text("[\n" + ",\n".join(lines) + "\n]\n")
