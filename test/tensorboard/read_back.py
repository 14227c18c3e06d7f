"""Reads a run's event file with the real TensorBoard and compares it with log.jsonl and the sample grids.

An extra check, not part of `npm test`:

    python3 -m venv venv && venv/bin/pip install tensorboard==2.21.0 pillow
    venv/bin/python test/tensorboard/read_back.py outputs/00001-dense
"""

import io
import json
import struct
import sys
from pathlib import Path

from PIL import Image
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

SCALARS = {
    "loss/discriminator": "discriminatorLoss",
    "loss/generator": "generatorLoss",
    "diversity": "diversity",
    "images_per_second": "imagesPerSecond",
}


def float32(value: float) -> float:
    """What is left of a number in the event file."""
    return struct.unpack("f", struct.pack("f", value))[0]


def main(run: Path) -> None:
    rows = [json.loads(line) for line in (run / "log.jsonl").read_text().splitlines()]
    everything = {"scalars": 0, "images": 0}
    events = EventAccumulator(str(run), size_guidance=everything)
    events.Reload()
    assert set(events.Tags()["scalars"]) == set(SCALARS), events.Tags()
    for tag, key in SCALARS.items():
        found = [(event.step, event.value) for event in events.Scalars(tag)]
        expected = [(row["epoch"], float32(row[key])) for row in rows if key in row]
        assert found == expected, f"{tag} differs from {key} of log.jsonl"
        print(f"{tag}: {len(found)} values, equal to log.jsonl")
    images = events.Images("samples")
    for event in images:
        written = (run / "samples" / f"epoch-{event.step:04d}.png").read_bytes()
        assert event.encoded_image_string == written, f"samples of epoch {event.step} differ"
        with Image.open(io.BytesIO(written)) as image:
            image.load()
            assert image.size == (event.width, event.height), image.size
    grids = len(list((run / "samples").glob("*.png")))
    assert len(images) == grids, f"found {len(images)} grids, expected {grids}"
    print(f"samples: {len(images)} grids, decoded, equal to samples/")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
