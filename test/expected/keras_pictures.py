"""What Keras makes of a folder of pictures: the order of its files, their labels and pixels.

    python test/expected/keras_pictures.py FOLDER SIZE VALIDATION_SPLIT SEED
"""

import json
import os
import sys

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")

import keras
import numpy as np

folder, size, split, seed = sys.argv[1], int(sys.argv[2]), float(sys.argv[3]), int(sys.argv[4])
result = {}
for subset in ("training", "validation"):
    data = keras.utils.image_dataset_from_directory(
        folder, image_size=(size, size), validation_split=split, subset=subset, seed=seed, batch_size=1000, verbose=False,
        crop_to_aspect_ratio="crop" in sys.argv)
    # In the order of the files: the data set itself is shuffled once more, pass by pass.
    files = data.file_paths
    one = keras.utils.image_dataset_from_directory(
        folder, image_size=(size, size), shuffle=False, batch_size=1000, verbose=False, crop_to_aspect_ratio="crop" in sys.argv)
    pixels, labels = next(iter(one))
    places = {path: i for i, path in enumerate(one.file_paths)}
    chosen = [places[path] for path in files]
    result[subset] = {
        "files": files,
        "labels": np.asarray(labels)[chosen].tolist(),
        "pixels": np.asarray(pixels)[chosen].reshape(len(files), -1).tolist(),
    }
    result["classNames"] = data.class_names
print(json.dumps(result))
