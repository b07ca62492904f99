"""Makes test/expected/training/fit.json: what Keras' own fit and evaluate give on a small model.

Run from the project folder with its Python: .venv/bin/python test/expected/make_training.py
"""
import json
import os
from pathlib import Path

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import keras
import numpy as np

FOLDER = Path(__file__).parent / "training"


def digits(array, places=8):
    return [float(f"{value:.{places}g}") for value in np.asarray(array, dtype="float64").ravel()]


def model():
    return keras.Sequential(
        [
            keras.layers.Input((2, 3)),
            keras.layers.Flatten(),
            keras.layers.Dense(5, activation="relu"),
            keras.layers.Dense(3, activation="softmax", kernel_regularizer=keras.regularizers.L2(0.01)),
        ]
    )


def case(name, optimizer, weights, x, y, x_valid, y_valid, **fit):
    network = model()
    network.set_weights(weights)
    network.compile(optimizer=optimizer, loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    history = network.fit(x, y, batch_size=6, epochs=4, shuffle=False, validation_data=(x_valid, y_valid), verbose=0, **fit)
    loss, accuracy = network.evaluate(x_valid, y_valid, verbose=0, batch_size=6)
    return {
        "name": name,
        "history": {key: digits(values) for key, values in history.history.items()},
        "evaluate": {"loss": float(loss), "accuracy": float(accuracy)},
        "weights": [digits(w) for w in network.get_weights()],
        "predictions": digits(network.predict(x_valid, verbose=0)),
    }


def main():
    random = np.random.default_rng(42)
    x = random.normal(size=(20, 2, 3)).astype("float32").round(4)
    y = random.integers(0, 3, size=20)
    x_valid = random.normal(size=(9, 2, 3)).astype("float32").round(4)
    y_valid = random.integers(0, 3, size=9)
    weights = [random.normal(scale=0.5, size=s).astype("float32").round(4) for s in [(6, 5), (5,), (5, 3), (3,)]]
    data = (weights, x, y, x_valid, y_valid)
    result = {
        "keras": keras.__version__,
        "x": digits(x),
        "y": y.tolist(),
        "xValid": digits(x_valid),
        "yValid": y_valid.tolist(),
        "weights": [digits(w) for w in weights],
        "cases": [
            case("sgd", keras.optimizers.SGD(0.1), *data),
            case("sgd, momentum", keras.optimizers.SGD(0.05, momentum=0.9), *data),
            case("sgd, clipvalue", keras.optimizers.SGD(0.1, clipvalue=0.01), *data),
            case("adam", keras.optimizers.Adam(0.01), *data),
            case("sgd, class weights", keras.optimizers.SGD(0.1), *data, class_weight={0: 2.0, 1: 0.5}),
            case("sgd, sample weights", keras.optimizers.SGD(0.1), *data, sample_weight=np.arange(20) / 10),
        ],
    }
    FOLDER.mkdir(exist_ok=True)
    (FOLDER / "fit.json").write_text(json.dumps(result) + "\n")


main()
