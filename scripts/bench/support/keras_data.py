"""The peer of data-child.ts in Keras and tf.data: one training, one line of JSON.

    python keras_data.py flow <gigabytes>
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


kind, *arguments = sys.argv[1:]
samples, train = {"flow": flow}[kind](*arguments)
started = time.perf_counter()
train()
seconds = time.perf_counter() - started
memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps({"seconds": seconds, "samples": samples, "memoryMB": memory}))
