"""What a PyTorch user writes to train the dense GAN: torchvision's MNIST, a DataLoader, nn.Sequential, Adam."""

import os
import tempfile
import time

import torch
from torch import nn
from torch.utils.data import DataLoader
from torchvision import transforms
from torchvision.datasets import MNIST

from mnist_files import run_options, tell

LATENT_SIZE = 100
PIXELS = 784
UNITS = 128


def leaky_relu() -> nn.Module:
    return nn.LeakyReLU(0.2)


def linked_as_torchvision_wants(folder: str, root: str) -> None:
    raw = os.path.join(root, "MNIST", "raw")
    os.makedirs(raw)
    for name in os.listdir(folder):
        os.symlink(os.path.abspath(os.path.join(folder, name)), os.path.join(raw, name))


def train(root: str) -> None:
    options = run_options()
    torch.set_num_threads(options.threads)
    linked_as_torchvision_wants(options.data, root)
    scaled = transforms.Compose([transforms.ToTensor(), transforms.Normalize((0.5,), (0.5,))])
    loader = DataLoader(
        MNIST(root, train=True, transform=scaled),
        options.batch_size,
        shuffle=True,
        num_workers=options.loader_workers,
        drop_last=True,
    )

    generator = nn.Sequential(
        nn.Linear(LATENT_SIZE, UNITS),
        leaky_relu(),
        nn.Linear(UNITS, 2 * UNITS),
        leaky_relu(),
        nn.Linear(2 * UNITS, PIXELS),
        nn.Tanh(),
    )
    discriminator = nn.Sequential(
        nn.Linear(PIXELS, UNITS),
        leaky_relu(),
        nn.Linear(UNITS, 2 * UNITS),
        leaky_relu(),
        nn.Linear(2 * UNITS, 1),
    )
    generator_adam = torch.optim.Adam(generator.parameters(), 2e-4, betas=(0.5, 0.999))
    discriminator_adam = torch.optim.Adam(discriminator.parameters(), 2e-4, betas=(0.5, 0.999))
    cross_entropy = nn.BCEWithLogitsLoss()
    real_labels = torch.full((options.batch_size, 1), 0.9)
    fake_labels = torch.zeros(options.batch_size, 1)
    fooled_labels = torch.ones(options.batch_size, 1)

    for epoch in range(options.epochs):
        start = time.perf_counter()
        for k, (images, _) in enumerate(loader):
            real = images.view(-1, PIXELS)
            fake = generator(torch.rand(options.batch_size, LATENT_SIZE) * 2 - 1)

            discriminator_adam.zero_grad()
            on_real = cross_entropy(discriminator(real), real_labels)
            loss_d = on_real + cross_entropy(discriminator(fake.detach()), fake_labels)
            loss_d.backward()
            discriminator_adam.step()

            generator_adam.zero_grad()
            loss_g = cross_entropy(discriminator(fake), fooled_labels)
            loss_g.backward()
            generator_adam.step()
            if epoch == 0 and k == 0:
                tell("step")
        seconds = time.perf_counter() - start
        tell("epoch", seconds=seconds, losses=[loss_d.item(), loss_g.item()])


def main() -> None:
    with tempfile.TemporaryDirectory() as root:
        train(root)


if __name__ == "__main__":
    main()
