"""Makes test/expected/training/gradient-flow.json and constraints.json: Keras' gradients, sensitivities and constraints.

Run from the project folder with its Python: .venv/bin/python test/expected/make_analysis.py
"""
import json
import os
from pathlib import Path

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import keras
import numpy as np
import tensorflow as tf

FOLDER = Path(__file__).parent / "training"


def digits(array, places=8):
    return [float(f"{value:.{places}g}") for value in np.asarray(array, dtype="float64").ravel()]


def write(name, content):
    head = {"madeBy": "test/expected/make_analysis.py", "keras": keras.__version__}
    (FOLDER / f"{name}.json").write_text(json.dumps({**head, **content}) + "\n")


def gradient_flow(random):
    """Dense relu, batch normalization, Dense tanh, Dense softmax: what passes through each in training mode."""
    n = 7
    x = random.normal(size=(n, 4)).astype("float32").round(4)
    y = random.integers(0, 3, size=n)
    shapes = [(4, 6), (6,), (6,), (6,), (6, 5), (5,), (5, 3), (3,)]
    weights = [random.normal(scale=0.7, size=s).astype("float32").round(4) for s in shapes]
    # The first unit never fires: a dead ReLU.
    weights[1][0] = -100
    variables = [tf.Variable(w) for w in weights]
    w1, b1, gamma, beta, w2, b2, w3, b3 = variables
    with tf.GradientTape(persistent=True) as tape:
        n1 = tf.constant(x) @ w1 + b1
        tape.watch(n1)
        a1 = tf.nn.relu(n1)
        mean, variance = tf.nn.moments(a1, [0])
        n2 = (a1 - mean) / tf.sqrt(variance + 1e-3) * gamma + beta
        tape.watch(n2)
        n3 = n2 @ w2 + b2
        tape.watch(n3)
        a3 = tf.tanh(n3)
        n4 = a3 @ w3 + b3
        tape.watch(n4)
        a4 = tf.nn.softmax(n4)
        loss = tf.reduce_mean(keras.losses.sparse_categorical_crossentropy(y, a4))
    sensitivities = [n * tape.gradient(loss, net_input) for net_input in (n1, n2, n3, n4)]
    gradients = tape.gradient(loss, variables)
    write(
        "gradient-flow",
        {
            "x": digits(x),
            "y": y.tolist(),
            "weights": [{"shape": list(s), "values": digits(w)} for s, w in zip(shapes, weights)],
            "loss": float(loss),
            "gradientNorms": [float(tf.norm(g)) for g in gradients],
            "layers": [
                {
                    "sensitivityNorm": float(tf.reduce_mean(tf.norm(s, axis=1))),
                    "mean": float(tf.reduce_mean(a)),
                    "standardDeviation": float(tf.math.reduce_std(a)),
                    "deadShare": float(np.mean(np.all(a.numpy() == 0, axis=0))),
                }
                for s, a in zip(sensitivities, (a1, n2, a3, a4))
            ],
        },
    )


def constraints(random):
    """Four epochs of fit with each constraint on both layers; the learning rate is large, so that they bite."""
    n = 24
    x = random.normal(size=(n, 4)).astype("float32").round(4)
    y = random.integers(0, 3, size=n)
    weights = [random.normal(scale=0.8, size=s).astype("float32").round(4) for s in [(4, 5), (5,), (5, 3), (3,)]]
    cases = {
        "maxNorm": lambda: keras.constraints.MaxNorm(0.9),
        "maxNorm, axis 1": lambda: keras.constraints.MaxNorm(0.9, axis=1),
        "nonNeg": keras.constraints.NonNeg,
        "unitNorm": keras.constraints.UnitNorm,
        "minMaxNorm": lambda: keras.constraints.MinMaxNorm(0.7, 1.1, rate=0.5),
    }

    def case(name, constraint):
        model = keras.Sequential(
            [
                keras.layers.Input((4,)),
                keras.layers.Dense(5, activation="tanh", kernel_constraint=constraint()),
                keras.layers.Dense(3, activation="softmax", kernel_constraint=constraint()),
            ]
        )
        model.set_weights(weights)
        model.compile(optimizer=keras.optimizers.SGD(0.5), loss="sparse_categorical_crossentropy")
        history = model.fit(x, y, batch_size=6, epochs=4, shuffle=False, verbose=0).history
        return {"name": name, "loss": digits(history["loss"]), "weights": [digits(w) for w in model.get_weights()]}

    kernel = random.normal(size=(3, 3, 2, 4)).astype("float32").round(4)
    write(
        "constraints",
        {
            "x": digits(x),
            "y": y.tolist(),
            "weights": [digits(w) for w in weights],
            "cases": [case(*item) for item in cases.items()],
            "kernel": digits(kernel),
            "constrainedKernel": digits(keras.constraints.MaxNorm(1.5, axis=[0, 1, 2])(kernel)),
        },
    )


def main():
    random = np.random.default_rng(7)
    gradient_flow(random)
    constraints(random)


main()
