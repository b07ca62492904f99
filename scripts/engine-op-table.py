"""Prints a table of the operations that a step may record: names of their outputs, or types of their inputs.

The list is what tfjs-node's kernels can emit (searched in its sources) and what this library adds; names, types and
statefulness come from the operation registry of the installed TensorFlow. Run it again after an upgrade:

    .venv/bin/python scripts/engine-op-table.py node_modules outputs > src/library/engine/compile/op-table.ts
    .venv/bin/python scripts/engine-op-table.py node_modules inputs > src/library/engine/compile/op-input-types.ts
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
AddV2 BiasAdd BitwiseAnd BlockLSTMGradV2 BlockLSTMV2 StatelessRandomUniformFullIntV2 BiasAddGrad DivNoNan FusedBatchNormV3 FusedBatchNormGradV3 Identity InvGrad LeakyReluGrad
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


def outputs(op: op_def_pb2.OpDef) -> str:
    return ("!" if op.is_stateful else "") + " ".join(arg.name for arg in op.output_arg)


def inputs(op: op_def_pb2.OpDef) -> str:
    if any(arg.type_list_attr for arg in op.input_arg):
        return ""
    types = [(arg.type_attr or "-") + ("*" if arg.number_attr else "") for arg in op.input_arg]
    return " ".join(types) if any(one not in "-*" for one in types) else ""


OUTPUTS_HEAD = """
/**
 * Operation → names of its outputs in order (a list output stands last and is indexed).
 * `!` marks an operation with hidden state, which a replay could not repeat.
 */
export const OP_OUTPUTS: Readonly<Record<string, string>> = {"""

INPUTS_HEAD = """
/**
 * Operation → for each of its inputs the attribute that names its element type; `-` where the type is fixed, `*` for a
 * list of inputs of one type. Operations without such attributes are left out.
 */
export const OP_INPUT_TYPES: Readonly<Record<string, string>> = {"""


def main() -> None:
    known = registry()
    names = sorted((emitted(pathlib.Path(sys.argv[1])) | set(OWN)) & known.keys())
    head, describe = {"outputs": (OUTPUTS_HEAD, outputs), "inputs": (INPUTS_HEAD, inputs)}[sys.argv[2]]
    print("/** Written by scripts/engine-op-table.py from TensorFlow's own operation registry. */")
    print(head)
    for name in names:
        text = describe(known[name])
        if text or describe is outputs:
            print(f'  {name}: "{text}",')
    print("};")


main()
