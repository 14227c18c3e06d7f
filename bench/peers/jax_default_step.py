"""The step of the default models in JAX with optax's Adam, the generator's forward pass once; one jit.

JAX has no option for its threads: the bench starts it on as many processors.
"""

from functools import partial

import jax
import jax.numpy as jnp
import optax
from jax import Array, lax

from default_pair import (
    AVERAGE_DECAY,
    CLASSES,
    DEFAULT_BETA1,
    DEFAULT_BETA2,
    DEFAULT_LATENT_SIZE,
    DEFAULT_LEARNING_RATE,
    NOISE,
    PENALTY_WEIGHT,
)
from jax_step import cross_entropy, layer, leaky_relu, multilayer_perceptron
from serve import PIXELS, serve, worker_options

STARTS = DEFAULT_LATENT_SIZE + CLASSES


def dense_pair(keys: Array, units: int):
    generator = [
        layer(keys[0], STARTS, units),
        layer(keys[1], units, 2 * units),
        layer(keys[2], 2 * units, PIXELS),
    ]
    hidden = [layer(keys[3], PIXELS, 2 * units), layer(keys[4], 2 * units, units)]

    def generate(network, start: Array) -> Array:
        return jnp.tanh(multilayer_perceptron(network, start))

    def features(network, images: Array) -> Array:
        return leaky_relu(multilayer_perceptron(network, images))

    return generator, hidden, generate, features, units


def conv_pair(keys: Array):
    generator = [
        layer(keys[0], STARTS, 512),
        layer(keys[1], 512, 7 * 7 * 32),
        layer(keys[2], 4, 4, 32, 16),
        layer(keys[3], 4, 4, 16, 1),
    ]
    hidden = [layer(keys[4], 4, 4, 1, 16), layer(keys[5], 4, 4, 16, 32), layer(keys[6], 7 * 7 * 32, 512)]

    def upsample(x: Array, weights: Array, bias: Array) -> Array:
        return lax.conv_transpose(x, weights, (2, 2), "SAME") + bias

    def downsample(x: Array, weights: Array, bias: Array) -> Array:
        layout = ("NHWC", "HWIO", "NHWC")
        return lax.conv_general_dilated(x, weights, (2, 2), "SAME", dimension_numbers=layout) + bias

    def generate(network, start: Array) -> Array:
        x = leaky_relu(multilayer_perceptron(network[:2], start)).reshape(-1, 7, 7, 32)
        x = leaky_relu(upsample(x, *network[2]))
        return jnp.tanh(upsample(x, *network[3]))

    def features(network, images: Array) -> Array:
        x = leaky_relu(downsample(images, *network[0]))
        x = leaky_relu(downsample(x, *network[1]))
        return leaky_relu(multilayer_perceptron(network[2:], x.reshape(x.shape[0], -1)))

    return generator, hidden, generate, features, 512


def main() -> None:
    options = worker_options()
    batch_size = options.batch_size
    keys = jax.random.split(jax.random.key(0), 12)
    dense = options.model == "dense-default"
    generator, hidden, generate, features, width = dense_pair(keys, options.units) if dense else conv_pair(keys)
    discriminator = (hidden, layer(keys[7], width, 1), 0.02 * jax.random.normal(keys[8], (CLASSES, width)))
    real = jax.random.uniform(keys[9], (batch_size, *((PIXELS,) if dense else (28, 28, 1))), minval=-1)
    labels = jax.nn.one_hot(jnp.arange(batch_size) % CLASSES, CLASSES)
    asked = jnp.concatenate([jax.random.normal(keys[10], (batch_size, DEFAULT_LATENT_SIZE)), labels], 1)
    both_targets = jnp.repeat(jnp.array([[1.0], [0.0]]), batch_size, axis=0)
    scale = PENALTY_WEIGHT[options.model] / NOISE**2
    adam = optax.adam(DEFAULT_LEARNING_RATE, DEFAULT_BETA1, DEFAULT_BETA2)

    def judge(network, images: Array, labels: Array) -> Array:
        layers, (weights, bias), embedding = network
        x = features(layers, images)
        return x @ weights + bias + jnp.sum(x * (labels @ embedding), axis=1, keepdims=True)

    def discriminator_losses(network, both: Array, labels: Array, key: Array):
        moved = both + NOISE * jax.random.rademacher(key, both.shape, both.dtype)
        logits, others = jnp.split(judge(network, jnp.concatenate([both, moved]), jnp.tile(labels, (4, 1))), 2)
        loss = 2 * cross_entropy(logits, both_targets)
        return loss + scale * jnp.mean(jnp.square(others - logits)), loss

    @partial(jax.jit, donate_argnums=0)
    def update(state, real, asked, labels):
        generator, discriminator, generator_adam, discriminator_adam, average, key = state
        key, drawn = jax.random.split(key)
        fake, generator_gradient = jax.vjp(lambda network: generate(network, asked), generator)

        gradients, loss_d = jax.grad(discriminator_losses, has_aux=True)(
            discriminator, jnp.concatenate([real, fake]), labels, drawn
        )
        updates, discriminator_adam = adam.update(gradients, discriminator_adam)
        discriminator = optax.apply_updates(discriminator, updates)

        loss_g, fake_gradient = jax.value_and_grad(
            lambda images: cross_entropy(judge(discriminator, images, labels), 1.0)
        )(fake)
        updates, generator_adam = adam.update(*generator_gradient(fake_gradient), generator_adam)
        generator = optax.apply_updates(generator, updates)
        average = optax.incremental_update(generator, average, 1 - AVERAGE_DECAY)
        return (generator, discriminator, generator_adam, discriminator_adam, average, key), loss_d, loss_g

    average = jax.tree.map(jnp.copy, generator)
    state = (generator, discriminator, adam.init(generator), adam.init(discriminator), average, keys[11])

    def step() -> tuple[float, float]:
        nonlocal state
        state, loss_d, loss_g = update(state, real, asked, labels)
        return float(loss_d), float(loss_g)

    serve(f"jax {jax.__version__}, optax {optax.__version__}", step)


if __name__ == "__main__":
    main()
