"""Trains the networks of network_cases.py in Keras and writes what came of them, a file a family, to test/expected/networks.

    .venv/bin/python test/expected/make_networks.py [family ...]

Samples, labels and first weights are not stored: both sides make them by the formula of `numbers`. A file holds the table's
cases and, of each, the weights after the last epoch, the loss of each epoch and what `evaluate` says.
"""

import json
import os
import sys
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")
os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ["TF_ENABLE_ONEDNN_OPTS"] = "0"

import keras
import numpy as np
from network_cases import FAMILIES

FOLDER = Path(__file__).parent / "networks"
SAMPLES, BATCH, EPOCHS = 24, 8, 12


def numbers(seed, shape):
    """Numbers in [-1, 1) that are the same in every language: squares modulo a prime."""
    i = np.arange(int(np.prod(shape)), dtype=np.int64) + 1
    values = ((i * i * 31 + i * 7919 + seed * 104729 + 12345) % 1009) / 504.5 - 1
    return values.astype("float32").reshape(shape)


def whole(seed, shape, below):
    """Whole numbers from 0."""
    return np.floor((numbers(seed, shape).astype("float64") + 1) / 2 * below).astype("int32")


def lengths(steps):
    return 1 + np.arange(SAMPLES) % steps


def features(shape, seed):
    """A shape, ["tokens", steps, words] (0 after the end), ["padded", steps, size] (rows of 0 after the end) or "padded late" (before)."""
    if shape[0] not in ("tokens", "padded", "padded late"):
        return numbers(seed, [SAMPLES, *shape])
    kind, steps, size = shape
    inside = np.arange(steps)[None, :] < lengths(steps)[:, None]
    if kind == "padded late":
        inside = inside[:, ::-1]
    if kind == "tokens":
        return np.where(inside, whole(seed, [SAMPLES, steps], size - 1) + 1, 0)
    return np.where(inside[:, :, None], numbers(seed, [SAMPLES, steps, size]), 0).astype("float32")


def labels(text, seed):
    """"real", "real flat", "real 2", "classes 3", "classes 3 column", "classes 3 steps 5", "one hot 3", "binary" …"""
    words = text.split()
    sizes = [int(word) for word in words if word.isdigit()]
    if words[0] in ("classes", "one"):
        classes, *rest = sizes
        chosen = whole(seed, [SAMPLES, *rest], classes)
        if words[0] == "one":
            return np.eye(classes, dtype="float32")[chosen]
        return chosen[:, None] if "column" in words else chosen
    shape = [SAMPLES] if "flat" in words else [SAMPLES, *(sizes or [1])]
    if "steps" in words:
        shape = [SAMPLES, sizes[0], 1]
    values = numbers(seed, shape)
    if words[0] == "binary":
        return (values > 0).astype("float32")
    if words[0] == "sign":
        return np.where(values > 0, 1, -1).astype("float32")
    return values + 2 if words[0] == "positive" else values


def sample_weights(kind):
    """True: one a sample; a number: one for each of so many steps."""
    if not kind:
        return None
    count = SAMPLES if kind is True else SAMPLES * kind
    values = (np.arange(count) % 5 / 2).astype("float32")
    return values if kind is True else values.reshape([SAMPLES, kind])


def made(value, name=None):
    """What a config's value stands for: {"class", "config"} is a layer, regularizer, constraint, schedule …"""
    if not (isinstance(value, dict) and "class" in value):
        return list(map(made, value)) if isinstance(value, list) else value
    config = {key: made(inner) for key, inner in value["config"].items()}
    if name:
        config["name"] = name
    places = (keras.layers, keras.regularizers, keras.constraints, keras.optimizers, keras.optimizers.schedules, keras.losses)
    return next(getattr(place, value["class"]) for place in places if hasattr(place, value["class"]))(**config)


def network(spec):
    """The functional model, and its layers by name."""
    tensors, layers = {}, {}
    for name, shape in spec["inputs"].items():
        words = shape[0] == "tokens"
        size = shape[1:2] if words else shape[1:] if str(shape[0]).startswith("padded") else shape
        tensors[name] = keras.Input(size, name=name, dtype="int32" if words else "float32")
    inputs = list(tensors.values())
    for node in spec["layers"]:
        sources = [tensors[name] for name in node["from"]]
        name, kind, config = node["name"], node["class"], node["config"]
        if kind == "Shared":
            layer = layers[config["layer"]]
        elif kind == "Nested":
            layer, layers[f"{name} inner"] = network(config["model"])
            layer.trainable = config.get("trainable", True)
        else:
            layer = made(node, name)
        layers[name] = layers.get(name, layer)
        several = kind in ("Add", "Average", "Maximum", "Minimum", "Multiply", "Concatenate", "Dot")
        call = dict(node.get("call", {}))
        if call.pop("initial_state", False):
            sources, call["initial_state"] = sources[:1], sources[1:]
            # Beside a state Keras 3.15 forgets the mask unless it is given.
            call["mask"] = getattr(sources[0], "_keras_mask", None)
        made_of = layer(sources, **call) if several else layer(*sources, **call)
        results = made_of if isinstance(made_of, (list, tuple)) else [made_of]
        tensors.update({name: results[0], **{f"{name}.{place}": tensor for place, tensor in enumerate(results)}})
    outputs = [tensors[name] for name in spec["outputs"]]
    return keras.Model(inputs, outputs[0] if len(outputs) == 1 else outputs), layers


def weights_in_order(spec, layers):
    """(variable, its layer's class), layer by layer; shared ones once, those of a nested model in its place."""
    for node in spec["layers"]:
        if node["class"] == "Nested":
            yield from weights_in_order(node["config"]["model"], layers[f"{node['name']} inner"])
        elif node["class"] != "Shared":
            for variable in layers[node["name"]].weights:
                if "seed" not in variable.name:
                    yield variable


def first_value(variable, place):
    values = numbers(1000 + place, variable.shape)
    return 1 + 0.3 * values if "gamma" in variable.name or "variance" in variable.name else 0.4 * values


def digits(values, places=8):
    return [float(f"{value:.{places}g}") for value in np.asarray(values, dtype="float64").ravel()]


def outcome(case):
    model, layers = network(case["model"])
    variables = list(weights_in_order(case["model"], layers))
    for place, variable in enumerate(variables):
        variable.assign(first_value(variable, place))
    loss = case["loss"]
    loss = {name: made(value) for name, value in loss.items()} if isinstance(loss, dict) and "class" not in loss else made(loss)
    model.compile(optimizer=made(case["optimizer"]), loss=loss, metrics=case.get("metrics"), loss_weights=case.get("loss_weights"),
                  jit_compile=False)
    x = {name: features(shape, 1 + place) for place, (name, shape) in enumerate(case["model"]["inputs"].items())}
    kinds = case["labels"]
    y = labels(kinds, 50) if isinstance(kinds, str) else {name: labels(kind, 50 + i) for i, (name, kind) in enumerate(kinds.items())}
    weights = {int(key): value for key, value in case.get("class_weight", {}).items()} or None
    given = case.get("sample_weight")
    counts = [sample_weights(given.get(name, True)) for name in case["model"]["outputs"]] if isinstance(given, dict) else sample_weights(given)
    if isinstance(given, dict):
        # Keras wants both in one form.
        y = [y[name] for name in case["model"]["outputs"]]
    history = model.fit(x, y, batch_size=BATCH, epochs=EPOCHS, shuffle=False, class_weight=weights, sample_weight=counts, verbose=0)
    return {
        "history": {name: digits(values, 7) for name, values in history.history.items()},
        "evaluate": {name: float(f"{value:.7g}") for name, value in model.evaluate(x, y, batch_size=BATCH, verbose=0, return_dict=True).items()},
        "weights": [digits(variable.numpy()) for variable in variables],
    }


def main():
    FOLDER.mkdir(exist_ok=True)
    chosen = sys.argv[1:] or list(FAMILIES)
    for family in chosen:
        cases = [{**case, "expected": outcome(case)} for case in FAMILIES[family]]
        head = {"keras": keras.__version__, "samples": SAMPLES, "batchSize": BATCH, "epochs": EPOCHS}
        lines = ",\n".join(json.dumps(case, separators=(",", ":")) for case in cases)
        text = json.dumps(head)[:-1] + f', "cases": [\n{lines}\n]}}\n'
        (FOLDER / f"{family}.json").write_text(text)
        print(family, len(cases), "cases,", len(text), "bytes", flush=True)


if __name__ == "__main__":
    main()
