"""The sizes of the default models, and what their steps do, for bench/peers/pytorch_default_step.py and jax_default_step.py.

The generator takes z and a one-hot digit side by side; the discriminator adds the product of its last hidden layer and a vector
of the digit to its logit (Miyato and Koyama, arXiv 1802.05637). Its update sees real and generated images and both of them
moved by noise of +1 and -1: R1 and R2 approximated (Lin et al., arXiv 2501.08316). A moving average of the generator's weights is kept.
"""

DEFAULT_LATENT_SIZE = 64
CLASSES = 10
DEFAULT_LEARNING_RATE = 1e-3
DEFAULT_BETA1 = 0.0
DEFAULT_BETA2 = 0.99
AVERAGE_DECAY = 0.999
NOISE = 0.05
PENALTY_WEIGHT = {"dense-default": 0.1, "conv-default": 0.3}
"""gamma."""
