"""MNIST from its IDX files, and what the whole runs tell the bench."""

import argparse
import json
import os

import numpy as np

IMAGE_BYTES_OFFSET = 16  # magic, count, rows and columns, four bytes each


def run_options() -> argparse.Namespace:
    """The options that every whole run is started with."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", required=True, help="folder with the four IDX files")
    parser.add_argument("--threads", type=int, required=True)
    parser.add_argument("--epochs", type=int, required=True)
    parser.add_argument("--batch-size", type=int, required=True)
    parser.add_argument("--loader-workers", type=int, default=0)
    return parser.parse_args()


def train_images(folder: str) -> np.ndarray:
    """[60000, 784] in [0, 1]."""
    path = os.path.join(folder, "train-images-idx3-ubyte")
    with open(path, "rb") as file:
        pixels = np.frombuffer(file.read(), np.uint8, offset=IMAGE_BYTES_OFFSET)
    return pixels.reshape(-1, 784).astype(np.float32) / 255


def tell(event: str, **values: float) -> None:
    """A line for the bench: `step` after the first step, `epoch` after each epoch."""
    print(json.dumps({"event": event, **values}), flush=True)
