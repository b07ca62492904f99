"""Keras' side of scripts/bench/transfer.ts.

    keras_transfer.py FOLDER WEIGHTS SIZE BATCH    FOLDER has train_features.bin and train_labels.bin (CIFAR-10's bytes)

Answers each line, the name of a case, with {"seconds": s}:

    frozen EPOCHS     MobileNetV2 0.35 frozen, a softmax layer trained on it, as the course writes it: tf.data with resizing
                      and preprocessing, shuffle(1000), batch, prefetch, model.fit
    features          the base's outputs for all images, by predict
    finetune STEPS    model.fit with all layers learning
    input             a pass over the pipeline alone: resizing, random flip, preprocessing, batches, both cores
"""

import json
import sys
import time

import keras
import numpy as np
import tensorflow as tf

folder, weights, size, batch = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
images = np.fromfile(f"{folder}/train_features.bin", np.uint8).reshape(-1, 32, 32, 3)
labels = np.fromfile(f"{folder}/train_labels.bin", np.uint8)


def prepared(image, label):
    resized = tf.image.resize(tf.cast(image, tf.float32), (size, size))
    return keras.applications.mobilenet_v2.preprocess_input(resized), label


def augmented(image, label):
    resized = tf.image.resize(tf.cast(image, tf.float32), (size, size))
    return keras.applications.mobilenet_v2.preprocess_input(tf.image.random_flip_left_right(resized)), label


def pipeline(function=prepared, **options) -> tf.data.Dataset:
    return tf.data.Dataset.from_tensor_slices((images, labels)).map(function, **options)


def network(trainable: bool) -> tuple[keras.Model, keras.Model]:
    base = keras.applications.MobileNetV2((size, size, 3), alpha=0.35, include_top=False, weights=weights, pooling="avg")
    base.trainable = trainable
    outputs = keras.layers.Dense(10, activation="softmax")(base.output)
    model = keras.Model(base.input, outputs)
    model.compile(keras.optimizers.Adam(0.001), "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model, base


def timed(work) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def frozen(epochs: str) -> float:
    model, _ = network(False)
    train = pipeline().shuffle(1000, seed=42).batch(batch).prefetch(1)
    return timed(lambda: model.fit(train, epochs=int(epochs), verbose=0))


def features() -> float:
    _, base = network(False)
    inputs = pipeline().batch(batch).prefetch(1)
    base.predict(inputs.take(1), verbose=0)
    return timed(lambda: base.predict(inputs, verbose=0))


def finetune(steps: str) -> float:
    model, _ = network(True)
    train = pipeline().shuffle(1000, seed=42).batch(batch, drop_remainder=True).repeat().prefetch(1)
    model.fit(train, steps_per_epoch=1, verbose=0)
    return timed(lambda: model.fit(train, steps_per_epoch=int(steps), verbose=0))


def input() -> float:
    auto = tf.data.AUTOTUNE
    batches = pipeline(augmented, num_parallel_calls=auto).batch(batch).prefetch(auto)
    for _ in batches.take(1):
        pass

    def read() -> None:
        for _ in batches:
            pass

    return timed(read)


CASES = {"frozen": frozen, "features": features, "finetune": finetune, "input": input}

for line in sys.stdin:
    name, *arguments = line.split()
    print(json.dumps({"seconds": CASES[name](*arguments)}), flush=True)
