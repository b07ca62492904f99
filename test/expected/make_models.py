"""What Keras computes where src/library/models must compute the same.

    python test/expected/make_models.py            writes test/expected/models/*
    python test/expected/make_models.py predict MODEL FILE [MODEL FILE …]
                                                   prints predictions of sequential or functional with a file's weights

Made with Keras 3.15 on TensorFlow 2.21, on the CPU.
"""

import json
import os
import sys
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")

import keras
import numpy as np
import tensorflow as tf
from keras import layers

FOLDER = Path(__file__).parent / "models"


def numbers(array):
    return [float(f"{x:.9g}") for x in np.asarray(array, dtype="float64").ravel()]


def write(name, data):
    path = FOLDER / name
    data = {"made_by": f"test/expected/make_models.py, Keras {keras.__version__}", **data}
    path.write_text(json.dumps(data) + "\n")
    print(path.name, path.stat().st_size, "bytes")


# --- activations and initializers ---------------------------------------------------------------------------------


def activations():
    x = np.array([-30, -6, -3.5, -2, -1, -0.5, -0.01, 0.01, 0.3, 1, 1.7, 3, 6, 30], "float32")
    names = {"relu": "relu", "leakyRelu": "leaky_relu", "elu": "elu", "selu": "selu", "tanh": "tanh",
             "sigmoid": "sigmoid", "gelu": "gelu", "swish": "silu", "softplus": "softplus"}
    result = {}
    for ours, theirs in names.items():
        with tf.GradientTape() as tape:
            t = tf.constant(x)
            tape.watch(t)
            y = keras.activations.get(theirs)(t)
        result[ours] = {"value": numbers(y), "derivative": numbers(tape.gradient(y, t))}
    with tf.GradientTape() as tape:
        t = tf.constant([[0.5, -1.0, 2.0, 0.0]])
        tape.watch(t)
        y = keras.activations.softmax(t)
    softmax = {"x": numbers(t), "value": numbers(y), "jacobian": numbers(tape.jacobian(y, t))}
    write("activations.json", {"x": numbers(x), "functions": result, "softmax": softmax})


def initializers():
    names = ["glorot_uniform", "glorot_normal", "he_uniform", "he_normal", "lecun_uniform", "lecun_normal"]
    cases = []
    for name in names:
        for shape in [(300, 500), (3, 3, 50, 80)]:
            values = np.asarray(keras.initializers.get({"class_name": "".join(p.capitalize() for p in name.split("_"))
                                                        if not name.startswith("lecun")
                                                        else "Lecun" + name.split("_")[1].capitalize(),
                                                        "config": {"seed": 1}})(shape))
            cases.append({"name": name, "shape": shape, "standardDeviation": float(values.std()),
                          "greatest": float(np.abs(values).max())})
    write("initializers.json", {"cases": cases})


# --- batch normalization ------------------------------------------------------------------------------------------


def batch_normalization():
    random = np.random.default_rng(1)

    def draw(shape, scale=1.0, shift=0.0):
        return (random.normal(size=shape) * scale + shift).astype("float32")

    cases = []
    for name, shape, options in [
        ("2-D", (6, 3), {}),
        ("4-D", (2, 3, 3, 2), {"momentum": 0.9}),
        ("channels first", (3, 2, 2, 2), {"axis": 1}),
        ("no scale", (5, 2), {"scale": False, "epsilon": 1e-4}),
        ("no centre", (5, 2), {"center": False}),
        ("frozen", (4, 2), {"trainable": False}),
    ]:
        layer = layers.BatchNormalization(**options)
        layer.build(shape)
        features = shape[options.get("axis", -1)]
        initial = [draw(features, 0.3, 1), draw(features), draw(features), draw(features, 0.1, 1)]
        names = (["gamma"] if layer.scale else []) + (["beta"] if layer.center else []) + ["mean", "variance"]
        all_values = dict(zip(["gamma", "beta", "mean", "variance"], initial))
        layer.set_weights([all_values[n] for n in names])
        steps = []
        for _ in range(3):
            x, dy = draw(shape, 2, 1), draw(shape)
            with tf.GradientTape() as tape:
                t = tf.constant(x)
                tape.watch(t)
                y = layer(t, training=True)
                loss = tf.reduce_sum(y * dy)
            wanted = [t] + ([layer.gamma] if layer.scale else []) + ([layer.beta] if layer.center else [])
            gradients = tape.gradient(loss, [getattr(w, "value", w) for w in wanted])
            steps.append({"x": numbers(x), "dy": numbers(dy), "y": numbers(y),
                          "gradients": [numbers(g) for g in gradients],
                          "mean": numbers(layer.moving_mean), "variance": numbers(layer.moving_variance)})
        x = draw(shape, 2, 1)
        test = {"x": numbers(x), "y": numbers(layer(tf.constant(x), training=False))}
        cases.append({"name": name, "shape": shape, "options": options,
                      "weights": {n: numbers(all_values[n]) for n in names}, "steps": steps, "test": test})
    write("batch-normalization.json", {"cases": cases})


# --- weight files -------------------------------------------------------------------------------------------------


def sequential():
    return keras.Sequential([
        keras.Input((3, 2)), layers.Flatten(), layers.BatchNormalization(), layers.Dropout(0.2),
        layers.Dense(4, activation="selu"), layers.BatchNormalization(scale=False), layers.AlphaDropout(0.1),
        layers.Dense(3, activation="softmax"),
    ])


def functional():
    """Branches whose convolutions have equal shapes: a reader that takes them in another order predicts otherwise."""
    x = keras.Input((5, 5, 2))
    second = layers.Conv2D(3, 1)(x)
    first = layers.Conv2D(3, 1)(x)
    both = layers.Concatenate()([first, second])
    main = layers.BatchNormalization()(layers.Conv2D(6, 1)(both))
    main = layers.Conv2D(6, 3, padding="same", use_bias=False)(layers.ReLU()(main))
    side = layers.Conv2D(6, 1)(both)
    y = layers.DepthwiseConv2D(3)(layers.Add()([main, side]))
    y = layers.SeparableConv2D(4, 2)(y)
    inner = keras.Sequential([layers.Dense(4, activation="elu"), layers.Dropout(0.3)], name="inner")
    y = inner(layers.GlobalAveragePooling2D()(layers.GaussianNoise(0.1)(y)))
    return keras.Model(x, layers.Dense(2)(y))


MODELS = {"sequential": sequential, "functional": functional}


def example(model):
    shape = (2, *model.input_shape[1:])
    return np.linspace(-1, 1, int(np.prod(shape)), dtype="float32").reshape(shape)


def weight_files():
    result = {}
    for name, make in MODELS.items():
        keras.utils.set_random_seed(3)
        model = make()
        model.compile("sgd", "mse")
        x = np.random.default_rng(2).normal(size=(16, *model.input_shape[1:])).astype("float32")
        model.fit(x, np.ones((16, *model.output_shape[1:])), epochs=3, verbose=0)
        model.save_weights(FOLDER / f"{name}.weights.h5")
        model.save(FOLDER / f"{name}.h5", include_optimizer=False)
        result[name] = {"x": numbers(example(model)), "y": numbers(model(example(model), training=False)),
                        "params": model.count_params(),
                        "trainable": int(sum(np.prod(w.shape) for w in model.trainable_weights))}
    write("weight-files.json", {"models": result})


def predict(*names_and_paths):
    for name, path in zip(names_and_paths[::2], names_and_paths[1::2]):
        model = MODELS[name]()
        model.load_weights(path)
        print(json.dumps(numbers(model(example(model), training=False))))


if __name__ == "__main__":
    if sys.argv[1:2] == ["predict"]:
        predict(*sys.argv[2:])
    else:
        FOLDER.mkdir(exist_ok=True)
        for make_file in (activations, initializers, batch_normalization, weight_files):
            make_file()
