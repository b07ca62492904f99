"""JAX's side of scripts/bench/training.ts, as an expert of JAX would write it.

    jax_training.py CASE STEPS    CASE is mlp16 or mlp128; answers each line with {"scan": ms}, milliseconds per step

The network and its epoch are in jax_network.py; the order is a permutation an epoch, made anew.
"""

import json
import sys
import time

import jax.numpy as jnp
import numpy as np
from jax_network import epoch_of, initial_parameters

ROWS, SHAPE, CLASSES, RATE = 20_000, (28, 28), 10, 0.01
BATCHES = {"mlp16": 16, "mlp128": 128}


def answer_case(name: str, steps: int) -> None:
    random, batch = np.random.default_rng(0), BATCHES[name]
    images = jnp.array(random.integers(0, 256, (ROWS, SHAPE[0] * SHAPE[1]), dtype=np.uint8))
    labels = jnp.array(random.integers(0, CLASSES, ROWS).astype(np.int32))
    epoch = epoch_of(images, labels, RATE)
    per_epoch = min(ROWS // batch, steps)
    epochs = max(1, round(steps / per_epoch))
    parameters = initial_parameters(random, [SHAPE[0] * SHAPE[1], 50, 50, CLASSES])

    def fit() -> None:
        nonlocal parameters
        for _ in range(epochs):
            order = random.permutation(ROWS)[: per_epoch * batch].reshape(per_epoch, batch).astype(np.int32)
            parameters, total, correct = epoch(parameters, order)
            float(total), float(correct)

    fit()
    for _ in sys.stdin:
        started = time.perf_counter()
        fit()
        print(json.dumps({"scan": (time.perf_counter() - started) * 1000 / (epochs * per_epoch)}), flush=True)


answer_case(sys.argv[1], int(sys.argv[2]))
