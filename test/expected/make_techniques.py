"""Makes the expected values of the techniques' tests: Keras' own schedules, optimizers and clipping on invented numbers.

    .venv/bin/python test/expected/make_techniques.py

Writes schedules.json, optimizers.json and clipping.json to test/expected/techniques. The tests read these files only
and need no Python. NaN is written as null.
"""

import math
import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")
os.environ["KERAS_BACKEND"] = "tensorflow"

import keras
import numpy as np
from keras.optimizers import schedules
from techniques_json import write

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
    yield "legacyDecaySchedule", {**eta, "decay": 0.01}, in_float64("InverseTimeDecay", 0.05, 1, 0.01)
    yield "exponentialSchedule", decay, in_float64("ExponentialDecay", 0.05, 100, 0.1)
    stairs = {"decayRate": 0.5, "staircase": True}
    yield "exponentialSchedule", {**decay, **stairs}, in_float64("ExponentialDecay", 0.05, 100, 0.5, staircase=True)
    slip = {**eta, "decaySteps": 3281.25}
    yield "exponentialSchedule", slip, in_float64("ExponentialDecay", 0.05, 3281.25, 0.1)
    stretches = {"boundaries": [100, 300], "values": [0.05, 0.02, 0.001]}
    yield "piecewiseConstantSchedule", stretches, in_float64("PiecewiseConstantDecay", [100, 300], [0.05, 0.02, 0.001])
    yield "polynomialSchedule", decay, in_float64("PolynomialDecay", 0.05, 100, 0.0001)
    bent = {"endLearningRate": 0.01, "power": 2}
    yield "polynomialSchedule", {**decay, **bent}, in_float64("PolynomialDecay", 0.05, 100, 0.01, power=2)
    cycling = {"power": 0.5, "cycle": True}
    yield "polynomialSchedule", {**decay, **cycling}, in_float64("PolynomialDecay", 0.05, 100, 0.0001, power=0.5, cycle=True)
    yield "cosineSchedule", {**decay, "alpha": 0.1}, in_float64("CosineDecay", 0.05, 100, alpha=0.1)
    warm = {"initialLearningRate": 0.0, "decaySteps": 250, "warmupTarget": 0.05, "warmupSteps": 100}
    yield "cosineSchedule", warm, in_float64("CosineDecay", 0.0, 250, warmup_target=0.05, warmup_steps=100)
    first = {**eta, "firstDecaySteps": 100}
    yield "cosineRestartsSchedule", first, in_float64("CosineDecayRestarts", 0.05, 100)
    equal = {"tMul": 1.0, "mMul": 0.9, "alpha": 0.05}
    restarts = in_float64("CosineDecayRestarts", 0.05, 100, t_mul=1.0, m_mul=0.9, alpha=0.05)
    yield "cosineRestartsSchedule", {**first, **equal}, restarts
    longer = {"tMul": 1.7, "mMul": 0.5}
    yield "cosineRestartsSchedule", {**first, **longer}, in_float64("CosineDecayRestarts", 0.05, 100, t_mul=1.7, m_mul=0.5)
    yield "oneCycleSchedule", {"maxLearningRate": 0.05, "totalSteps": 501}, one_cycle(501, 0.005, 0.05, 5e-6, 0.1)
    cycle = {"maxLearningRate": 0.05, "totalSteps": 301, "initialLearningRate": 0.002}
    cycle = {**cycle, "finalLearningRate": 0.0, "annealFraction": 0.25}
    yield "oneCycleSchedule", cycle, one_cycle(301, 0.002, 0.05, 0.0, 0.25)
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


if __name__ == "__main__":
    make_schedules()
    make_optimizers()
    make_clipping()
