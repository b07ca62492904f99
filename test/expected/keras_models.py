"""Whole models in Keras' own files, for test/library/training/whole-model.

    python test/expected/keras_models.py check FOLDER    loads every FOLDER/*.keras beside its *.json (what the other side
                                                         says it predicts, before and after training on), prints what differs
    python test/expected/keras_models.py make FOLDER [FAMILY/CASE ...]   writes such pairs from the table of network_cases.py
"""

import json
import sys
import warnings
from pathlib import Path

import make_networks as table
import numpy as np
from make_networks import keras
from network_cases import FAMILIES

EPOCHS = 2


def data_of(case):
    x = [table.features(shape, 1 + place) for place, shape in enumerate(case["model"]["inputs"].values())]
    kinds = case["labels"]
    named = kinds.items() if isinstance(kinds, dict) else []
    y = [table.labels(kind, 50 + i) for i, (_, kind) in enumerate(named)] if named else table.labels(kinds, 50)
    return x if len(x) > 1 else x[0], y


def outputs(model, x):
    return [np.asarray(each).ravel() for each in keras.tree.flatten(model(x))]


def train(model, x, y):
    # A graph of each model would take longer than the few steps.
    model.run_eagerly = True
    model.fit(x, y, batch_size=table.BATCH, epochs=EPOCHS, shuffle=False, verbose=0)


def case_named(name):
    family, each = name.split("/")
    return next(case for case in FAMILIES[family] if case["name"] == each)


def difference(found, expected):
    if len(found) != len(expected) or any(len(a) != len(b) for a, b in zip(found, expected)):
        return "other shapes"
    return float(max(np.max(np.abs(np.asarray(a) - np.asarray(b))) for a, b in zip(found, expected)))


def check(folder):
    result = {}
    for path in sorted(Path(folder).glob("*.keras")):
        note = json.loads(path.with_suffix(".json").read_text())
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("error")
                # Said of the models of the table that mean it.
                warnings.filterwarnings("ignore", "Layer .* was passed an input with a mask")
                model = keras.models.load_model(path)
            x, y = data_of(case_named(note["case"]))
            found = {"predicts": difference(outputs(model, x), note["before"])}
            if "after" in note:
                train(model, x, y)
                found["trained"] = difference(outputs(model, x), note["after"])
        except Exception as error:
            found = {"error": f"{type(error).__name__}: {str(error)[:600]}"}
        result[note["case"]] = found
    print(json.dumps(result))


def make(folder, names):
    for name in names or [f"{family}/{case['name']}" for family, cases in FAMILIES.items() for case in cases]:
        case = case_named(name)
        model, layers = table.network(case["model"])
        for place, variable in enumerate(table.weights_in_order(case["model"], layers)):
            variable.assign(table.first_value(variable, place))
        loss = case["loss"]
        loss = {key: table.made(value) for key, value in loss.items()} if isinstance(loss, dict) and "class" not in loss else table.made(loss)
        model.compile(optimizer=table.made(case["optimizer"]), loss=loss, metrics=case.get("metrics"), loss_weights=case.get("loss_weights"), jit_compile=False)
        x, y = data_of(case)
        train(model, x, y)
        stem = Path(folder) / name.replace("/", "-")
        model.save(f"{stem}.keras")
        note = {"case": name, "before": [each.tolist() for each in outputs(model, x)]}
        train(model, x, y)
        note["after"] = [each.tolist() for each in outputs(model, x)]
        Path(f"{stem}.json").write_text(json.dumps(note))
    print(json.dumps({}))


if __name__ == "__main__":
    check(sys.argv[2]) if sys.argv[1] == "check" else make(sys.argv[2], sys.argv[3:])
