"""The step of the default models in PyTorch: all four parts of the discriminator's batch as one, fused Adam, foreach averages.

Variants: `concatenated`, for convolutions channels last; `compile`, the same through torch.compile.
"""

import torch
from torch import Tensor, nn
from torch.nn.functional import binary_cross_entropy_with_logits, one_hot

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
from serve import LEAKY_SLOPE, PIXELS, serve, worker_options


def leaky() -> nn.Module:
    return nn.LeakyReLU(LEAKY_SLOPE)


def dense_pair(units: int) -> tuple[nn.Module, nn.Module, int]:
    generator = nn.Sequential(
        nn.Linear(DEFAULT_LATENT_SIZE + CLASSES, units),
        leaky(),
        nn.Linear(units, 2 * units),
        leaky(),
        nn.Linear(2 * units, PIXELS),
        nn.Tanh(),
    )
    hidden = nn.Sequential(nn.Linear(PIXELS, 2 * units), leaky(), nn.Linear(2 * units, units), leaky())
    return generator, hidden, units


def conv_pair() -> tuple[nn.Module, nn.Module, int]:
    generator = nn.Sequential(
        nn.Linear(DEFAULT_LATENT_SIZE + CLASSES, 512),
        leaky(),
        nn.Linear(512, 7 * 7 * 32),
        leaky(),
        nn.Unflatten(1, (32, 7, 7)),
        nn.ConvTranspose2d(32, 16, 4, stride=2, padding=1),
        leaky(),
        nn.ConvTranspose2d(16, 1, 4, stride=2, padding=1),
        nn.Tanh(),
    )
    hidden = nn.Sequential(
        nn.Conv2d(1, 16, 4, stride=2, padding=1),
        leaky(),
        nn.Conv2d(16, 32, 4, stride=2, padding=1),
        leaky(),
        nn.Flatten(),
        nn.Linear(7 * 7 * 32, 512),
        leaky(),
    )
    return generator, hidden, 512


class Discriminator(nn.Module):
    def __init__(self, hidden: nn.Module, units: int) -> None:
        super().__init__()
        self.hidden = hidden
        self.logit = nn.Linear(units, 1)
        self.embedding = nn.Linear(CLASSES, units, bias=False)

    def forward(self, images: Tensor, labels: Tensor) -> Tensor:
        hidden = self.hidden(images)
        return self.logit(hidden) + (hidden * self.embedding(labels)).sum(1, keepdim=True)


def main() -> None:
    options = worker_options()
    batch_size = options.batch_size
    torch.set_num_threads(options.threads)
    torch.manual_seed(0)

    dense = options.model == "dense-default"
    generator, hidden, width = dense_pair(options.units) if dense else conv_pair()
    discriminator = Discriminator(hidden, width)
    real = torch.rand(batch_size, *((PIXELS,) if dense else (1, 28, 28))) * 2 - 1
    if not dense:
        generator = generator.to(memory_format=torch.channels_last)
        discriminator = discriminator.to(memory_format=torch.channels_last)
        real = real.contiguous(memory_format=torch.channels_last)
    labels = one_hot(torch.arange(batch_size) % CLASSES, CLASSES).float()
    asked = torch.cat([torch.randn(batch_size, DEFAULT_LATENT_SIZE), labels], 1)
    all_labels = labels.repeat(4, 1)

    adam = {"lr": DEFAULT_LEARNING_RATE, "betas": (DEFAULT_BETA1, DEFAULT_BETA2), "fused": True}
    generator_parameters = list(generator.parameters())
    generator_adam = torch.optim.Adam(generator_parameters, **adam)
    discriminator_adam = torch.optim.Adam(discriminator.parameters(), **adam)
    average = [parameter.detach().clone() for parameter in generator_parameters]
    both_targets = torch.cat([torch.ones(batch_size, 1), torch.zeros(batch_size, 1)])
    fooled_targets = torch.ones(batch_size, 1)
    scale = PENALTY_WEIGHT[options.model] / NOISE**2

    def discriminator_losses(fake: Tensor) -> tuple[Tensor, Tensor]:
        both = torch.cat([real, fake])
        signs = torch.empty_like(both).bernoulli_(0.5) * 2 - 1
        logits, moved = discriminator(torch.cat([both, both + NOISE * signs]), all_labels).chunk(2)
        # The mean over both halves, twice: the sum of the two means.
        return 2 * binary_cross_entropy_with_logits(logits, both_targets), scale * (moved - logits).square().mean()

    def generator_loss(fake: Tensor) -> Tensor:
        return binary_cross_entropy_with_logits(discriminator(fake, labels), fooled_targets)

    generate = generator
    if options.variant == "compile":
        generate = torch.compile(generator)
        discriminator_losses = torch.compile(discriminator_losses)
        generator_loss = torch.compile(generator_loss)

    def step() -> tuple[float, float]:
        fake = generate(asked)

        loss_d, penalty = discriminator_losses(fake.detach())
        discriminator_adam.zero_grad()
        (loss_d + penalty).backward()
        discriminator_adam.step()

        loss_g = generator_loss(fake)
        generator_adam.zero_grad()
        loss_g.backward(inputs=generator_parameters)
        generator_adam.step()
        with torch.no_grad():
            torch._foreach_lerp_(average, generator_parameters, 1 - AVERAGE_DECAY)
        return loss_d.item(), loss_g.item()

    serve(f"torch {torch.__version__}", step)


if __name__ == "__main__":
    main()
