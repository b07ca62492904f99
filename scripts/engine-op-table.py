"""Prints src/library/engine/compile/op-table.ts: output names of the operations that a step may record.

The list is what tfjs-node's kernels can emit (searched in its sources) and what this library adds; names and
statefulness come from the operation registry of the installed TensorFlow. Run it again after an upgrade:

    .venv/bin/python scripts/engine-op-table.py node_modules > src/library/engine/compile/op-table.ts
"""

import os
import pathlib
import re
import sys

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
from tensorflow.core.framework import op_def_pb2  # noqa: E402
from tensorflow.python.client import pywrap_tf_session as session  # noqa: E402

OWN = """
MatMul Const Placeholder PartitionedCall StatelessWhile
AddV2 BiasAdd BitwiseAnd StatelessRandomUniformFullIntV2 BiasAddGrad DivNoNan FusedBatchNormV3 FusedBatchNormGradV3 Identity InvGrad LeakyReluGrad
Relu6Grad ReluGrad RsqrtGrad SeluGrad SigmoidGrad SoftmaxCrossEntropyWithLogits SoftplusGrad
SparseSoftmaxCrossEntropyWithLogits SqrtGrad StatelessRandomGetKeyCounter StatelessRandomNormal
StatelessRandomNormalV2 StatelessRandomUniform StatelessRandomUniformV2 StatelessTruncatedNormal TanhGrad
TensorScatterUpdate
""".split()


def registry() -> dict[str, op_def_pb2.OpDef]:
    ops = op_def_pb2.OpList()
    ops.ParseFromString(session.TF_GetBuffer(session.TF_GetAllOpList()))
    return {op.name: op for op in ops.op}


def emitted(node_modules: pathlib.Path) -> set[str]:
    """Every quoted or `tfjs_1.`-qualified word of tfjs-node's kernels; the registry tells which are operations."""
    words: set[str] = set()
    for file in (node_modules / "@tensorflow/tfjs-node-gpu/dist").glob("**/*.js"):
        if "test" not in file.name:
            words |= set(re.findall(r"(?:'|tfjs_1\.)([A-Z]\w+)", file.read_text()))
    kernel_names = (node_modules / "@tensorflow/tfjs-core/dist/kernel_names.js").read_text()
    aliases = dict(re.findall(r"export const (\w+) = '(\w+)'", kernel_names))
    return {aliases.get(word, word) for word in words}


def main() -> None:
    known = registry()
    names = sorted((emitted(pathlib.Path(sys.argv[1])) | set(OWN)) & known.keys())
    print("/** Written by scripts/engine-op-table.py from TensorFlow's own operation registry. */\n")
    print("/**\n * Operation → names of its outputs in order (a list output stands last and is indexed).")
    print(" * `!` marks an operation with hidden state, which a replay could not repeat.\n */")
    print("export const OP_OUTPUTS: Readonly<Record<string, string>> = {")
    for name in names:
        outputs = " ".join(arg.name for arg in known[name].output_arg)
        print(f'  {name}: "{"!" if known[name].is_stateful else ""}{outputs}",')
    print("};")


main()
