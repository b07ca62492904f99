"""Makes the expected values of the techniques' tests: Keras' own schedules, optimizers, clipping and callbacks,
driven with invented numbers.

    .venv/bin/python test/expected/make_techniques.py

Writes test/expected/techniques/*.json. The tests read these files only and need no Python. NaN is written as null.
"""

import json
import math
import os
import tempfile
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")
os.environ["KERAS_BACKEND"] = "tensorflow"

import keras
import numpy as np
from keras.optimizers import schedules
from keras.src.trainers.compile_utils import MetricsList

FOLDER = Path(__file__).parent / "techniques"


def plain(value, digits):
    """Numbers rounded to `digits` significant digits, NaN as None, through lists and dicts."""
    if isinstance(value, dict):
        return {key: plain(item, digits) for key, item in value.items()}
    if isinstance(value, (list, tuple, np.ndarray)):
        return [plain(item, digits) for item in value]
    if isinstance(value, (float, np.floating)):
        return float(f"{float(value):.{digits}g}") if math.isfinite(value) else None
    if isinstance(value, np.integer):
        return int(value)
    return value


def write(name, content, digits=8):
    """One JSON file; one line for each entry of the list of cases, so that a change shows as a small difference."""
    head = {"madeBy": "test/expected/make_techniques.py", "keras": keras.__version__}
    content = plain({**head, **content}, digits)
    cases = content.pop("cases")
    lines = ",\n".join("    " + json.dumps(case) for case in cases)
    fields = "".join(f"  {json.dumps(key)}: {json.dumps(value)},\n" for key, value in content.items())
    path = FOLDER / f"{name}.json"
    path.write_text("{\n" + fields + '  "cases": [\n' + lines + "\n  ]\n}\n")
    print(f"{path.name}: {len(cases)} cases, {path.stat().st_size} bytes")


# Schedules: Keras in float64, so that only our own rounding is left; numpy formulas where Keras has no such schedule.

STEPS = [0, 1, 7, 25, 50, 99, 100, 101, 150, 200, 250, 299, 300, 301, 449, 450, 500, 700, 701, 999, 1000, 5000]


def one_cycle(total, initial, maximum, final, anneal):
    """The 1cycle policy as straight lines between four points."""
    last = total - 1
    cycle = last * (1 - anneal)
    return lambda step: np.interp(step, [0, cycle / 2, cycle, last], [initial, maximum, initial, final])


def in_float64(kind, *arguments, **options):
    """A schedule of Keras' that computes in float64, as it does when its numbers are float64."""
    def wide(value):
        return np.float64(value) if isinstance(value, float) else value

    arguments = [[wide(item) for item in value] if isinstance(value, list) else wide(value) for value in arguments]
    return getattr(schedules, kind)(*arguments, **{name: wide(value) for name, value in options.items()})


def schedule_cases():
    """(what our factory is called, its options, what computes the expected rate)"""
    eta = {"initialLearningRate": 0.05}
    decay = {**eta, "decaySteps": 100}
    yield "powerSchedule", decay, in_float64("InverseTimeDecay", 0.05, 100, 1.0)
    yield "powerSchedule", {**decay, "power": 0.5}, lambda t: 0.05 / (1 + t / 100) ** 0.5
    yield "legacyDecay", {**eta, "decay": 0.01}, in_float64("InverseTimeDecay", 0.05, 1, 0.01)
    yield "exponentialSchedule", decay, in_float64("ExponentialDecay", 0.05, 100, 0.1)
    stairs = {"decayRate": 0.5, "staircase": True}
    yield "exponentialSchedule", {**decay, **stairs}, in_float64("ExponentialDecay", 0.05, 100, 0.5, staircase=True)
    slip = {**eta, "decaySteps": 3281.25}
    yield "exponentialSchedule", slip, in_float64("ExponentialDecay", 0.05, 3281.25, 0.1)
    stretches = {"boundaries": [100, 300], "values": [0.05, 0.02, 0.001]}
    yield "piecewiseConstant", stretches, in_float64("PiecewiseConstantDecay", [100, 300], [0.05, 0.02, 0.001])
    yield "polynomialDecay", decay, in_float64("PolynomialDecay", 0.05, 100, 0.0001)
    bent = {"endLearningRate": 0.01, "power": 2}
    yield "polynomialDecay", {**decay, **bent}, in_float64("PolynomialDecay", 0.05, 100, 0.01, power=2)
    cycling = {"power": 0.5, "cycle": True}
    yield "polynomialDecay", {**decay, **cycling}, in_float64("PolynomialDecay", 0.05, 100, 0.0001, power=0.5, cycle=True)
    yield "cosineDecay", {**decay, "alpha": 0.1}, in_float64("CosineDecay", 0.05, 100, alpha=0.1)
    warm = {"initialLearningRate": 0.0, "decaySteps": 250, "warmupTarget": 0.05, "warmupSteps": 100}
    yield "cosineDecay", warm, in_float64("CosineDecay", 0.0, 250, warmup_target=0.05, warmup_steps=100)
    first = {**eta, "firstDecaySteps": 100}
    yield "cosineDecayRestarts", first, in_float64("CosineDecayRestarts", 0.05, 100)
    equal = {"tMul": 1.0, "mMul": 0.9, "alpha": 0.05}
    restarts = in_float64("CosineDecayRestarts", 0.05, 100, t_mul=1.0, m_mul=0.9, alpha=0.05)
    yield "cosineDecayRestarts", {**first, **equal}, restarts
    longer = {"tMul": 1.7, "mMul": 0.5}
    yield "cosineDecayRestarts", {**first, **longer}, in_float64("CosineDecayRestarts", 0.05, 100, t_mul=1.7, m_mul=0.5)
    yield "oneCycle", {"maxLearningRate": 0.05, "totalSteps": 501}, one_cycle(501, 0.005, 0.05, 5e-6, 0.1)
    cycle = {"maxLearningRate": 0.05, "totalSteps": 301, "initialLearningRate": 0.002}
    cycle = {**cycle, "finalLearningRate": 0.0, "annealFraction": 0.25}
    yield "oneCycle", cycle, one_cycle(301, 0.002, 0.05, 0.0, 0.25)
    yield "constantSchedule", {"learningRate": 0.05}, lambda t: 0.05


def rates(schedule):
    """The rate at each of STEPS."""
    if isinstance(schedule, schedules.LearningRateSchedule):
        return [float(schedule(np.float64(step))) for step in STEPS]
    return [float(schedule(step)) for step in STEPS]


def make_schedules():
    cases = [
        {"factory": factory, "options": options, "rates": rates(schedule)}
        for factory, options, schedule in schedule_cases()
    ]
    write("schedules", {"steps": STEPS, "cases": cases}, digits=15)


# Optimizers: two variables, six steps of gradients, in float32 as Keras users run them.

KERNEL = [[0.5, -0.25, 1.5], [2.0, -1.0, 0.125]]
BIAS = [0.1, -0.3, 0.7]
OPTIMIZERS = [
    ("sgd", {}, keras.optimizers.SGD, {}),
    ("sgd", {"momentum": 0.9}, keras.optimizers.SGD, {"momentum": 0.9}),
    ("sgd", {"momentum": 0.9, "nesterov": True}, keras.optimizers.SGD, {"momentum": 0.9, "nesterov": True}),
    ("rmsprop", {}, keras.optimizers.RMSprop, {}),
    ("rmsprop", {"momentum": 0.5}, keras.optimizers.RMSprop, {"momentum": 0.5}),
    ("rmsprop", {"centered": True}, keras.optimizers.RMSprop, {"centered": True}),
    ("rmsprop", {"rho": 0.8, "centered": True, "momentum": 0.3, "epsilon": 0.01}, keras.optimizers.RMSprop,
     {"rho": 0.8, "centered": True, "momentum": 0.3, "epsilon": 0.01}),
    ("adagrad", {}, keras.optimizers.Adagrad, {}),
    ("adagrad", {"initialAccumulatorValue": 0.5, "epsilon": 0.01}, keras.optimizers.Adagrad,
     {"initial_accumulator_value": 0.5, "epsilon": 0.01}),
    ("adam", {}, keras.optimizers.Adam, {}),
    ("adam", {"beta1": 0.8, "beta2": 0.9, "epsilon": 0.01}, keras.optimizers.Adam,
     {"beta_1": 0.8, "beta_2": 0.9, "epsilon": 0.01}),
    ("adam", {"amsgrad": True, "beta2": 0.5}, keras.optimizers.Adam, {"amsgrad": True, "beta_2": 0.5}),
    ("adamw", {"weightDecay": 0.1}, keras.optimizers.AdamW, {"weight_decay": 0.1}),
    ("adamw", {"weightDecay": 0.1, "excludeFromWeightDecay": ["bias"]}, keras.optimizers.AdamW, {"weight_decay": 0.1}),
    ("nadam", {}, keras.optimizers.Nadam, {}),
    ("nadam", {"beta1": 0.8, "beta2": 0.9, "epsilon": 0.01}, keras.optimizers.Nadam,
     {"beta_1": 0.8, "beta_2": 0.9, "epsilon": 0.01}),
]
CLIPPINGS = {"none": {}, "clipvalue": {"clipvalue": 1.0}, "clipnorm": {"clipnorm": 1.0},
             "globalClipnorm": {"global_clipnorm": 1.0}}
RATES = {
    "constant": lambda: 0.05,
    "power": lambda: schedules.InverseTimeDecay(0.05, 3, 1.0),
    "exponential": lambda: schedules.ExponentialDecay(0.05, 4, 0.1),
}


def invented_gradients(steps=6):
    """Small and large gradients that change sign, rounded so that JSON and float32 hold the same; one step is zero."""
    random = np.random.default_rng(42)
    gradients = []
    for step in range(steps):
        size = 0 if step == 3 else 10.0 ** (step % 3 - 1)
        kernel, bias = random.normal(size=(2, 3)) * size, random.normal(size=3) * size
        gradients.append({"kernel": np.round(kernel * 1024) / 1024, "bias": np.round(bias * 1024) / 1024})
    return gradients


def train(optimizer, gradients):
    variables = {"kernel": keras.Variable(KERNEL, name="kernel"), "bias": keras.Variable(BIAS, name="bias")}
    for gradient in gradients:
        tensors = [keras.ops.convert_to_tensor(gradient[name].astype("float32")) for name in variables]
        optimizer.apply(tensors, list(variables.values()))
    return {name: np.asarray(variable.numpy()) for name, variable in variables.items()}


def make_optimizers():
    gradients = invented_gradients()
    cases = []
    for name, options, kind, keras_options in OPTIMIZERS:
        for clip, clip_options in CLIPPINGS.items():
            for schedule, rate in RATES.items():
                optimizer = kind(learning_rate=rate(), **keras_options, **clip_options)
                if "excludeFromWeightDecay" in options:
                    optimizer.exclude_from_weight_decay(var_names=options["excludeFromWeightDecay"])
                weights = train(optimizer, gradients)
                case = {"optimizer": name, "options": options, "clip": clip, "schedule": schedule}
                cases.append({**case, "weights": weights})
    # Each optimizer with nothing but its defaults, the learning rate's too.
    for name, kind in {name: kind for name, _, kind, _ in OPTIMIZERS}.items():
        case = {"optimizer": name, "options": {}, "clip": "none", "schedule": "default"}
        cases.append({**case, "weights": train(kind(), gradients)})
    start = {"kernel": KERNEL, "bias": BIAS}
    write("optimizers", {"start": start, "gradients": gradients, "cases": cases})


def make_clipping():
    gradients = [
        {"a": [0.9, 100.0]},
        {"a": [0.3, -0.4], "b": [-3.0, 4.0]},
        {"a": [0.0, 0.0], "b": [1e-4, 0.0]},
        {"a": [0.0, 0.0]},
        {"a": [-1.0, 1.0], "b": [0.5, 0.25]},
        {"a": [math.nan, 2.0], "b": [2.0, 0.5]},
    ]
    cases = []
    for way, keras_name in [("clipvalue", "clipvalue"), ("clipnorm", "clipnorm"), ("globalClipnorm", "global_clipnorm")]:
        for limit in [1.0, 0.25]:
            for named in gradients:
                optimizer = keras.optimizers.SGD(0.1, **{keras_name: limit})
                clipped = optimizer._clip_gradients([keras.ops.convert_to_tensor(g) for g in named.values()])
                result = {name: np.asarray(g) for name, g in zip(named, clipped)}
                cases.append({"way": way, "limit": limit, "gradients": named, "clipped": result})
    write("clipping", {"cases": cases}, digits=9)


# Callbacks: Keras' own, with a model that only remembers what is done to it.


class FakeModel:
    def __init__(self, learning_rate=0.01):
        self.optimizer = keras.optimizers.SGD(learning_rate)
        accuracy = keras.metrics.SparseCategoricalAccuracy(name="accuracy")
        self.metrics = [MetricsList([accuracy, keras.metrics.MeanSquaredError(name="mse")])]
        self.stop_training = False
        self.epoch = 0
        self.restored = None
        self.saved = []

    def get_weights(self):
        return self.epoch

    def set_weights(self, weights):
        self.restored = weights

    def save_weights(self, path, overwrite):
        self.saved.append(path)


NAN = math.nan
EARLY_STOPPING = [
    ({"patience": 2}, [10, 9, 9.5, 9.2, 8, 7]),
    ({"patience": 0}, [1, 0.9, 0.95, 0.8]),
    ({}, [1, 2, 0.5]),
    ({"patience": 1}, [1, 1, 0.5]),
    ({"patience": 3, "restoreBestWeights": True}, [5, 4, 4.5, 4.2, 4.1, 3]),
    ({"patience": 5, "restoreBestWeights": True}, [5, 4, 4.5, 3.9]),
    ({"patience": 2, "minDelta": 0.1}, [1.0, 0.9, 0.8, 0.75, 0.7, 0.6]),
    ({"patience": 2, "minDelta": 0.1}, [0.8, 0.7, 0.6, 0.5]),
    ({"patience": 2, "minDelta": 0.5, "mode": "max", "monitor": "val_score"}, [1, 1.5, 2.1, 2.4, 2.6, 9]),
    ({"patience": 2, "monitor": "val_accuracy"}, [0.5, 0.6, 0.6, 0.59, 0.9]),
    ({"patience": 2, "monitor": "accuracy", "restoreBestWeights": True}, [0.5, 0.7, 0.69, 0.65, 0.9]),
    ({"patience": 2, "monitor": "loss"}, [3, 2, 2.5, 2.1, 1]),
    ({"patience": 2, "monitor": "val_mse"}, [3, 2, 2.5, 2.1, 1]),
    ({"patience": 2, "baseline": 0.5}, [1, 0.9, 0.8, 0.4]),
    ({"patience": 3, "baseline": 0.5}, [1, 0.9, 0.45, 0.47, 0.46, 0.48, 0.1]),
    ({"patience": 2, "baseline": 0.5, "restoreBestWeights": True}, [1, 1.2, 0.9, 0.95]),
    ({"patience": 2, "startFromEpoch": 3, "restoreBestWeights": True}, [1, 2, 3, 5, 4, 4.5, 4.2, 3]),
    ({"patience": 2, "restoreBestWeights": True}, [3, 2, NAN, NAN, 1]),
    ({"patience": 3}, [3, NAN, 2, NAN, NAN, 1.9, NAN, NAN, NAN, 1]),
    ({"patience": 2, "monitor": "val_accuracy"}, [0.5, NAN, 0.6, NAN, NAN]),
    ({"patience": 2}, [math.inf, math.inf, 5, 6, 7, 1]),
]
KERAS_OPTION = {"restoreBestWeights": "restore_best_weights", "minDelta": "min_delta", "startFromEpoch": "start_from_epoch",
                "minLr": "min_lr", "saveBestOnly": "save_best_only", "initialValueThreshold": "initial_value_threshold"}


def keras_options(options):
    return {KERAS_OPTION.get(name, name): value for name, value in options.items()}


def encoded(values):
    return ["Infinity" if value == math.inf else value for value in values]


def run_early_stopping(options, values):
    model, callback = FakeModel(), keras.callbacks.EarlyStopping(**keras_options(options))
    callback.set_model(model)
    callback.on_train_begin()
    waits, best = [], []
    for model.epoch, value in enumerate(values):
        callback.on_epoch_end(model.epoch, {callback.monitor: float(value)})
        waits.append(callback.wait)
        best.append(callback.best_epoch)
        if model.stop_training:
            break
    callback.on_train_end()
    stopped = callback.stopped_epoch if model.stop_training else None
    expected = {"waits": waits, "bestEpochs": best, "stoppedEpoch": stopped, "restoredEpoch": model.restored}
    return {"callback": "earlyStopping", "options": options, "values": encoded(values), "expected": expected}


PLATEAU = [
    ({"patience": 2}, [1, 1, 1, 1, 1, 1]),
    ({"patience": 1, "factor": 0.5}, [1, 0.9, 0.95, 0.96, 0.8, 0.81]),
    ({"patience": 0, "factor": 0.5}, [1, 0.9, 1, 1]),
    ({"patience": 1, "factor": 0.5, "cooldown": 2}, [1, 1, 1, 1, 1, 1, 1, 1]),
    ({"patience": 2, "factor": 0.5, "cooldown": 1}, [1, 1, 1, 1, 1, 1, 0.5, 0.6, 0.6, 0.6]),
    ({"patience": 1, "factor": 0.5, "cooldown": 3}, [1, 1, 0.5, 0.6, 0.6, 0.6, 0.6]),
    ({"patience": 1, "factor": 0.1, "minLr": 0.0005}, [1, 1, 1, 1, 1]),
    ({"patience": 1, "factor": 0.1, "minLr": 0.01}, [1, 1, 1, 1]),
    ({"patience": 1, "minDelta": 0.1}, [1.0, 0.9, 0.8, 0.6]),
    ({"patience": 1}, [1, 0.9999, 0.99985, 0.9996]),
    ({"patience": 1, "minDelta": 0, "factor": 0.5}, [1, 0.9999, 0.99985, 1]),
    ({"patience": 1, "monitor": "val_accuracy"}, [0.5, 0.6, 0.6, 0.55, 0.7]),
    ({"patience": 1, "monitor": "val_score", "mode": "max", "factor": 0.2}, [1, 2, 1.5, 3]),
    ({"patience": 2, "factor": 0.5}, [1, NAN, NAN, 0.9, NAN, 0.8, NAN, NAN]),
]


def run_plateau(options, values):
    model, callback = FakeModel(), keras.callbacks.ReduceLROnPlateau(**keras_options(options))
    callback.set_model(model)
    callback.on_train_begin()
    logged, rates, waits, cooldowns = [], [], [], []
    for epoch, value in enumerate(values):
        logs = {callback.monitor: float(value)}
        callback.on_epoch_end(epoch, logs)
        logged.append(logs["learning_rate"])
        rates.append(float(model.optimizer.learning_rate.numpy()))
        waits.append(callback.wait)
        cooldowns.append(callback.cooldown_counter)
    expected = {"logged": logged, "rates": rates, "waits": waits, "cooldowns": cooldowns}
    return {"callback": "reduceLROnPlateau", "options": options, "values": encoded(values), "expected": expected}


CHECKPOINT = [
    ({"filepath": "w.weights.h5", "saveBestOnly": True}, [3, 2, 2.5, 2, 1, NAN, 0.5]),
    ({"filepath": "w.weights.h5"}, [3, 2, NAN]),
    ({"filepath": "a/{epoch:02d}-{val_loss:.2f}.weights.h5"}, [3.14159, 0.005, 12345.678]),
    ({"filepath": "{epoch}-{val_loss:.3e}-{{x}}.weights.h5", "saveBestOnly": True}, [0.00123456, 0.5, 0.001]),
    ({"filepath": "{val_loss:8.2f}{epoch:d}{val_loss:08.3f}{val_loss:.3f}.weights.h5"}, [1.23456, 98.7]),
    ({"filepath": "{epoch:03d}{val_accuracy:.1f}.weights.h5", "saveBestOnly": True, "monitor": "val_accuracy"}, [0.5, 0.4, 0.6]),
    ({"filepath": "w{epoch}.weights.h5", "saveBestOnly": True, "initialValueThreshold": 1.5}, [2, 1.6, 1.5, 1.4, 1.45]),
    ({"filepath": "w{epoch}.weights.h5", "saveBestOnly": True, "monitor": "val_score", "mode": "max"}, [1, 0.5, 2]),
]


def run_checkpoint(options, values):
    model = FakeModel()
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        callback = keras.callbacks.ModelCheckpoint(**keras_options(options), save_weights_only=True)
        callback.set_model(model)
        callback.on_train_begin()
        saved = []
        for epoch, value in enumerate(values):
            callback.on_epoch_begin(epoch)
            callback.on_epoch_end(epoch, {callback.monitor: float(value)})
            saved.append(model.saved.pop() if model.saved else "")
        os.chdir("/")
    return {"callback": "modelCheckpoint", "options": options, "values": encoded(values), "expected": {"saved": saved}}


def run_scheduler():
    model, rates, logged = FakeModel(), [], []
    callback = keras.callbacks.LearningRateScheduler(lambda epoch, rate: rate if epoch < 2 else rate * 0.5)
    callback.set_model(model)
    for epoch in range(5):
        callback.on_epoch_begin(epoch)
        rates.append(float(model.optimizer.learning_rate.numpy()))
        logs = {"loss": 1.0}
        callback.on_epoch_end(epoch, logs)
        logged.append(logs["learning_rate"])
    return {"callback": "learningRateScheduler", "options": {}, "values": [], "expected": {"rates": rates, "logged": logged}}


def run_terminate(values):
    model, callback = FakeModel(), keras.callbacks.TerminateOnNaN()
    callback.set_model(model)
    stopped = None
    for batch, value in enumerate(values):
        callback.on_batch_end(batch, {"loss": value})
        if model.stop_training:
            stopped = batch
            break
    return {"callback": "terminateOnNaN", "options": {}, "values": encoded(values), "expected": {"stoppedBatch": stopped}}


CSV = [
    ({}, [[{"val_loss": 0.5, "loss": 0.25, "accuracy": 0.75}, {"val_loss": 0.375, "loss": 0.125, "accuracy": 0.8125}]]),
    ({"separator": ";"}, [[{"loss": 0.25, "accuracy": 0.75}, {"loss": 0.5}, {"loss": 1.5, "val_loss": 2.5}]]),
    ({"append": True}, [[{"loss": 0.25, "val_loss": 0.5}], [{"loss": 0.125, "val_loss": 1.5}, {"loss": 0.0625}]]),
    ({}, [[{"loss": 0.25, "val_loss": 0.5}], [{"loss": 0.125, "val_loss": 1.5}]]),
]


def run_csv(options, runs):
    """`runs`: one list of logs for each training with the same file."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "log.csv"
        for logs in runs:
            callback = keras.callbacks.CSVLogger(str(path), **options)
            callback.set_model(FakeModel())
            callback.on_train_begin()
            for epoch, entry in enumerate(logs):
                callback.on_epoch_end(epoch, dict(entry))
            callback.on_train_end()
        text = path.read_bytes().decode()
    return {"callback": "csvLogger", "options": options, "values": runs, "expected": {"text": text}}


def directions():
    """Name of each of Keras' metrics -> whether larger or smaller is better, where Keras knows."""
    arguments = {"IoU": [3, [0]], "MeanIoU": [3], "OneHotIoU": [3, [0]], "OneHotMeanIoU": [3]}
    found = {}
    for name, kind in vars(keras.metrics).items():
        if not isinstance(kind, type) or name in ("Metric", "MeanMetricWrapper"):
            continue
        metric = kind(*arguments.get(name, [0.5] if "At" in name else []))
        if hasattr(metric, "_direction"):
            found[metric.name] = {"up": "max", "down": "min"}[metric._direction]
    return found


def make_callbacks():
    cases = [run_early_stopping(*case) for case in EARLY_STOPPING]
    cases += [run_plateau(*case) for case in PLATEAU]
    cases += [run_checkpoint(*case) for case in CHECKPOINT]
    cases += [run_scheduler()]
    cases += [run_terminate(values) for values in ([1.0, NAN, 2.0], [1.0, 2.0, math.inf], [3.0, 2.0, 1.0], [NAN])]
    cases += [run_csv(*case) for case in CSV]
    write("callbacks", {"directions": directions(), "cases": cases})


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    make_schedules()
    make_optimizers()
    make_clipping()
    make_callbacks()
