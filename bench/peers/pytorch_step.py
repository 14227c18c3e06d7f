"""The step in PyTorch.

Variants: `eager`, as it is usually written; `concatenated`, real and fake images as one batch, fused Adam and, for
convolutions, channels last; `compile`, the latter through torch.compile.
"""

import torch
from torch import Tensor, nn
from torch.nn.functional import binary_cross_entropy_with_logits

from serve import BETA1, LATENT_SIZE, LEAKY_SLOPE, LEARNING_RATE, PIXELS, REAL_LABEL, serve, worker_options


def dense_pair(units: int) -> tuple[nn.Module, nn.Module]:
    generator = nn.Sequential(
        nn.Linear(LATENT_SIZE, units),
        nn.LeakyReLU(LEAKY_SLOPE),
        nn.Linear(units, 2 * units),
        nn.LeakyReLU(LEAKY_SLOPE),
        nn.Linear(2 * units, PIXELS),
        nn.Tanh(),
    )
    discriminator = nn.Sequential(
        nn.Linear(PIXELS, units),
        nn.LeakyReLU(LEAKY_SLOPE),
        nn.Linear(units, 2 * units),
        nn.LeakyReLU(LEAKY_SLOPE),
        nn.Linear(2 * units, 1),
    )
    return generator, discriminator


def conv_pair() -> tuple[nn.Module, nn.Module]:
    generator = nn.Sequential(
        nn.Linear(LATENT_SIZE, 512),
        nn.LeakyReLU(LEAKY_SLOPE),
        nn.Linear(512, 7 * 7 * 64),
        nn.LeakyReLU(LEAKY_SLOPE),
        nn.Unflatten(1, (64, 7, 7)),
        nn.ConvTranspose2d(64, 64, 5, stride=2, padding=2, output_padding=1),
        nn.LeakyReLU(LEAKY_SLOPE),
        nn.ConvTranspose2d(64, 1, 5, stride=2, padding=2, output_padding=1),
        nn.Tanh(),
    )
    discriminator = nn.Sequential(
        nn.Conv2d(1, 64, 5, stride=2, padding=2),
        nn.LeakyReLU(LEAKY_SLOPE),
        nn.Conv2d(64, 128, 5, stride=2, padding=2),
        nn.LeakyReLU(LEAKY_SLOPE),
        nn.Flatten(),
        nn.Linear(7 * 7 * 128, 512),
        nn.LeakyReLU(LEAKY_SLOPE),
        nn.Linear(512, 1),
    )
    return generator, discriminator


def main() -> None:
    options = worker_options()
    batch_size = options.batch_size
    tuned = options.variant != "eager"
    torch.set_num_threads(options.threads)
    torch.manual_seed(0)

    generator, discriminator = dense_pair(options.units) if options.model == "dense" else conv_pair()
    image_shape = (PIXELS,) if options.model == "dense" else (1, 28, 28)
    real = torch.rand(batch_size, *image_shape) * 2 - 1
    z = torch.rand(batch_size, LATENT_SIZE) * 2 - 1
    if tuned and options.model == "conv":
        generator = generator.to(memory_format=torch.channels_last)
        discriminator = discriminator.to(memory_format=torch.channels_last)
        real = real.contiguous(memory_format=torch.channels_last)

    adam = {"lr": LEARNING_RATE, "betas": (BETA1, 0.999), "fused": tuned}
    generator_adam = torch.optim.Adam(generator.parameters(), **adam)
    discriminator_adam = torch.optim.Adam(discriminator.parameters(), **adam)
    generator_parameters = list(generator.parameters())

    real_labels = torch.full((batch_size, 1), REAL_LABEL)
    fake_labels = torch.zeros(batch_size, 1)
    both_labels = torch.cat([real_labels, fake_labels])
    fooled_labels = torch.ones(batch_size, 1)

    def discriminator_loss(fake: Tensor) -> Tensor:
        if tuned:  # the mean over both halves, twice: the sum of the two means
            logits = discriminator(torch.cat([real, fake]))
            return 2 * binary_cross_entropy_with_logits(logits, both_labels)
        on_real = binary_cross_entropy_with_logits(discriminator(real), real_labels)
        on_fake = binary_cross_entropy_with_logits(discriminator(fake), fake_labels)
        return on_real + on_fake

    def generator_loss(fake: Tensor) -> Tensor:
        return binary_cross_entropy_with_logits(discriminator(fake), fooled_labels)

    generate = generator
    if options.variant == "compile":
        generate = torch.compile(generator)
        discriminator_loss = torch.compile(discriminator_loss)
        generator_loss = torch.compile(generator_loss)

    def step() -> tuple[float, float]:
        fake = generate(z)

        loss_d = discriminator_loss(fake.detach())
        discriminator_adam.zero_grad()
        loss_d.backward()
        discriminator_adam.step()

        loss_g = generator_loss(fake)
        generator_adam.zero_grad()
        loss_g.backward(inputs=generator_parameters)
        generator_adam.step()
        return loss_d.item(), loss_g.item()

    serve(f"torch {torch.__version__}", step)


if __name__ == "__main__":
    main()
