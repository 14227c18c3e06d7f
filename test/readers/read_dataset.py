"""Reads what `gan-mnist dataset` writes with readers that are not ours, and compares what they find.

    pip install torchvision idx2numpy pandas
    for format in idx png csv npz; do
      gan-mnist dataset --counts 0:30,3:70,8:20 --format $format --out $format
    done
    python test/readers/read_dataset.py .

The four data sets are of one run and one seed, so every reader must find the same images and labels in the same order.
"""

import json
import os
import sys
import tempfile

import idx2numpy
import numpy as np
import pandas
from torchvision.datasets import MNIST, ImageFolder

PARTS = {"train": "train", "test": "t10k"}
Part = tuple[np.ndarray, np.ndarray]  # images [n, 28, 28] and labels [n], bytes


def with_torchvision(folder: str, part: str) -> Part:
    with tempfile.TemporaryDirectory() as root:
        os.makedirs(os.path.join(root, "MNIST"))
        os.symlink(os.path.abspath(folder), os.path.join(root, "MNIST", "raw"))
        read = MNIST(root, train=part == "train")
        return read.data.numpy(), read.targets.numpy().astype(np.uint8)


def with_idx2numpy(folder: str, part: str) -> Part:
    def read(what: str) -> np.ndarray:
        return idx2numpy.convert_from_file(os.path.join(folder, f"{PARTS[part]}-{what}-ubyte"))

    return read("images-idx3"), read("labels-idx1")


def with_pandas(folder: str, part: str) -> Part:
    table = pandas.read_csv(os.path.join(folder, f"{part}.csv"))
    labels = table.pop("label").to_numpy(np.uint8)
    return table.to_numpy(np.uint8).reshape(-1, 28, 28), labels


def with_numpy(folder: str, part: str) -> Part:
    with np.load(os.path.join(folder, "digits.npz")) as arrays:
        return arrays[f"x_{part}"], arrays[f"y_{part}"]


def with_image_folder(folder: str, part: str) -> Part:
    """A folder a digit: by digit, and within a digit in the order of the others."""
    found = ImageFolder(os.path.join(folder, part), allow_empty=True)
    images = [np.asarray(image)[..., 0] for image, _ in found]
    return np.stack(images), np.array([int(found.classes[k]) for k in found.targets], np.uint8)


def main(folder: str) -> None:
    for part in PARTS:
        images, labels = with_torchvision(os.path.join(folder, "idx"), part)
        order = np.argsort(labels, kind="stable")
        readings = {
            "idx2numpy": (with_idx2numpy(os.path.join(folder, "idx"), part), images, labels),
            "pandas": (with_pandas(os.path.join(folder, "csv"), part), images, labels),
            "numpy": (with_numpy(os.path.join(folder, "npz"), part), images, labels),
            "torchvision's ImageFolder": (
                with_image_folder(os.path.join(folder, "png"), part),
                images[order],
                labels[order],
            ),
        }
        for reader, (found, expected_images, expected_labels) in readings.items():
            assert np.array_equal(found[0], expected_images), f"{reader}: other images in {part}"
            assert np.array_equal(found[1], expected_labels), f"{reader}: other labels in {part}"
        with open(os.path.join(folder, "idx", "manifest.json"), encoding="utf-8") as file:
            counts = json.load(file)["counts"][part]
        assert np.bincount(labels, minlength=10).tolist() == counts, f"{part}: other counts"
        ink = images.mean(axis=(1, 2))
        print(f"{part}: {len(labels)} images, ink {ink.min():.1f} to {ink.max():.1f}; "
              f"the same to torchvision, {', '.join(readings)}")


if __name__ == "__main__":
    main(sys.argv[1])
