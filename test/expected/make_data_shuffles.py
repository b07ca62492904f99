"""Makes test/expected/data/shuffles.json: the elements that tf.data yields, pass by pass, for pipelines of shuffle, batch, take and skip.

Run from the project folder with its Python: .venv/bin/python test/expected/make_data_shuffles.py
"""
import json
import os
from pathlib import Path

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import tensorflow as tf

CASES = [
    (42, 20, [["shuffle", 5]]),
    (42, 20, [["shuffle", 5, False]]),
    (0, 12, [["shuffle", 4]]),
    (0, 12, [["shuffle", 4, False]]),
    (7, 12, [["shuffle", 1]]),
    (7, 12, [["shuffle", 100]]),
    (2**40 + 3, 12, [["shuffle", 12]]),
    (42, 1200, [["shuffle", 1000]]),
    (42, 17, [["shuffle", 6], ["batch", 4]]),
    (42, 17, [["shuffle", 6], ["batch", 4, True]]),
    (42, 17, [["batch", 4], ["shuffle", 3]]),
    (42, 17, [["batch", 4, True], ["shuffle", 2], ["take", 3]]),
    (42, 17, [["shuffle", 6], ["take", 5]]),
    (42, 17, [["take", 5], ["shuffle", 6]]),
    (42, 17, [["shuffle", 6], ["skip", 5], ["batch", 5]]),
    (42, 17, [["skip", 5], ["shuffle", 6]]),
    (42, 17, [["batch", 4], ["take", 2]]),
    (42, 17, [["batch", 4], ["skip", 3]]),
    (42, 17, [["take", -1], ["skip", 20]]),
    (42, 17, [["take", 30], ["skip", -1]]),
    (3, 17, [["shuffle", 4], ["shuffle", 5], ["batch", 6]]),
    (3, 17, [["shuffle", 4, False], ["shuffle", 5], ["batch", 6]]),
]


def build(seed, count, steps):
    tf.random.set_seed(seed)
    data = tf.data.Dataset.range(count)
    for name, argument, *flag in steps:
        if name == "shuffle":
            data = data.shuffle(argument, seed=seed, reshuffle_each_iteration=flag[0] if flag else True)
        elif name == "batch":
            data = data.batch(argument, drop_remainder=flag[0] if flag else False)
        else:
            data = getattr(data, name)(argument)
    return data


def case(seed, count, steps):
    data = build(seed, count, steps)
    passes = [[element.numpy().tolist() for element in data] for _ in range(3)]
    return {"seed": seed, "count": count, "steps": steps, "passes": passes}


lines = [json.dumps(case(*arguments), separators=(",", ":")) for arguments in CASES]
(Path(__file__).parent / "data" / "shuffles.json").write_text("[\n" + ",\n".join(lines) + "\n]\n")
