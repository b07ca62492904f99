"""The dense series (a) in Keras, with the settings and the images of a run of ours:

    npm run case-study -- cifar-10 --full --export FOLDER
    .venv/bin/python case-studies/cifar-10/keras_dense.py FOLDER OUT.json

Writes a run's figures as soon as it has them.
"""

import json
import os
import random
import sys
import time

import keras
import numpy as np
import tensorflow as tf

folder, out = sys.argv[1], sys.argv[2]
with open(os.path.join(folder, "dense.json")) as file:
    settings = json.load(file)


def read(name: str) -> tuple[np.ndarray, np.ndarray]:
    records = np.fromfile(os.path.join(folder, f"{name}.bin"), np.uint8).reshape(-1, 1 + 32 * 32 * 3)
    images = records[:, 1:].reshape(-1, 32, 32, 3).astype(np.float32)
    scaled = (images - np.float32(settings["mean"])) / np.float32(settings["standardDeviation"])
    return scaled, records[:, 0].astype(np.int32)


train, valid, test = read("train"), read("valid"), read("test")


def network(kind: str, extra: str | None = None) -> keras.Model:
    layers: list[keras.Layer] = [keras.Input((32, 32, 3)), keras.layers.Flatten()]
    initializer = "lecun_normal" if kind == "selu" else "he_normal"
    for _ in range(settings["layers"]):
        normalized = extra == "batchNormalization"
        layers.append(keras.layers.Dense(settings["units"], kernel_initializer=initializer, use_bias=not normalized))
        if normalized:
            layers.append(keras.layers.BatchNormalization())
        layers.append(keras.layers.Activation(kind))
    if extra == "alphaDropout":
        layers.append(keras.layers.AlphaDropout(settings["dropout"]))
    layers.append(keras.layers.Dense(10, activation="softmax"))
    return keras.Sequential(layers)


class OneCycle(keras.callbacks.Callback):
    """The rate of each step, as dnn-lab's oneCycleSchedule with its defaults."""

    def __init__(self, maximum: float, steps: int):
        super().__init__()
        self.maximum, self.last, self.step = maximum, steps - 1, 0

    def on_train_batch_begin(self, batch, logs=None):
        first, cycle = self.maximum / 10, self.last * 0.9
        final, step = first / 1000, self.step
        if step < cycle / 2:
            rate = first + (self.maximum - first) * step / (cycle / 2)
        elif step < cycle:
            rate = self.maximum + (first - self.maximum) * (step / (cycle / 2) - 1)
        else:
            rate = first + (final - first) * (step - cycle) / (self.last - cycle)
        self.model.optimizer.learning_rate = rate
        self.step += 1


def run(name: str, kind: str, extra: str | None, rate: str) -> dict:
    # Initial weights are drawn by Python's generator. TensorFlow's must not be seeded: `fit` would take the same order in
    # every epoch, which costs up to six points of validation accuracy.
    random.seed(settings["seed"])
    model = network(kind, extra)
    learning_rate = settings["learningRates"][rate]
    callbacks: list[keras.callbacks.Callback] = []
    batch_size = settings["batchSize"]
    if rate == "oneCycle":
        batch_size = settings["oneCycleBatchSize"]
        steps = settings["epochs"] * -(-len(train[0]) // batch_size)
        callbacks.append(OneCycle(learning_rate, steps))
        optimizer = keras.optimizers.SGD(learning_rate)
    else:
        optimizer = keras.optimizers.Nadam(learning_rate)
    model.compile(optimizer, "sparse_categorical_crossentropy", metrics=["accuracy"])
    started = time.perf_counter()
    history = model.fit(
        *train, batch_size=batch_size, epochs=settings["epochs"], validation_data=valid, callbacks=callbacks, verbose=2
    ).history
    seconds = time.perf_counter() - started
    accuracies = [round(value, 4) for value in history["val_accuracy"]]
    return {
        "name": name,
        "history": accuracies,
        "bestValidAccuracy": max(accuracies),
        "testAccuracy": round(model.evaluate(*test, verbose=0)[1], 4),
        "seconds": round(seconds, 1),
    }


RUNS = [
    ("ELU, He, Nadam", "elu", None, "elu"),
    ("with batch normalization", "elu", "batchNormalization", "batchNormalization"),
    ("SELU, LeCun", "selu", None, "selu"),
    ("SELU, alpha dropout", "selu", "alphaDropout", "alphaDropout"),
    ("SELU, alpha dropout, 1cycle", "selu", "alphaDropout", "oneCycle"),
]

runs: list[dict] = []
for each in RUNS:
    runs.append(run(*each))
    content = {"keras": keras.__version__, "tensorflow": tf.__version__, "data": settings["data"], "runs": runs}
    with open(f"{out}.part", "w") as file:
        json.dump(content, file, indent=1)
        file.write("\n")
    os.replace(f"{out}.part", out)
