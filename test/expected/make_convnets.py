"""What Keras' image networks compute where src/library/models must compute the same.

    DNN_LAB_MODELS=… python test/expected/make_convnets.py      writes test/expected/models/convnets.json
    python test/expected/make_convnets.py exchange IN OUT       for the test of ResNet50's weights: prints the features that
                                                                Keras computes with the weights in IN, then gives the model
                                                                random weights, saves them to OUT and prints theirs
    python test/expected/make_convnets.py save FOLDER           a small model as .keras, .weights.h5 and .h5, and its outputs

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
from keras import applications, layers

TARGET = Path(__file__).parent / "models" / "convnets.json"
WEIGHTS = "mobilenet_v2_weights_tf_dim_ordering_tf_kernels_0.35_224_no_top.h5"
SIZES = [(96, 96), (160, 160), (224, 224), (97, 130)]
ALPHAS = [0.35, 0.5, 0.75, 1.0, 1.3, 1.4]
EVERY = 16


def images(height, width, count=2):
    """Waves from -1 to 1 that differ between images and channels."""
    n, h, w, c = np.meshgrid(*(np.arange(size, dtype="float64") for size in (count, height, width, 3)), indexing="ij")
    return np.sin(0.1 * (h + 1) * (c + 1) + 0.07 * w * (n + 1)).astype("float32")


def numbers(array):
    return [float(f"{x:.7g}") for x in np.asarray(array, dtype="float64").ravel()]


def mobilenet(**options):
    return applications.MobileNetV2(**{"weights": None, "include_top": False, **options})


def write():
    path = str(Path(os.environ["DNN_LAB_MODELS"]) / WEIGHTS)
    features = {}
    for height, width in SIZES:
        model = mobilenet(alpha=0.35, input_shape=(height, width, 3), weights=path, pooling="avg")
        features[f"{height}x{width}"] = numbers(np.asarray(model(images(height, width)))[:, ::EVERY])
    params = {}
    for alpha in ALPHAS:
        for top in (False, True):
            params[f"{alpha}{' top' if top else ''}"] = mobilenet(alpha=alpha, include_top=top).count_params()
    resnet = applications.ResNet50(weights=None, include_top=False, input_shape=(64, 64, 3))
    data = {
        "made_by": f"test/expected/make_convnets.py, Keras {keras.__version__}",
        "every": EVERY,
        "mobilenet_features": features,
        "mobilenet_params": params,
        "mobilenet_layers": [layer.name for layer in mobilenet(alpha=0.35).layers],
        "mobilenet_shape": list(mobilenet(alpha=1.4, input_shape=(97, 130, 3)).output_shape),
        "resnet_layers": [layer.name for layer in resnet.layers],
        "resnet_params": [resnet.count_params(), applications.ResNet50(weights=None).count_params()],
    }
    TARGET.write_text(json.dumps(data) + "\n")
    print(TARGET.name, TARGET.stat().st_size, "bytes")


def exchange(source, target):
    model = applications.ResNet50(weights=None, include_top=False, input_shape=(64, 64, 3), pooling="avg")
    model.load_weights(source)
    received = numbers(model(images(64, 64)))
    random = np.random.default_rng(7)
    spread = lambda w: 0.1 if w.ndim == 1 else 0.001
    model.set_weights([w + random.uniform(0, spread(w), w.shape).astype("float32") for w in model.get_weights()])
    model.save_weights(target)
    print(json.dumps({"received": received, "sent": numbers(model(images(64, 64)))}))


def save(folder):
    keras.utils.set_random_seed(5)
    model = keras.Sequential(
        [
            layers.Input((8, 8, 3)),
            layers.Conv2D(4, 3, name="first"),
            layers.BatchNormalization(name="norm"),
            layers.Flatten(),
            layers.Dense(3, name="head"),
        ]
    )
    model.set_weights([w + 0.1 for w in model.get_weights()])
    for name in ("model.keras", "model.weights.h5", "model.h5"):
        path = str(Path(folder) / name)
        model.save_weights(path) if name.endswith(".weights.h5") else model.save(path)
    model.save_weights(str(Path(folder) / "only.weights.h5"))
    print(json.dumps(numbers(model(images(8, 8)))))


if __name__ == "__main__":
    command, *arguments = sys.argv[1:] or ["write"]
    {"write": write, "exchange": exchange, "save": save}[command](*arguments)
