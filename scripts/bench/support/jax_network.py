"""A dense network's training in JAX, as an expert of JAX would write it, for jax_training.py and growth_peers.py.

One jitted call an epoch: `lax.scan` over the batches, gathered by row number from bytes on the device; loss and accuracy
are summed in the scan and read after each epoch; the parameters are donated.
"""

import functools

import jax
import jax.numpy as jnp
import numpy as np


def initial_parameters(random: np.random.Generator, sizes: list[int]) -> list[tuple[jax.Array, jax.Array]]:
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


def epoch_of(images: jax.Array, labels: jax.Array, rate: float):
    """A function of the parameters and the rows of each batch, `[steps, batch]`: new parameters, sums of loss and accuracy."""

    def step(carry, rows):
        parameters, total, correct = carry
        x, y = images[rows].astype(jnp.float32) / 255, labels[rows]
        (value, outputs), gradients = jax.value_and_grad(loss, has_aux=True)(parameters, x, y)
        parameters = jax.tree.map(lambda p, g: p - rate * g, parameters, gradients)
        return (parameters, total + value, correct + jnp.mean(outputs.argmax(1) == y)), None

    @functools.partial(jax.jit, donate_argnums=0)
    def epoch(parameters, order):
        return jax.lax.scan(step, (parameters, 0.0, 0.0), order)[0]

    return epoch
