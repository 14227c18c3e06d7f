"""The step in TensorFlow with Keras models, real and fake images as one batch, the generator's forward pass once.

Variants: `function`, by tf.function; `xla`, by tf.function with XLA.
"""

import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import layers

from serve import BETA1, LATENT_SIZE, LEAKY_SLOPE, LEARNING_RATE, PIXELS, REAL_LABEL, serve, worker_options


def leaky_relu() -> layers.Layer:
    return layers.LeakyReLU(LEAKY_SLOPE)


def dense_pair(units: int) -> tuple[keras.Model, keras.Model]:
    generator = keras.Sequential([
        layers.Input((LATENT_SIZE,)),
        layers.Dense(units),
        leaky_relu(),
        layers.Dense(2 * units),
        leaky_relu(),
        layers.Dense(PIXELS, activation="tanh"),
    ])
    discriminator = keras.Sequential([
        layers.Input((PIXELS,)),
        layers.Dense(units),
        leaky_relu(),
        layers.Dense(2 * units),
        leaky_relu(),
        layers.Dense(1),
    ])
    return generator, discriminator


def conv_pair() -> tuple[keras.Model, keras.Model]:
    generator = keras.Sequential([
        layers.Input((LATENT_SIZE,)),
        layers.Dense(512),
        leaky_relu(),
        layers.Dense(7 * 7 * 64),
        leaky_relu(),
        layers.Reshape((7, 7, 64)),
        layers.Conv2DTranspose(64, 5, 2, "same"),
        leaky_relu(),
        layers.Conv2DTranspose(1, 5, 2, "same", activation="tanh"),
    ])
    discriminator = keras.Sequential([
        layers.Input((28, 28, 1)),
        layers.Conv2D(64, 5, 2, "same"),
        leaky_relu(),
        layers.Conv2D(128, 5, 2, "same"),
        leaky_relu(),
        layers.Flatten(),
        layers.Dense(512),
        leaky_relu(),
        layers.Dense(1),
    ])
    return generator, discriminator


def cross_entropy(logits: tf.Tensor, labels: tf.Tensor) -> tf.Tensor:
    return tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(labels, logits))


def main() -> None:
    options = worker_options()
    batch_size = options.batch_size
    tf.config.threading.set_intra_op_parallelism_threads(options.threads)
    tf.config.threading.set_inter_op_parallelism_threads(options.threads)
    tf.random.set_seed(0)

    generator, discriminator = dense_pair(options.units) if options.model == "dense" else conv_pair()
    real = tf.random.uniform((batch_size, *discriminator.input_shape[1:]), -1, 1)
    z = tf.random.uniform((batch_size, LATENT_SIZE), -1, 1)
    both_labels = tf.concat([tf.fill((batch_size, 1), REAL_LABEL), tf.zeros((batch_size, 1))], 0)
    fooled_labels = tf.ones((batch_size, 1))

    generator_adam = keras.optimizers.Adam(LEARNING_RATE, BETA1)
    discriminator_adam = keras.optimizers.Adam(LEARNING_RATE, BETA1)
    generator_adam.build(generator.trainable_variables)
    discriminator_adam.build(discriminator.trainable_variables)

    @tf.function(jit_compile=options.variant == "xla")
    def update() -> tuple[tf.Tensor, tf.Tensor]:
        with tf.GradientTape() as generator_tape:
            fake = generator(z, training=True)
            with generator_tape.stop_recording():
                with tf.GradientTape() as discriminator_tape:
                    logits = discriminator(tf.concat([real, fake], 0), training=True)
                    loss_d = 2 * cross_entropy(logits, both_labels)
                variables = discriminator.trainable_variables
                gradients = discriminator_tape.gradient(loss_d, variables)
                discriminator_adam.apply_gradients(zip(gradients, variables, strict=True))
            loss_g = cross_entropy(discriminator(fake, training=True), fooled_labels)
        variables = generator.trainable_variables
        gradients = generator_tape.gradient(loss_g, variables)
        generator_adam.apply_gradients(zip(gradients, variables, strict=True))
        return loss_d, loss_g

    def step() -> tuple[float, float]:
        loss_d, loss_g = update()
        return float(loss_d), float(loss_g)

    serve(f"tensorflow {tf.__version__}, keras {keras.__version__}", step)


if __name__ == "__main__":
    main()
