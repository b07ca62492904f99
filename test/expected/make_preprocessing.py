"""Expected values of Keras' preprocessing layers: `python make_preprocessing.py` writes layers/preprocessing.json."""

import json
import os
from pathlib import Path

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import keras
import numpy as np


def images(height, width, count=2, channels=3):
    """Whole numbers without pattern, the same here and in the test."""
    size = count * height * width * channels
    return (((np.arange(size) * 7919) % 251)).astype("float32").reshape(count, height, width, channels)


SIZES = [((7, 9), (4, 5)), ((4, 5), (9, 7)), ((6, 6), (3, 3)), ((5, 8), (5, 4)), ((3, 8), (6, 4))]


def rounded(value):
    return np.round(np.asarray(value, dtype="float64"), 4).ravel().tolist()


def resizing():
    for (height, width), (to_height, to_width) in SIZES:
        for interpolation in ["nearest", "bilinear"]:
            for crop in [False, True]:
                layer = keras.layers.Resizing(to_height, to_width, interpolation=interpolation, crop_to_aspect_ratio=crop)
                expected = layer(images(height, width))
                options = {"height": to_height, "width": to_width, "interpolation": interpolation, "cropToAspectRatio": crop}
                yield {"layer": "resizing", "options": options, "input": [height, width], "expected": rounded(expected)}


def center_crop():
    for (height, width), (to_height, to_width) in SIZES:
        expected = keras.layers.CenterCrop(to_height, to_width)(images(height, width))
        options = {"height": to_height, "width": to_width}
        yield {"layer": "centerCrop", "options": options, "input": [height, width], "expected": rounded(expected)}


def up_sampling():
    for interpolation in ["nearest", "bilinear"]:
        for size in [(2, 2), (3, 2)]:
            expected = keras.layers.UpSampling2D(size, interpolation=interpolation)(images(3, 4))
            options = {"size": size, "interpolation": interpolation}
            yield {"layer": "upSampling2d", "options": options, "input": [3, 4], "expected": rounded(expected)}


NUMBERS = {"one each": [[3], [0], [1]], "rows": [[0, 1, 1], [2, 2, 2], [3, 0, 3]], "plain": [2, 0, 3]}


def category_encoding():
    for name, numbers in NUMBERS.items():
        for mode, ours in [("one_hot", "oneHot"), ("multi_hot", "multiHot"), ("count", "count")]:
            if mode == "one_hot" and name == "rows" or name == "plain" and mode != "one_hot":
                continue
            expected = keras.layers.CategoryEncoding(num_tokens=4, output_mode=mode)(np.array(numbers))
            options = {"numTokens": 4, "outputMode": ours}
            shape = list(expected.shape)
            yield {"layer": "categoryEncoding", "options": options, "numbers": numbers, "shape": shape, "expected": rounded(expected)}


cases = [*resizing(), *center_crop(), *up_sampling(), *category_encoding()]
path = Path(__file__).parent / "layers" / "preprocessing.json"
path.write_text("[\n" + ",\n".join(json.dumps(case) for case in cases) + "\n]\n")
print(f"{len(cases)} cases of Keras {keras.__version__}: {path}")
