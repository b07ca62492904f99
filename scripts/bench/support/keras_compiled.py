"""Keras' side of scripts/bench/compiled.ts: times one `fit` per line read from standard input.

    keras_compiled.py CASE STEPS     CASE is mlp16, mlp128 or convnet; answers each line with {"plain": ms, "best": ms}

`plain` is `fit` as the course writes it (a tf.data pipeline), `best` is Keras' best settings for it: data in one
tensor, jit_compile where it helps, many steps per execution.
"""

import json
import os
import sys
import time

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import keras  # noqa: E402
import numpy as np  # noqa: E402
import tensorflow as tf  # noqa: E402

ROWS = 6000
layers = keras.layers


def mlp() -> keras.Model:
    dense = [layers.Dense(50, activation="relu"), layers.Dense(50, activation="relu"), layers.Dense(10, activation="softmax")]
    return keras.Sequential([layers.Input((28, 28)), layers.Flatten(), *dense])


def convnet() -> keras.Model:
    def block(filters: int) -> list[keras.Layer]:
        convolutions = [layers.Conv2D(filters, 3, padding="same", activation="relu") for _ in range(2)]
        return [*convolutions, layers.MaxPooling2D(2), layers.BatchNormalization()]

    top = [layers.Flatten(), layers.Dense(128, activation="relu"), layers.Dropout(0.5), layers.Dense(10, activation="softmax")]
    return keras.Sequential([layers.Input((32, 32, 3)), *block(32), *block(64), *top])


CASES = {"mlp16": (mlp, (28, 28), 16), "mlp128": (mlp, (28, 28), 128), "convnet": (convnet, (32, 32, 3), 32)}


def compiled(build, **options) -> keras.Model:
    model = build()
    optimizer = keras.optimizers.SGD(0.01)
    model.compile(optimizer=optimizer, loss="sparse_categorical_crossentropy", metrics=["accuracy"], **options)
    return model


def timed(fit, steps: int) -> float:
    started = time.perf_counter()
    fit()
    return (time.perf_counter() - started) * 1000 / steps


def main() -> None:
    build, shape, batch = CASES[sys.argv[1]]
    steps = int(sys.argv[2])
    random = np.random.default_rng(0)
    images = random.integers(0, 256, (ROWS, *shape), dtype=np.uint8)
    labels = random.integers(0, 10, ROWS).astype(np.uint8)
    pipeline = tf.data.Dataset.from_tensor_slices((images, labels)).map(lambda x, y: (tf.cast(x, tf.float32) / 255, y))
    pipeline = pipeline.repeat().shuffle(1000, seed=42).batch(batch).prefetch(1)
    rows = np.resize(np.arange(ROWS), steps * batch)
    scaled, repeated = images[rows].astype(np.float32) / 255, labels[rows]
    plain = compiled(build)
    # XLA's convolutions are slow on a CPU, so only the dense network is compiled by it.
    best = compiled(build, jit_compile=build is mlp, steps_per_execution=min(50, steps))
    fits = {
        "plain": lambda: plain.fit(pipeline, steps_per_epoch=steps, verbose=0),
        "best": lambda: best.fit(scaled, repeated, batch_size=batch, verbose=0),
    }
    for fit in fits.values():
        fit()
    for _ in sys.stdin:
        print(json.dumps({name: timed(fit, steps) for name, fit in fits.items()}), flush=True)


main()
