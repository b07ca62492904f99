"""Makes test/expected/training/grad_cam.json: Keras' gradients of a class's score by the maps of a convolution.

Run from the project folder with its Python: .venv/bin/python test/expected/make_grad_cam.py
"""
import json
import os
from pathlib import Path

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import keras
import numpy as np
import tensorflow as tf

random = np.random.default_rng(3)
inputs = keras.Input((8, 6, 2))
first = keras.layers.Conv2D(3, 3, activation="relu", name="first")(inputs)
maps = keras.layers.Conv2D(4, 2, activation="relu", name="second")(first)
scores = keras.layers.Dense(3, activation="softmax", name="scores")(keras.layers.Flatten()(maps))
model = keras.Model(inputs, scores)
model.set_weights([random.normal(scale=0.5, size=w.shape).round(3) for w in model.get_weights()])
image = random.uniform(size=(8, 6, 2)).round(3)
weights = [w.astype(float).round(3).ravel().tolist() for w in model.get_weights()]
model.get_layer("scores").activation = keras.activations.linear

cases = []
for layer in ["first", "second"]:
    both = keras.Model(inputs, [model.get_layer(layer).output, model.outputs[0]])
    for class_index in range(3):
        with tf.GradientTape() as tape:
            a, y = both(image[None].astype("float32"))
            score = y[0, class_index]
        alpha = tf.reduce_mean(tape.gradient(score, a), axis=(0, 1, 2))
        heatmap = np.maximum(np.sum(a[0] * alpha, axis=-1), 0)
        largest = heatmap.max()
        heatmap = heatmap / largest if largest > 0 else heatmap
        cases.append({
            "layer": layer,
            "classIndex": class_index,
            "score": float(score),
            "heatmap": [[round(float(v), 7) for v in row] for row in heatmap],
        })
cases.append({"named": int(np.argmax(y[0]))})
path = Path(__file__).parent / "training" / "grad_cam.json"
path.write_text(json.dumps({"weights": weights, "image": image.tolist(), "cases": cases[:-1], **cases[-1]}) + "\n")
