"""Keras' and JAX' side of scripts/bench/growth.ts.

    growth_peers.py keras|jax    answers each line, a training as growth-cases.ts has it in JSON, with {"first": s, "step": ms}:
                                 seconds of the first call less those of a later one, and milliseconds per training step

A line equal to the one before goes on with the same network ("first" is then 0). Keras: `fit` on arrays, 50 steps per
execution, compiled as Keras itself decides. JAX: one jitted `lax.scan` an epoch that gathers from bytes, parameters donated.
"""

import json
import os
import sys
import time

import numpy as np

CLASSES, RATE = 10, 0.01


def arrays(case: dict) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(0)
    shape = (case["rows"], case["inputs"])
    return random.integers(0, 256, shape, dtype=np.uint8), random.integers(0, CLASSES, case["rows"]).astype(np.int32)


def keras_training(case: dict):
    import keras

    bytes_, labels = arrays(case)
    rows = case["steps"] * case["batch"]
    images = np.divide(bytes_[:rows], 255, dtype=np.float32)
    hidden = [keras.layers.Dense(units, activation="relu") for units in case["hidden"]]
    model = keras.Sequential([keras.layers.Input((case["inputs"],)), *hidden, keras.layers.Dense(CLASSES, activation="softmax")])
    loss, executed = "sparse_categorical_crossentropy", min(50, case["steps"])
    model.compile(keras.optimizers.SGD(RATE), loss, metrics=["accuracy"], steps_per_execution=executed)
    return lambda: model.fit(images, labels[:rows], batch_size=case["batch"], verbose=0)


def jax_training(case: dict):
    import jax.numpy as jnp
    from jax_network import epoch_of, initial_parameters

    random = np.random.default_rng(0)
    parameters = initial_parameters(random, [case["inputs"], *case["hidden"], CLASSES])
    epoch = epoch_of(*(jnp.array(each) for each in arrays(case)), RATE)
    used = case["steps"] * case["batch"]

    def fit() -> None:
        nonlocal parameters
        order = random.permutation(case["rows"])[:used].reshape(case["steps"], case["batch"]).astype(np.int32)
        parameters, total, correct = epoch(parameters, order)
        float(total), float(correct)

    return fit


def timed(work) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


build = {"keras": keras_training, "jax": jax_training}[sys.argv[1]]
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
last, fit = None, None
for line in sys.stdin:
    case, first = json.loads(line), 0.0
    if case != last:
        last, fit = case, None
        fit = build(case)
        first = timed(fit)
    seconds = timed(fit)
    print(json.dumps({"first": max(0.0, first - seconds), "step": seconds * 1000 / case["steps"]}), flush=True)
