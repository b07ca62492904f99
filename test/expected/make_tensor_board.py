"""What Keras' TensorBoard callback writes for a small training: training/tensor_board.json.

Needs tensorboard beside the packages of requirements.txt: pip install tensorboard==2.20.0
"""
import json
import os
import tempfile

import keras
import numpy as np

from read_events import read_events

x = np.float32([[i, (i * 7) % 5] for i in range(12)]) / 10
y = np.float32([[0.3 * a - 0.2 * b] for a, b in x])
kernel = np.float32([[0.5, -0.25, 0.1], [0.75, 0.3, -0.6]])
head = np.float32([[0.2], [-0.4], [0.9]])

inputs = keras.Input((2,))
hidden = keras.layers.Dense(3, activation="tanh", name="hidden")(inputs)
model = keras.Model(inputs, keras.layers.Dense(1, name="head")(hidden))
model.set_weights([kernel, np.zeros(3), head, np.zeros(1)])
model.compile(keras.optimizers.SGD(0.1), "mse", metrics=["mae"])
folder = tempfile.mkdtemp()
board = keras.callbacks.TensorBoard(folder, histogram_freq=2)
model.fit(x, y, batch_size=4, epochs=3, shuffle=False, validation_data=(x[:4], y[:4]), callbacks=[board], verbose=0)

path = os.path.join(os.path.dirname(__file__), "training", "tensor_board.json")
with open(path, "w") as file:
    json.dump({
        "x": x.astype(float).round(6).tolist(),
        "y": y.astype(float).round(6).tolist(),
        "kernel": kernel.astype(float).round(6).tolist(),
        "head": head.astype(float).round(6).tolist(),
        "events": {part: read_events(os.path.join(folder, part)) for part in ["train", "validation"]},
    }, file)
    file.write("\n")
