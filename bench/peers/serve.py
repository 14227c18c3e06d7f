"""The Python end of bench/worker.ts: runs a training step when it is told to."""

import argparse
import json
import math
import sys
import time
from collections.abc import Callable

LATENT_SIZE = 100
PIXELS = 28 * 28
LEAKY_SLOPE = 0.2
REAL_LABEL = 0.9
LEARNING_RATE = 2e-4
BETA1 = 0.5


def worker_options() -> argparse.Namespace:
    """The options that every worker is started with."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--model", required=True)
    parser.add_argument("--batch-size", type=int, required=True)
    parser.add_argument("--units", type=int, required=True)
    parser.add_argument("--threads", type=int, required=True)
    parser.add_argument("--variant", required=True)
    return parser.parse_args()


def serve(library: str, step: Callable[[], tuple[float, float]]) -> None:
    """Says that the step is ready, then runs it as often as each line of standard input says.

    The step runs once and fetches both losses.
    """
    answer({"library": library})
    for line in sys.stdin:
        losses = (0.0, 0.0)
        start = time.perf_counter()
        for _ in range(int(line)):
            losses = step()
        seconds = time.perf_counter() - start
        if not all(math.isfinite(loss) for loss in losses):
            raise ValueError(f"losses are {losses}")
        answer({"seconds": seconds})


def answer(message: dict[str, object]) -> None:
    print(json.dumps(message, separators=(",", ":")), flush=True)
