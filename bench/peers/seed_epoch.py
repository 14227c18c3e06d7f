"""The first seed's training loop on TensorFlow's v1 API: feed_dict, two session runs a batch, losses once an epoch."""

import os
import time

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import numpy as np
import tensorflow.compat.v1 as tf

from mnist_files import run_options, tell, train_images

LATENT_SIZE = 100
PIXELS = 784
UNITS = 128
LEAKY_SLOPE = 0.01
LEARNING_RATE = 0.002
BETA1 = 0.9
SMOOTHING = 0.1


def dense(x: tf.Tensor, outputs: int, name: str) -> tf.Tensor:
    with tf.variable_scope(name):
        shape = (int(x.shape[1]), outputs)
        weights = tf.get_variable("kernel", shape, initializer=tf.glorot_uniform_initializer())
        bias = tf.get_variable("bias", (outputs,), initializer=tf.zeros_initializer())
        return tf.matmul(x, weights) + bias


def leaky_relu(x: tf.Tensor) -> tf.Tensor:
    return tf.maximum(x * LEAKY_SLOPE, x)


def generator(z: tf.Tensor) -> tf.Tensor:
    with tf.variable_scope("generator"):
        x = leaky_relu(dense(z, UNITS, "dense_1"))
        x = leaky_relu(dense(x, 2 * UNITS, "dense_2"))
        return tf.tanh(dense(x, PIXELS, "dense_3"))


def discriminator(images: tf.Tensor, reuse: bool) -> tf.Tensor:
    with tf.variable_scope("discriminator", reuse=reuse):
        x = leaky_relu(dense(images, UNITS, "dense_1"))
        x = leaky_relu(dense(x, 2 * UNITS, "dense_2"))
        return dense(x, 1, "dense_3")


def cross_entropy(logits: tf.Tensor, label: float) -> tf.Tensor:
    labels = tf.ones_like(logits) * label
    return tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(logits=logits, labels=labels))


def main() -> None:
    options = run_options()
    tf.disable_eager_execution()
    images = train_images(options.data)

    real = tf.placeholder(tf.float32, (None, PIXELS))
    z = tf.placeholder(tf.float32, (None, LATENT_SIZE))
    on_real = discriminator(real, reuse=False)
    on_fake = discriminator(generator(z), reuse=True)
    loss_d = cross_entropy(on_real, 1 - SMOOTHING) + cross_entropy(on_fake, 0.0)
    loss_g = cross_entropy(on_fake, 1.0)

    def update(loss: tf.Tensor, scope: str) -> tf.Operation:
        variables = tf.get_collection(tf.GraphKeys.TRAINABLE_VARIABLES, scope)
        return tf.train.AdamOptimizer(LEARNING_RATE, BETA1).minimize(loss, var_list=variables)

    update_d = update(loss_d, "discriminator")
    update_g = update(loss_g, "generator")

    threads = tf.ConfigProto(
        intra_op_parallelism_threads=options.threads,
        inter_op_parallelism_threads=options.threads,
    )
    with tf.Session(config=threads) as session:
        session.run(tf.global_variables_initializer())
        for epoch in range(options.epochs):
            start = time.perf_counter()
            order = np.random.permutation(len(images))
            batches = len(images) // options.batch_size
            for k in range(batches):
                rows = order[k * options.batch_size : (k + 1) * options.batch_size]
                batch = images[rows] * 2 - 1
                noise = np.random.uniform(-1, 1, (options.batch_size, LATENT_SIZE))
                session.run(update_d, {real: batch, z: noise})
                session.run(update_g, {z: noise})
                if epoch == 0 and k == 0:
                    tell("step")
            losses = session.run([loss_d, loss_g], {real: batch, z: noise})
            tell("epoch", seconds=time.perf_counter() - start, losses=[float(x) for x in losses])


if __name__ == "__main__":
    main()
