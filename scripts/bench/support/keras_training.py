"""Keras' side of scripts/bench/training.ts.

    keras_training.py CASE STEPS    CASE is mlp16, mlp128, convnet, mobilenet, transformer or lstm; answers each line with
                                    {"plain": ms, "best": ms}, milliseconds per training step
    keras_training.py course DATA   answers each line with {"seconds": s}: an epoch of each of the six sections of the
                                    slides' code example, training and validation; DATA is a folder with
                                    train_features.bin, train_labels.bin, valid_… (bytes)

`plain` is `fit` as the course writes it: tf.data, shuffle(1000), batch, prefetch(1), metrics. `best` is what is fastest
for Keras here: arrays, jit_compile where it helps (XLA's convolutions are slow on a CPU), 50 steps per execution.
"""

import json
import sys
import tempfile
import time

import keras
import numpy as np
import tensorflow as tf

layers = keras.layers


def mlp(between=None, first=None) -> keras.Model:
    sizes = [(50, "relu"), (50, "relu"), (10, "softmax")]
    hidden = []
    for units, activation in sizes:
        hidden += [between()] if between else []
        hidden.append(layers.Dense(units, activation=activation))
    return keras.Sequential([layers.Input((28, 28)), layers.Flatten(), *hidden])


def convnet() -> keras.Model:
    def block(filters: int) -> list[keras.Layer]:
        convolutions = [layers.Conv2D(filters, 3, padding="same", activation="relu") for _ in range(2)]
        return [*convolutions, layers.MaxPooling2D(2), layers.BatchNormalization()]

    top = [layers.Flatten(), layers.Dense(128, activation="relu"), layers.Dropout(0.5), layers.Dense(10, activation="softmax")]
    return keras.Sequential([layers.Input((32, 32, 3)), *block(32), *block(64), *top])


def mobilenet() -> keras.Model:
    base = keras.applications.MobileNetV2((96, 96, 3), alpha=0.35, include_top=False, weights=None, pooling="avg")
    return keras.Model(base.input, layers.Dense(10, activation="softmax")(base.output))


def transformer() -> keras.Model:
    inputs = layers.Input((32, 64))
    attended = layers.MultiHeadAttention(num_heads=4, key_dim=16)(inputs, inputs)
    attended = layers.LayerNormalization(epsilon=1e-6)(inputs + attended)
    wide = layers.Dense(128, activation="relu")(attended)
    block = layers.LayerNormalization(epsilon=1e-6)(attended + layers.Dense(64)(wide))
    pooled = layers.GlobalAveragePooling1D()(block)
    return keras.Model(inputs, layers.Dense(10, activation="softmax")(pooled))


def lstm() -> keras.Model:
    recurrent = [layers.LSTM(64, return_sequences=True), layers.LSTM(64)]
    return keras.Sequential([layers.Input((50, 32)), *recurrent, layers.Dense(10, activation="softmax")])


# Model, shape, batch size, rows of data.
CASES = {
    "mlp16": (mlp, (28, 28), 16, 20_000),
    "mlp128": (mlp, (28, 28), 128, 20_000),
    "convnet": (convnet, (32, 32, 3), 32, 2560),
    "mobilenet": (mobilenet, (96, 96, 3), 32, 640),
    "transformer": (transformer, (32, 64), 32, 2560),
    "lstm": (lstm, (50, 32), 32, 2560),
}
# Those that XLA makes faster here.
JIT = (mlp, transformer)


def compiled(model: keras.Model, optimizer=None, **options) -> keras.Model:
    model.compile(
        optimizer=optimizer or keras.optimizers.SGD(0.01),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
        **options,
    )
    return model


def timed(work) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def answer_case(name: str, steps: int) -> None:
    build, shape, batch, rows = CASES[name]
    random = np.random.default_rng(0)
    images = random.integers(0, 256, (rows, *shape), dtype=np.uint8).astype(np.float32) / 255
    labels = random.integers(0, 10, rows).astype(np.uint8)
    pipeline = tf.data.Dataset.from_tensor_slices((images, labels)).repeat().shuffle(1000, seed=42).batch(batch).prefetch(1)
    chosen = np.resize(np.arange(rows), steps * batch)
    inputs, targets = images[chosen], labels[chosen]
    plain = compiled(build())
    best = compiled(build(), jit_compile=build in JIT, steps_per_execution=min(50, steps))
    fits = {
        "plain": lambda: plain.fit(pipeline, steps_per_epoch=steps, verbose=0),
        "best": lambda: best.fit(inputs, targets, batch_size=batch, verbose=0),
    }
    for fit in fits.values():
        fit()
    for _ in sys.stdin:
        print(json.dumps({kind: timed(fit) * 1000 / steps for kind, fit in fits.items()}), flush=True)


def sections(steps_per_epoch: int):
    def sgd(rate, **options):
        return keras.optimizers.SGD(learning_rate=rate, **options)

    schedules = keras.optimizers.schedules
    yield compiled(mlp(), sgd(schedules.InverseTimeDecay(0.01, 10_000, 1)))
    yield compiled(mlp(), sgd(schedules.ExponentialDecay(0.01, 20 * steps_per_epoch, 0.1)))
    yield compiled(mlp(), sgd(0.01))
    yield compiled(mlp(layers.BatchNormalization), sgd(0.01))
    yield compiled(mlp(), sgd(0.01, clipvalue=1.0))
    yield compiled(mlp(lambda: layers.Dropout(0.2)), sgd(0.01, clipvalue=1.0))


def answer_course(folder: str) -> None:
    def dataset(kind: str) -> tf.data.Dataset:
        images = np.fromfile(f"{folder}/{kind}_features.bin", np.uint8).reshape(-1, 28, 28).astype(np.float32) / 255
        return tf.data.Dataset.from_tensor_slices((images, np.fromfile(f"{folder}/{kind}_labels.bin", np.uint8)))

    train = dataset("train").shuffle(1000, seed=42).batch(16).prefetch(1)
    valid = dataset("valid").batch(16).prefetch(1)

    def run() -> None:
        with tempfile.TemporaryDirectory() as folder:
            for model in sections(len(train)):
                callbacks = [
                    keras.callbacks.ModelCheckpoint(f"{folder}/model.weights.h5", save_best_only=True, save_weights_only=True),
                    keras.callbacks.EarlyStopping(patience=5, restore_best_weights=True),
                ]
                model.fit(train, epochs=1, validation_data=valid, callbacks=callbacks, verbose=0)

    for _ in sys.stdin:
        print(json.dumps({"seconds": timed(run)}), flush=True)


if sys.argv[1] == "course":
    answer_course(sys.argv[2])
else:
    answer_case(sys.argv[1], int(sys.argv[2]))
