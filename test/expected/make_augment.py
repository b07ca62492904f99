"""What Keras and TensorFlow compute where src/library/data/augment must compute the same.

    python test/expected/make_augment.py    writes test/expected/data/augment.json

Made with Keras 3.15 on TensorFlow 2.21, on the CPU.
"""

import json
import os
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")

import keras
import numpy as np
from keras import applications, layers

SIZES = [(9, 7), (4, 3), (5, 4), (12, 16), (3, 11)]


def numbers(array):
    return [float(f"{x:.7g}") for x in np.asarray(array, dtype="float64").ravel()]


images = np.random.default_rng(3).integers(0, 256, (2, 5, 4, 3)).astype("float32")
data = {
    "made_by": f"test/expected/make_augment.py, Keras {keras.__version__}",
    "shape": list(images.shape),
    "images": numbers(images),
    "resize": [{"size": size, "values": numbers(layers.Resizing(*size)(images))} for size in SIZES],
    "mobilenet_v2": numbers(applications.mobilenet_v2.preprocess_input(images.copy())),
    "resnet50": numbers(applications.resnet.preprocess_input(images.copy())),
}
target = Path(__file__).parent / "data" / "augment.json"
target.write_text(json.dumps(data) + "\n")
print(target.name, target.stat().st_size, "bytes")
