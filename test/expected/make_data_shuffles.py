"""Makes test/expected/data/shuffles.json: the elements that tf.data yields, pass by pass, for pipelines of shuffle, batch, take, skip, shard and repeat;
and test/expected/data/interleave.json: the same of interleave.

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
    (42, 17, [["shard", 3, 1]]),
    (42, 17, [["shuffle", 6], ["shard", 3, 2], ["batch", 2]]),
    (42, 17, [["batch", 4], ["shard", 2, 0]]),
    (42, 17, [["batch", 4], ["shard", 2, 1]]),
    (42, 7, [["shuffle", 4], ["repeat", 2], ["batch", 5]]),
    (42, 7, [["shuffle", 4, False], ["repeat", 2]]),
    (42, 7, [["repeat", 3], ["shuffle", 4], ["take", 9]]),
    (42, 7, [["batch", 3], ["repeat", 2]]),
]


def build(seed, count, steps):
    tf.random.set_seed(seed)
    data = tf.data.Dataset.range(count)
    for name, argument, *flag in steps:
        if name == "shuffle":
            data = data.shuffle(argument, seed=seed, reshuffle_each_iteration=flag[0] if flag else True)
        elif name == "batch":
            data = data.batch(argument, drop_remainder=flag[0] if flag else False)
        elif name == "shard":
            data = data.shard(argument, flag[0])
        else:
            data = getattr(data, name)(argument)
    return data


def case(seed, count, steps):
    data = build(seed, count, steps)
    passes = [[element.numpy().tolist() for element in data] for _ in range(3)]
    return {"seed": seed, "count": count, "steps": steps, "passes": passes}


lines = [json.dumps(case(*arguments), separators=(",", ":")) for arguments in CASES]
(Path(__file__).parent / "data" / "shuffles.json").write_text("[\n" + ",\n".join(lines) + "\n]\n")

# Lengths of the streams, cycle_length, block_length. Stream i holds 100 * i, 100 * i + 1, …
INTERLEAVED = [([3, 3], 2, 1), ([4, 1, 6], 3, 2), ([4, 1, 6, 2], 2, 3), ([0, 5, 0, 2], 2, 1), ([2, 2, 2], 1, 1), ([5, 3], 9, 2)]


def interleave(lengths, cycle_length, block_length):
    streams = tf.data.Dataset.from_tensor_slices((tf.range(len(lengths)) * 100, lengths))
    data = streams.interleave(
        lambda first, length: tf.data.Dataset.range(tf.cast(first, tf.int64), tf.cast(first + length, tf.int64)),
        cycle_length=cycle_length,
        block_length=block_length,
        num_parallel_calls=None,
    )
    return [int(element) for element in data]


made = [{"lengths": a, "cycleLength": b, "blockLength": c, "order": interleave(a, b, c)} for a, b, c in INTERLEAVED]
(Path(__file__).parent / "data" / "interleave.json").write_text("[\n" + ",\n".join(json.dumps(each, separators=(",", ":")) for each in made) + "\n]\n")
