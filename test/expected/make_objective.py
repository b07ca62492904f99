"""Makes test/expected/training/objective.json: losses, metrics, weights and masks as Keras trains and evaluates them.

Each case says what a small network is compiled with; the tests build the same from the file.
Run from the project folder with its Python: .venv/bin/python test/expected/make_objective.py
"""
import json
import os
import re
from pathlib import Path

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import keras
import numpy as np

FILE = Path(__file__).parent / "training" / "objective.json"
SAMPLES, INPUTS, STEPS, WORDS = 22, 4, 5, 6
EPOCHS, BATCH = 3, 8


def digits(array, places=8):
    return [float(f"{value:.{places}g}") for value in np.asarray(array, dtype="float64").ravel()]


def snake(name):
    return re.sub(r"([A-Z])", r"_\1", name).lower()


CLASSES = {"auc": "AUC", "meanIoU": "MeanIoU", "binaryIoU": "BinaryIoU", "klDivergence": "KLDivergence"}


def made(module, spec):
    """A loss or a metric of Keras from its name and options in camel case."""
    if isinstance(spec, str):
        return spec
    name = CLASSES.get(spec["name"], spec["name"][0].upper() + spec["name"][1:])
    options = {snake(key): snake(value) if key in ("reduction", "classAggregation") else value for key, value in spec.get("options", {}).items()}
    return getattr(module, name)(**options)


def network(case):
    layers = keras.layers
    units, activation = case["units"], case.get("activation")
    penalty = keras.regularizers.L2(case["l2"]) if "l2" in case else None
    if case["network"] == "dense":
        first, shape = layers.Dense(5, activation="tanh"), (INPUTS,)
    else:
        first, shape = layers.Embedding(WORDS, 3, mask_zero=case["network"] == "masked"), (STEPS,)
    last = layers.Dense(units, activation=activation, kernel_regularizer=penalty)
    inputs = layers.Input(shape)
    inside = first(inputs)
    if case.get("outputs") != 2:
        return keras.Model(inputs, last(inside))
    second = layers.Dense(1, name="second")
    last.name = "first"
    return keras.Model(inputs, [last(inside), second(inside)])


def numbers(case, random):
    """Features and labels of all samples."""
    if case["network"] == "dense":
        x = random.normal(size=(SAMPLES, INPUTS)).astype("float32").round(4)
        places = (SAMPLES,)
    else:
        x = random.integers(0, WORDS, size=(SAMPLES, STEPS)).astype("float32")
        places = (SAMPLES, STEPS)
    units = case["units"]
    kind = case["labels"]
    if kind == "classes":
        y = random.integers(0, units, size=places)
    elif kind == "rows":
        y = np.eye(units)[random.integers(0, units, size=places)]
    elif kind == "bits":
        y = random.integers(0, 2, size=(*places, units))
    elif kind == "shares":
        y = random.dirichlet(np.ones(units), size=places).round(4)
    elif kind == "counts":
        y = random.integers(0, 6, size=(*places, units))
    elif kind == "signs":
        y = 2 * random.integers(0, 2, size=(*places, units)) - 1
    else:
        y = random.normal(scale=2, size=(*places, units)).round(4)
    if case.get("flat"):
        y = y.reshape(places)
    return x, y.astype("float32")


def run(case):
    # Names of metrics are counted over all networks (auc_1 …).
    keras.utils.clear_session()
    random = np.random.default_rng(case["seed"])
    x, y = numbers(case, random)
    model = network(case)
    weights = [random.normal(scale=0.6, size=w.shape).astype("float32").round(4) for w in model.get_weights()]
    model.set_weights(weights)
    two = case.get("outputs") == 2
    y2 = random.normal(size=(SAMPLES, 1)).astype("float32").round(4) if two else None
    sample = random.uniform(0.2, 3, size=SAMPLES).astype("float32").round(4) if case.get("weighted") else None
    kwargs = {}
    if "lossWeights" in case:
        kwargs["loss_weights"] = case["lossWeights"]
    if "weightedMetrics" in case:
        kwargs["weighted_metrics"] = [made(keras.metrics, m) for m in case["weightedMetrics"]]
    loss = {"first": made(keras.losses, case["loss"]), "second": "mse"} if two else made(keras.losses, case["loss"])
    metrics = [made(keras.metrics, m) for m in case.get("metrics", [])]
    if case.get("frozen"):
        model.layers[-1].trainable = False
    model.compile(
        optimizer=keras.optimizers.SGD(case.get("rate", 0.05)),
        loss=loss,
        metrics={"first": metrics, "second": ["mae"]} if two else metrics,
        # Nothing is traced: the numbers are the same, and fifty networks take seconds.
        run_eagerly=True,
        **kwargs,
    )
    labels = {"first": y, "second": y2} if two else y
    evaluated = model.evaluate(x, labels, batch_size=BATCH, verbose=0, return_dict=True, sample_weight=sample)
    class_weight = {int(k): v for k, v in case["classWeight"].items()} if "classWeight" in case else None
    history = model.fit(x, labels, batch_size=BATCH, epochs=EPOCHS, shuffle=False, verbose=0, sample_weight=sample, class_weight=class_weight)
    return {
        **case,
        "x": digits(x),
        "y": digits(y),
        "labelShape": list(y.shape[1:]),
        **({"y2": digits(y2)} if two else {}),
        **({"sampleWeights": digits(sample)} if sample is not None else {}),
        "before": [digits(w) for w in weights],
        "evaluate": {name: float(f"{float(np.mean(value)):.8g}") for name, value in evaluated.items()},
        "history": {name: digits([np.mean(v) for v in values]) for name, values in history.history.items()},
        "after": [digits(w) for w in model.get_weights()],
    }


def case(name, loss, /, units=1, activation=None, labels="numbers", network="dense", **more):
    return {"name": name, "network": network, "units": units, "activation": activation, "labels": labels, "loss": loss, **more}


def option(kind, /, **options):
    return {"name": kind, "options": options}


def cases():
    yield case("mse, labels [n]", "mean_squared_error", flat=True, metrics=["mae", "mse", option("rootMeanSquaredError"), option("r2Score")])
    yield case("mse of three outputs", "mse", units=3, metrics=[option("r2Score"), option("cosineSimilarity")])
    yield case("mae", "mean_absolute_error", units=2, metrics=["mape", option("logCoshError")])
    yield case("mape", option("meanAbsolutePercentageError"), units=2, rate=0.00001)
    yield case("msle", "mean_squared_logarithmic_error", units=2, labels="counts", activation="softplus")
    yield case("huber", option("huber", delta=0.7), units=2)
    yield case("log cosh", "log_cosh", units=2)
    yield case("poisson", "poisson", units=2, labels="counts", activation="softplus", metrics=[option("poisson")])
    yield case("cosine similarity", "cosine_similarity", units=3)
    yield case("hinge", "hinge", labels="signs", metrics=[option("squaredHinge")])
    yield case("hinge with 0 and 1", "hinge", labels="bits")
    yield case("squared hinge", "squared_hinge", labels="signs", units=2)
    yield case("categorical hinge", "categorical_hinge", labels="rows", units=3)
    yield case("kl divergence", "kl_divergence", labels="shares", units=3, activation="softmax", metrics=[option("klDivergence")])
    yield case("dice", option("dice"), labels="bits", units=3, activation="sigmoid")
    yield case("tversky", option("tversky", alpha=0.3, beta=0.7), labels="bits", units=3, activation="sigmoid")
    yield case("sum of squares", option("meanSquaredError", reduction="sum"), units=2)
    binary = ["accuracy", option("precision"), option("recall"), option("auc"), {"name": "auc", "options": {"curve": "PR", "name": "pr_auc"}}]
    yield case("binary, labels [n]", "binary_crossentropy", labels="bits", activation="sigmoid", flat=True, metrics=binary)
    yield case("binary, several units", "bce", labels="bits", units=3, activation="sigmoid", metrics=[*binary, option("auc", multiLabel=True, name="mean_auc")])
    yield case("binary from logits", option("binaryCrossentropy", fromLogits=True), labels="bits", metrics=[option("binaryAccuracy", threshold=0)])
    yield case("binary, smoothed", option("binaryCrossentropy", labelSmoothing=0.2), labels="bits", activation="sigmoid")
    yield case("binary without logits", "binary_crossentropy", labels="bits", activation="softplus")
    yield case("binary with mse", "mse", labels="bits", activation="sigmoid", flat=True, metrics=["accuracy"])
    yield case("binary focal", option("binaryFocalCrossentropy"), labels="bits", activation="sigmoid")
    yield case("binary focal, balanced", option("binaryFocalCrossentropy", gamma=1.5, applyClassBalancing=True, fromLogits=True), labels="bits")
    yield case("binary with a softmax", "binary_crossentropy", labels="rows", units=3, activation="softmax", metrics=["accuracy"])
    rows = ["accuracy", option("categoricalAccuracy"), option("topKCategoricalAccuracy", k=2), option("precision", classId=1), option("precision", topK=1, name="top_precision"), option("f1Score", average="macro"), option("fBetaScore", average="weighted", beta=2.0), option("meanIoU", numClasses=3, sparseYTrue=False, sparseYPred=False)]
    yield case("categorical", "categorical_crossentropy", labels="rows", units=3, activation="softmax", metrics=rows)
    yield case("categorical, smoothed", option("categoricalCrossentropy", labelSmoothing=0.1), labels="rows", units=3, activation="softmax")
    yield case("categorical from logits", option("categoricalCrossentropy", fromLogits=True), labels="rows", units=3, metrics=["accuracy"])
    yield case("categorical without logits", "categorical_crossentropy", labels="rows", units=3, activation="softplus", metrics=["accuracy"])
    yield case("categorical with a sigmoid", "categorical_crossentropy", labels="rows", units=3, activation="sigmoid", metrics=["accuracy"])
    yield case("categorical focal", option("categoricalFocalCrossentropy", alpha=0.5), labels="rows", units=3, activation="softmax")
    sparse = ["accuracy", option("sparseCategoricalAccuracy"), option("sparseTopKCategoricalAccuracy", k=2)]
    yield case("sparse", "sparse_categorical_crossentropy", labels="classes", units=3, activation="softmax", metrics=[*sparse, option("sparseCategoricalCrossentropy")])
    yield case("sparse from logits", option("sparseCategoricalCrossentropy", fromLogits=True), labels="classes", units=3, metrics=sparse)
    yield case("sparse without logits", "sparse_categorical_crossentropy", labels="classes", units=3, activation="softplus", metrics=sparse)
    yield case("sparse, one class ignored", option("sparseCategoricalCrossentropy", ignoreClass=2), labels="classes", units=3, activation="softmax")
    yield case("steps of time", "sparse_categorical_crossentropy", labels="classes", units=4, activation="softmax", network="sequence", metrics=["accuracy"])
    yield case("steps of time, numbers", "mse", labels="numbers", network="sequence", metrics=["mae"])
    yield case("masked steps", "sparse_categorical_crossentropy", labels="classes", units=4, activation="softmax", network="masked", metrics=["accuracy"])
    yield case("masked steps, numbers", "mse", labels="numbers", network="masked", metrics=["mae", option("rootMeanSquaredError")])
    yield case("steps of time, labels [n, t]", "mse", labels="numbers", flat=True, network="sequence", metrics=["mae"])
    yield case("masked steps, bits", "binary_crossentropy", labels="bits", activation="sigmoid", network="masked", metrics=["accuracy", option("precision")])
    yield case("masked steps, sum", option("meanSquaredError", reduction="sum"), labels="numbers", network="masked", rate=0.001)
    yield case("penalty", "mse", units=2, l2=0.1)
    yield case("penalty of a frozen layer", "mse", units=2, l2=0.1, frozen=True)
    yield case("sample weights", "mse", units=2, weighted=True, metrics=["mae"])
    yield case("sample weights, mean by weight", option("meanSquaredError", reduction="meanWithSampleWeight"), units=2, weighted=True)
    yield case("weighted metrics", "binary_crossentropy", labels="bits", activation="sigmoid", weighted=True, metrics=["accuracy"], weightedMetrics=["accuracy", option("precision"), option("recall"), option("auc")])
    yield case("class weights, classes", "sparse_categorical_crossentropy", labels="classes", units=3, activation="softmax", classWeight={"0": 1, "1": 3, "2": 0.5}, metrics=["accuracy"])
    yield case("class weights, one unit", "binary_crossentropy", labels="bits", activation="sigmoid", flat=True, classWeight={"0": 1, "1": 4}, metrics=["accuracy"])
    yield case("class weights, rows", "categorical_crossentropy", labels="rows", units=3, activation="softmax", classWeight={"0": 2, "2": 0.5})
    yield case("two outputs", "sparse_categorical_crossentropy", labels="classes", units=3, activation="softmax", outputs=2, metrics=["accuracy"])
    yield case("two outputs, weighted", "sparse_categorical_crossentropy", labels="classes", units=3, activation="softmax", outputs=2, lossWeights={"first": 0.3, "second": 2.0}, metrics=["accuracy"])


def main():
    results = [run({**one, "seed": 100 + i}) for i, one in enumerate(cases())]
    result = {"keras": keras.__version__, "epochs": EPOCHS, "batchSize": BATCH, "cases": results}
    FILE.write_text(json.dumps(result, separators=(",", ":")).replace('},{"name"', '},\n{"name"') + "\n")
    print(f"{len(results)} cases")


if __name__ == "__main__":
    main()
