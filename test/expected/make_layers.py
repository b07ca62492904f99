"""Makes test/expected/layers/: what Keras' layers give before and after training, and whole models that it has saved.

Run from the project folder with its Python: .venv/bin/python test/expected/make_layers.py
"""
import json
import os
from pathlib import Path

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import keras
import numpy as np
from keras import layers as L

FOLDER = Path(__file__).parent / "layers"
STEPS, FEATURES, SAMPLES, EPOCHS = 5, 3, 8, 12


def digits(array, places=8):
    return [float(f"{value:.{places}g}") for value in np.asarray(array, dtype="float64").ravel()]


def masked(random):
    tokens = random.integers(1, 7, size=(SAMPLES, STEPS))
    for row, sample in enumerate(tokens):
        sample[2 + row % 4 :] = 0
    return tokens.astype("float32")


def frozen(layer):
    layer.trainable = False
    return layer


def attend(causal, mask):
    def build():
        x = keras.Input((STEPS,) if mask else (STEPS, FEATURES))
        h = L.Embedding(7, FEATURES, mask_zero=True)(x) if mask else x
        y = L.MultiHeadAttention(num_heads=2, key_dim=4)(h, h, use_causal_mask=causal)
        return keras.Model(x, L.Dense(1)(L.Flatten()(y)))

    return build


def chain(*makers, shape=(STEPS, FEATURES), batch=None):
    def build():
        return keras.Sequential([keras.Input(shape, batch_size=batch), *(make() for make in makers), L.Dense(1)])

    return build


def frozen_normalization():
    base = keras.Sequential([keras.Input((FEATURES,)), L.Dense(4, activation="tanh"), L.BatchNormalization(scale=False)])
    base.trainable = False
    return keras.Sequential([keras.Input((STEPS, FEATURES)), L.GlobalAveragePooling1D(), base, L.Dense(1)])


CASES = {
    "simpleRNN": chain(lambda: L.SimpleRNN(4)),
    "lstm": chain(lambda: L.LSTM(4)),
    "lstm, sequences": chain(lambda: L.LSTM(4, return_sequences=True), L.Flatten),
    "lstm, backwards": chain(lambda: L.LSTM(4, go_backwards=True)),
    "lstm, hard sigmoid": chain(lambda: L.LSTM(4, recurrent_activation="hard_sigmoid")),
    "gru": chain(lambda: L.GRU(4)),
    "gru, reset before": chain(lambda: L.GRU(4, reset_after=False)),
    "gru, without bias": chain(lambda: L.GRU(4, use_bias=False)),
    "bidirectional gru": chain(lambda: L.Bidirectional(L.GRU(3))),
    "bidirectional lstm, sum": chain(lambda: L.Bidirectional(L.LSTM(3), merge_mode="sum")),
    "rnn of cells": chain(lambda: L.RNN([L.GRUCell(3), L.LSTMCell(4)])),
    "time distributed": chain(lambda: L.TimeDistributed(L.Dense(2, activation="tanh")), L.Flatten),
    "time distributed lstm": chain(lambda: L.TimeDistributed(L.LSTM(2)), L.Flatten, shape=(2, STEPS, FEATURES)),
    "stateful lstm": chain(lambda: L.LSTM(4, stateful=True), batch=4),
    "stateful gru": chain(lambda: L.GRU(4, stateful=True), batch=4),
    "masked lstm": chain(lambda: L.Embedding(7, 3, mask_zero=True), lambda: L.LSTM(4), shape=(STEPS,)),
    "frozen masked embedding": chain(lambda: frozen(L.Embedding(7, 3, mask_zero=True)), lambda: L.LSTM(4), shape=(STEPS,)),
    "causal": chain(lambda: L.Conv1D(4, 2, padding="causal", activation="tanh"), L.Flatten),
    "causal, dilated": chain(lambda: L.Conv1D(4, 2, padding="causal", dilation_rate=2), L.Flatten),
    "causal, strides": chain(lambda: L.Conv1D(4, 3, padding="causal", strides=2), L.Flatten),
    "dilated": chain(lambda: L.Conv2D(3, 2, dilation_rate=2, activation="relu"), L.Flatten, shape=(5, 5, 2)),
    "dilated, same": chain(lambda: L.Conv2D(3, 3, dilation_rate=(2, 1), padding="same"), L.Flatten, shape=(5, 4, 2)),
    "dilated depthwise": chain(lambda: L.DepthwiseConv2D(2, dilation_rate=2), L.Flatten, shape=(5, 5, 2)),
    "layer normalization": chain(L.LayerNormalization, L.Flatten),
    "layer normalization, two axes": chain(lambda: L.LayerNormalization(axis=[1, 2], epsilon=1e-5), L.Flatten),
    "batch normalization without scale": chain(lambda: L.BatchNormalization(scale=False), L.Flatten),
    "frozen batch normalization": chain(lambda: frozen(L.BatchNormalization()), L.Flatten),
    "frozen nested batch normalization": frozen_normalization,
    "softmax over steps": chain(lambda: L.Softmax(axis=1), L.Flatten),
    "attention": attend(causal=False, mask=False),
    "causal attention": attend(causal=True, mask=False),
    "masked attention": attend(causal=False, mask=True),
}

ACTIVATIONS = [
    "celu exponential hard_shrink hard_sigmoid hard_silu hard_swish hard_tanh leaky_relu log_sigmoid silu soft_shrink",
    "sparse_plus sparse_sigmoid squareplus tanh_shrink gelu mish softplus softsign elu selu relu6",
]


def case(build, random):
    model = build()
    weights = [random.normal(scale=0.5, size=w.shape).astype("float32").round(4) for w in model.get_weights()]
    # A variance is positive.
    weights = [np.abs(w) + 0.5 if "variance" in v.path else w for w, v in zip(weights, model.weights)]
    model.set_weights(weights)
    shape = model.inputs[0].shape[1:]
    is_tokens = any(isinstance(layer, L.Embedding) for layer in model.layers)
    x = masked(random) if is_tokens else random.normal(size=(SAMPLES, *shape)).astype("float32").round(4)
    y = random.normal(size=(SAMPLES, 1)).astype("float32").round(4)
    predictions = model.predict(x, batch_size=4, verbose=0)
    for layer in model.layers:
        if getattr(layer, "stateful", False):
            layer.reset_states()
    model.compile(optimizer=keras.optimizers.SGD(0.01), loss="mse")
    history = model.fit(x, y, batch_size=4, epochs=EPOCHS, shuffle=False, verbose=0)
    return {
        "shape": list(shape),
        "x": digits(x),
        "y": digits(y),
        "weights": [digits(w) for w in weights],
        "shapes": [list(w.shape) for w in weights],
        "predictions": digits(predictions),
        "loss": digits(history.history["loss"]),
        "trained": [digits(w) for w in model.get_weights()],
    }


def activation(name):
    x = np.linspace(-4, 4, 33).astype("float32")
    return {"x": digits(x), "y": digits(keras.ops.convert_to_numpy(keras.activations.get(name)(keras.ops.array(x))))}


def save_models():
    keras.utils.set_random_seed(1)
    for name, layer in {"lstm": L.LSTM(4, name="cell"), "gru": L.GRU(4, name="cell")}.items():
        head = L.Dense(1, activation="sigmoid", name="head")
        model = keras.Sequential([keras.Input((STEPS, FEATURES)), layer, head])
        model.save(FOLDER / f"{name}.keras")
        model.save(FOLDER / f"{name}.h5")
    x = keras.Input((STEPS, FEATURES))
    y = L.MultiHeadAttention(2, 3, name="attention")(L.LayerNormalization(epsilon=1e-5, name="norm")(x), x)
    keras.Model(x, y).save(FOLDER / "attention.keras")


def main():
    random = np.random.default_rng(7)
    FOLDER.mkdir(exist_ok=True)
    result = {
        "keras": keras.__version__,
        "cases": {name: case(build, random) for name, build in CASES.items()},
        "activations": {name: activation(name) for name in " ".join(ACTIVATIONS).split()},
    }
    (FOLDER / "layers.json").write_text(json.dumps(result, allow_nan=False) + "\n")
    save_models()


main()
