"""The peer of data-child.ts in Keras and tf.data: one training, one line of JSON.

    python keras_data.py flow <gigabytes>
    python keras_data.py csv <file>
    python keras_data.py pictures <folder> <size> <cache file or "">
"""
import json
import os
import resource
import sys
import time

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import numpy as np
import tensorflow as tf
from tensorflow import keras

WIDTH, BATCH = 16_384, 32


def flow(gigabytes):
    samples = int(float(gigabytes) * 1e9 / (4 * WIDTH * BATCH)) * BATCH

    def generator():
        row = np.zeros(WIDTH, np.float32)
        for i in range(samples):
            row.fill((i % 7) / 7)
            yield row, i % 2

    signature = (tf.TensorSpec((WIDTH,), tf.float32), tf.TensorSpec((), tf.int32))
    data = tf.data.Dataset.from_generator(generator, output_signature=signature).batch(BATCH).prefetch(tf.data.AUTOTUNE)
    model = keras.Sequential([keras.Input((WIDTH,)), keras.layers.Dense(2, activation="softmax")])
    model.compile(optimizer=keras.optimizers.SGD(0.01), loss="sparse_categorical_crossentropy")
    return samples, lambda: model.fit(data, steps_per_epoch=samples // BATCH, verbose=0)


def csv(file):
    """As Keras' examples do it: tf.data reads the file, preprocessing layers are adapted on it first."""

    def train():
        header = open(file).readline().strip().split(",")
        data = tf.data.experimental.make_csv_dataset(
            file, batch_size=1024, label_name="y", num_epochs=1, shuffle=False, num_parallel_reads=1
        )
        inputs, parts = {}, []
        for name in header:
            if name == "y":
                continue
            words = name.startswith("word")
            inputs[name] = keras.Input((1,), name=name, dtype="string" if words else "float32")
            column = data.map(lambda x, y, name=name: tf.expand_dims(x[name], -1))
            if words:
                layer = keras.layers.StringLookup(output_mode="one_hot")
            else:
                layer = keras.layers.Normalization(axis=-1)
            layer.adapt(column)
            parts.append(layer(inputs[name]))
        hidden = keras.layers.Dense(32, activation="relu")(keras.layers.Concatenate()(parts))
        model = keras.Model(inputs, keras.layers.Dense(1)(hidden))
        model.compile(optimizer="adam", loss="mse")
        batches = data.map(lambda x, y: ({name: tf.expand_dims(value, -1) for name, value in x.items()}, y))
        held = 98
        model.fit(batches.skip(held).prefetch(tf.data.AUTOTUNE), validation_data=batches.take(held), verbose=0)

    return sum(1 for _ in open(file)) - 1, train


def pictures(folder, size, cache):
    size = int(size)
    data = keras.utils.image_dataset_from_directory(
        folder, image_size=(size, size), seed=1, batch_size=None, verbose=False
    )
    classes = len(data.class_names)
    if cache:
        data = data.cache(cache)
    data = data.batch(BATCH, drop_remainder=True)
    data = data.map(lambda x, y: (x / 127.5 - 1, y), num_parallel_calls=tf.data.AUTOTUNE).prefetch(tf.data.AUTOTUNE)
    model = keras.applications.MobileNetV2(input_shape=(size, size, 3), alpha=0.35, weights=None, classes=classes)
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy")
    model.fit(data.take(3), verbose=0)
    steps = int(data.cardinality())
    return steps * BATCH, lambda: model.fit(data, verbose=0)


kind, *arguments = sys.argv[1:]
samples, train = {"flow": flow, "csv": csv, "pictures": pictures}[kind](*arguments)
started = time.perf_counter()
train()
seconds = time.perf_counter() - started
memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps({"seconds": seconds, "samples": samples, "memoryMB": memory}))
