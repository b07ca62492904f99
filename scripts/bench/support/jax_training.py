"""JAX's side of scripts/bench/training.ts, as an expert of JAX would write it.

    jax_training.py CASE STEPS    CASE is mlp16 or mlp128; answers each line with {"scan": ms}, milliseconds per step

One jitted call an epoch: `lax.scan` over the batches, gathered by row number from bytes on the device; loss and accuracy
are summed in the scan and read after each epoch; the parameters are donated. The order is a permutation an epoch, made anew.
"""

import functools
import json
import sys
import time

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

ROWS, SHAPE, CLASSES, RATE = 20_000, (28, 28), 10, 0.01
BATCHES = {"mlp16": 16, "mlp128": 128}


def initial_parameters(random: np.random.Generator) -> list[tuple[jax.Array, jax.Array]]:
    sizes = [SHAPE[0] * SHAPE[1], 50, 50, CLASSES]

    def layer(inputs: int, outputs: int) -> tuple[jax.Array, jax.Array]:
        limit = np.sqrt(6 / (inputs + outputs))
        return jnp.array(random.uniform(-limit, limit, (inputs, outputs)).astype(np.float32)), jnp.zeros(outputs)

    return [layer(*pair) for pair in zip(sizes, sizes[1:])]


def logits(parameters, x: jax.Array) -> jax.Array:
    for weights, bias in parameters[:-1]:
        x = jax.nn.relu(x @ weights + bias)
    weights, bias = parameters[-1]
    return x @ weights + bias


def loss(parameters, x: jax.Array, y: jax.Array):
    outputs = logits(parameters, x)
    return -jnp.mean(jnp.take_along_axis(jax.nn.log_softmax(outputs), y[:, None], 1)), outputs


def answer_case(name: str, steps: int) -> None:
    random, batch = np.random.default_rng(0), BATCHES[name]
    images = jnp.array(random.integers(0, 256, (ROWS, SHAPE[0] * SHAPE[1]), dtype=np.uint8))
    labels = jnp.array(random.integers(0, CLASSES, ROWS).astype(np.int32))

    def step(carry, rows):
        parameters, total, correct = carry
        x, y = images[rows].astype(jnp.float32) / 255, labels[rows]
        (value, outputs), gradients = jax.value_and_grad(loss, has_aux=True)(parameters, x, y)
        parameters = jax.tree.map(lambda p, g: p - RATE * g, parameters, gradients)
        return (parameters, total + value, correct + jnp.mean(outputs.argmax(1) == y)), None

    @functools.partial(jax.jit, donate_argnums=0)
    def epoch(parameters, order):
        return lax.scan(step, (parameters, 0.0, 0.0), order)[0]

    per_epoch = min(ROWS // batch, steps)
    epochs = max(1, round(steps / per_epoch))
    parameters = initial_parameters(random)

    def fit() -> None:
        nonlocal parameters
        for _ in range(epochs):
            order = random.permutation(ROWS)[: per_epoch * batch].reshape(per_epoch, batch).astype(np.int32)
            parameters, total, correct = epoch(parameters, order)
            float(total), float(correct)

    fit()
    for _ in sys.stdin:
        started = time.perf_counter()
        fit()
        print(json.dumps({"scan": (time.perf_counter() - started) * 1000 / (epochs * per_epoch)}), flush=True)


answer_case(sys.argv[1], int(sys.argv[2]))
