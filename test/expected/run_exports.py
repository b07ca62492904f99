"""Runs exported models by the programs that they are for, on the samples beside them, and prints the outputs as JSON.

    python run_exports.py <inputs.json> <folder or .onnx file> …

inputs.json: { model's path: { input's name: { "values": […], "shape": […], "dtype": "float32" } } }. A `.onnx` file is run by
onnxruntime, a folder by TensorFlow; where onnxruntime is not installed, null is printed for the file.
"""
import json
import os
import sys

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import numpy as np


def arrays(inputs):
    return {name: np.array(one["values"], one["dtype"]).reshape(one["shape"]) for name, one in inputs.items()}


def by_onnxruntime(path, inputs):
    try:
        import onnxruntime
    except ImportError:
        return None
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    names = [output.name for output in session.get_outputs()]
    return dict(zip(names, session.run(names, inputs)))


def by_tensorflow(path, inputs):
    import tensorflow as tf

    serve = tf.saved_model.load(path).signatures["serving_default"]
    outputs = serve(**{name: tf.constant(array) for name, array in inputs.items()})
    return {name: output.numpy() for name, output in outputs.items()}


given = json.load(open(sys.argv[1]))
results = []
for path in sys.argv[2:]:
    run = by_onnxruntime if path.endswith(".onnx") else by_tensorflow
    outputs = run(path, arrays(given[path]))
    results.append(outputs and {name: {"values": array.ravel().tolist(), "shape": array.shape} for name, array in outputs.items()})
print(json.dumps(results))
