"""The peers of scripts/bench/tune.ts: Optuna and Keras Tuner over Keras.

    tune_peers.py DATA    DATA is a folder with train_features.bin, train_labels.bin, valid_… (bytes); answers each line
                          of JSON {"who", "seed", "trials", "epochs"} with one: {"seconds", "trials", "epochs", "best"}

`who` is optuna-random (RandomSampler, no pruner), optuna-asha (RandomSampler, SuccessiveHalvingPruner), optuna-tpe (its
default sampler, with that pruner), kt-random (RandomSearch) or kt-hyperband (Hyperband, one iteration).
Keras trains from arrays with 32 steps per execution, which is the fastest way here for networks of this size that are
trained for a few epochs each; XLA would take longer to compile than it saves.
"""

import json
import os
import shutil
import sys
import tempfile
import time

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import keras
import keras_tuner
import numpy as np
import optuna

optuna.logging.set_verbosity(optuna.logging.ERROR)
folder = sys.argv[1]


def read(part):
    features = np.fromfile(os.path.join(folder, f"{part}_features.bin"), np.uint8).reshape(-1, 28, 28)
    return features.astype(np.float32) / 255, np.fromfile(os.path.join(folder, f"{part}_labels.bin"), np.uint8)


x, y = read("train")
validation = read("valid")


def build(layers, units, learning_rate, activation):
    keras.backend.clear_session()
    hidden = [keras.layers.Dense(units, activation=activation) for _ in range(layers)]
    top = keras.layers.Dense(10, activation="softmax")
    model = keras.Sequential([keras.layers.Input((28, 28)), keras.layers.Flatten(), *hidden, top])
    model.compile(
        optimizer=keras.optimizers.SGD(learning_rate),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
        steps_per_execution=32,
        jit_compile=False,
    )
    return model


FIT = {"batch_size": 32, "validation_data": validation, "verbose": 0}


class Pruning(keras.callbacks.Callback):
    def __init__(self, trial):
        super().__init__()
        self.trial = trial

    def on_epoch_end(self, epoch, logs=None):
        self.trial.report(logs["val_accuracy"], epoch + 1)
        if self.trial.should_prune():
            raise optuna.TrialPruned()


def with_optuna(who, seed, trials, epochs):
    trained = 0

    class Counting(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            nonlocal trained
            trained += 1

    def objective(trial):
        keras.utils.set_random_seed(seed)
        model = build(
            trial.suggest_int("layers", 1, 3),
            trial.suggest_int("units", 10, 100),
            trial.suggest_float("learning_rate", 1e-3, 1, log=True),
            trial.suggest_categorical("activation", ["relu", "selu", "tanh"]),
        )
        callbacks = [Counting()] + ([] if who == "optuna-random" else [Pruning(trial)])
        history = model.fit(x, y, epochs=epochs, callbacks=callbacks, **FIT)
        return max(history.history["val_accuracy"])

    tpe = who == "optuna-tpe"
    study = optuna.create_study(
        direction="maximize",
        sampler=optuna.samplers.TPESampler(seed=seed) if tpe else optuna.samplers.RandomSampler(seed=seed),
        pruner=optuna.pruners.NopPruner()
        if who == "optuna-random"
        else optuna.pruners.SuccessiveHalvingPruner(min_resource=1, reduction_factor=3),
    )
    study.optimize(objective, n_trials=trials)
    best = max((max(t.intermediate_values.values(), default=t.value) for t in study.trials if t.value is not None), default=0)
    return {"trials": len(study.trials), "epochs": trained, "best": max(best, study.best_value)}


def with_keras_tuner(who, seed, trials, epochs):
    trained = 0

    class Counting(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            nonlocal trained
            trained += 1

        def __deepcopy__(self, memo):
            return self

    def model_of(hp):
        keras.utils.set_random_seed(seed)
        return build(
            hp.Int("layers", 1, 3),
            hp.Int("units", 10, 100),
            hp.Float("learning_rate", 1e-3, 1, sampling="log"),
            hp.Choice("activation", ["relu", "selu", "tanh"]),
        )

    place = tempfile.mkdtemp()
    common = {"objective": "val_accuracy", "seed": seed, "directory": place, "project_name": "t", "overwrite": True}
    if who == "kt-random":
        tuner = keras_tuner.RandomSearch(model_of, max_trials=trials, **common)
        options = {"epochs": epochs}
    else:
        tuner = keras_tuner.Hyperband(model_of, max_epochs=epochs, factor=3, hyperband_iterations=1, **common)
        options = {"epochs": epochs}
    try:
        tuner.search(x, y, callbacks=[Counting()], **options, **FIT)
        best = tuner.oracle.get_best_trials(1)[0].score
        return {"trials": len(tuner.oracle.trials), "epochs": trained, "best": best}
    finally:
        shutil.rmtree(place)


def answer(who, seed, trials, epochs):
    keras.utils.set_random_seed(seed)
    started = time.perf_counter()
    run = with_optuna if who.startswith("optuna") else with_keras_tuner
    found = run(who, seed, trials, epochs)
    return {"seconds": time.perf_counter() - started, **found}


# What others print must not stand between the answers.
out = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)
build(1, 10, 0.01, "relu").fit(x[:64], y[:64], verbose=0)
for line in sys.stdin:
    print(json.dumps(answer(**json.loads(line))), file=out, flush=True)
