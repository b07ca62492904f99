"""Makes the expected decisions of the callbacks' tests: Keras' own callbacks on invented metrics, with a model that only
remembers what is done to it.

    .venv/bin/python test/expected/make_callbacks.py

Writes test/expected/techniques/callbacks.json. The tests read this file only and need no Python. NaN is written as null.
"""

import math
import os
import tempfile
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")
os.environ["KERAS_BACKEND"] = "tensorflow"

import keras
from keras.src.trainers.compile_utils import MetricsList
from techniques_json import write


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


def main():
    cases = [run_early_stopping(*case) for case in EARLY_STOPPING]
    cases += [run_plateau(*case) for case in PLATEAU]
    cases += [run_checkpoint(*case) for case in CHECKPOINT]
    cases += [run_scheduler()]
    cases += [run_terminate(values) for values in ([1.0, NAN, 2.0], [1.0, 2.0, math.inf], [3.0, 2.0, 1.0], [NAN])]
    cases += [run_csv(*case) for case in CSV]
    write("callbacks", {"directions": directions(), "cases": cases})


if __name__ == "__main__":
    main()
