"""Loads whole models and prints what each predicts for the inputs beside it.

    python test/expected/keras_predictions.py MODEL.keras INPUTS.json [MODEL.keras INPUTS.json ...]
"""

import json
import os
import sys

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")

import keras
import numpy as np

result = []
for path, inputs in zip(sys.argv[1::2], sys.argv[2::2]):
    with open(inputs) as file:
        x = np.asarray(json.load(file), dtype="float32")
    result.append(np.asarray(keras.models.load_model(path).predict(x, verbose=0)).tolist())
print(json.dumps(result))
