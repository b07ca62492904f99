"""ONNX Runtime's side of scripts/bench/inference.ts.

    onnx_inference.py MODEL ROWS CALLS    MODEL is an .onnx file of a network on [28, 28]; answers each line with {"ms": ms},
                                          milliseconds a call for ROWS samples

As its documentation has it: one session with all optimizations (the default), float32 samples in one array, the outputs as one.
"""

import json
import sys
import time

import numpy as np
import onnxruntime

rows, calls = int(sys.argv[2]), int(sys.argv[3])
session = onnxruntime.InferenceSession(sys.argv[1], providers=["CPUExecutionProvider"])
images = {session.get_inputs()[0].name: np.random.default_rng(1).random((rows, 28, 28), np.float32)}
session.run(None, images)
for _ in sys.stdin:
    started = time.perf_counter()
    for _ in range(calls):
        session.run(None, images)
    print(json.dumps({"ms": (time.perf_counter() - started) * 1000 / calls}), flush=True)
