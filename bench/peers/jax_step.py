"""The step in JAX with optax's Adam, real and fake images as one batch, the generator's forward pass once; one jit.

JAX has no option for its threads: the bench starts it on as many processors.
"""

from functools import partial

import jax
import jax.numpy as jnp
import optax
from jax import Array, lax

from serve import BETA1, LATENT_SIZE, LEAKY_SLOPE, LEARNING_RATE, PIXELS, REAL_LABEL, serve, worker_options

Layer = tuple[Array, Array]  # weights and bias
Network = list[Layer]


def leaky_relu(x: Array) -> Array:
    return jax.nn.leaky_relu(x, LEAKY_SLOPE)


def layer(key: Array, *shape: int) -> Layer:
    return jax.nn.initializers.glorot_uniform()(key, shape), jnp.zeros(shape[-1])


def multilayer_perceptron(network: Network, x: Array) -> Array:
    *hidden, (weights, bias) = network
    for hidden_weights, hidden_bias in hidden:
        x = leaky_relu(x @ hidden_weights + hidden_bias)
    return x @ weights + bias


def dense_pair(keys: Array, units: int):
    generator = [
        layer(keys[0], LATENT_SIZE, units),
        layer(keys[1], units, 2 * units),
        layer(keys[2], 2 * units, PIXELS),
    ]
    discriminator = [
        layer(keys[3], PIXELS, units),
        layer(keys[4], units, 2 * units),
        layer(keys[5], 2 * units, 1),
    ]

    def generate(network: Network, z: Array) -> Array:
        return jnp.tanh(multilayer_perceptron(network, z))

    return generator, discriminator, generate, multilayer_perceptron


def conv_pair(keys: Array):
    generator = [
        layer(keys[0], LATENT_SIZE, 512),
        layer(keys[1], 512, 7 * 7 * 64),
        layer(keys[2], 5, 5, 64, 64),
        layer(keys[3], 5, 5, 64, 1),
    ]
    discriminator = [
        layer(keys[4], 5, 5, 1, 64),
        layer(keys[5], 5, 5, 64, 128),
        layer(keys[6], 7 * 7 * 128, 512),
        layer(keys[7], 512, 1),
    ]

    def upsample(x: Array, weights: Array, bias: Array) -> Array:
        return lax.conv_transpose(x, weights, (2, 2), "SAME") + bias

    def downsample(x: Array, weights: Array, bias: Array) -> Array:
        layout = ("NHWC", "HWIO", "NHWC")
        return lax.conv_general_dilated(x, weights, (2, 2), "SAME", dimension_numbers=layout) + bias

    def generate(network: Network, z: Array) -> Array:
        x = leaky_relu(multilayer_perceptron(network[:2], z)).reshape(-1, 7, 7, 64)
        x = leaky_relu(upsample(x, *network[2]))
        return jnp.tanh(upsample(x, *network[3]))

    def judge(network: Network, images: Array) -> Array:
        x = leaky_relu(downsample(images, *network[0]))
        x = leaky_relu(downsample(x, *network[1]))
        return multilayer_perceptron(network[2:], x.reshape(x.shape[0], -1))

    return generator, discriminator, generate, judge


def cross_entropy(logits: Array, labels: Array | float) -> Array:
    return jnp.mean(jax.nn.softplus(logits) - logits * labels)


def main() -> None:
    options = worker_options()
    batch_size = options.batch_size
    keys = jax.random.split(jax.random.key(0), 10)
    if options.model == "dense":
        generator, discriminator, generate, judge = dense_pair(keys, options.units)
        image_shape = (PIXELS,)
    else:
        generator, discriminator, generate, judge = conv_pair(keys)
        image_shape = (28, 28, 1)
    real = jax.random.uniform(keys[8], (batch_size, *image_shape), minval=-1)
    z = jax.random.uniform(keys[9], (batch_size, LATENT_SIZE), minval=-1)
    both_labels = jnp.repeat(jnp.array([[REAL_LABEL], [0.0]]), batch_size, axis=0)
    adam = optax.adam(LEARNING_RATE, BETA1)

    @partial(jax.jit, donate_argnums=0)
    def update(state, real, z):
        generator, discriminator, generator_adam, discriminator_adam = state
        fake, generator_gradient = jax.vjp(lambda network: generate(network, z), generator)

        both = jnp.concatenate([real, fake])
        loss_d, gradients = jax.value_and_grad(
            lambda network: 2 * cross_entropy(judge(network, both), both_labels)
        )(discriminator)
        updates, discriminator_adam = adam.update(gradients, discriminator_adam)
        discriminator = optax.apply_updates(discriminator, updates)

        loss_g, fake_gradient = jax.value_and_grad(
            lambda images: cross_entropy(judge(discriminator, images), 1.0)
        )(fake)
        updates, generator_adam = adam.update(*generator_gradient(fake_gradient), generator_adam)
        generator = optax.apply_updates(generator, updates)
        return (generator, discriminator, generator_adam, discriminator_adam), loss_d, loss_g

    state = (generator, discriminator, adam.init(generator), adam.init(discriminator))

    def step() -> tuple[float, float]:
        nonlocal state
        state, loss_d, loss_g = update(state, real, z)
        return float(loss_d), float(loss_g)

    serve(f"jax {jax.__version__}, optax {optax.__version__}", step)


if __name__ == "__main__":
    main()
