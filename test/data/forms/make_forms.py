"""Writes the small data sets beside this file with the tools that people write theirs with: Pillow, NumPy, pandas, PyArrow,
scikit-learn. forms.test.ts reads them. `python make_forms.py` needs numpy, pillow, pandas, pyarrow and scikit-learn."""

import io
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from PIL import Image, ImageOps
from sklearn.datasets import load_digits

here = Path(__file__).parent
rng = np.random.default_rng(7)
expected = {}


def images(count, *shape):
    return rng.integers(0, 256, (count, *shape), dtype=np.uint8)


# NumPy and CSV: gray images of 8 x 8 and coloured ones of 12 x 12
gray, gray_test = images(6, 8, 8), images(2, 8, 8)
rgb = images(3, 12, 12, 3)
labels, labels_test = np.array([2, 0, 1, 1, 0, 2]), np.array([1, 0])
expected["gray"] = {"train": gray.ravel().tolist(), "test": gray_test.ravel().tolist()}
expected["rgb"] = {"train": rgb.ravel().tolist()}
np.savez(here / "keras.npz", x_train=gray, y_train=labels, x_test=gray_test, y_test=labels_test)
np.savez_compressed(here / "medmnist.npz", train_images=gray, train_labels=labels[:, None].astype(np.uint8),
                    val_images=gray_test, val_labels=labels_test[:, None].astype(np.uint8))
np.savez_compressed(here / "floats.npz", images=(gray / 255).astype(np.float32), labels=labels.astype(np.int32))
np.savez_compressed(here / "names.npz", X=gray.reshape(6, 64), y=np.array(["cat", "dog", "owl"])[labels])
np.savez(here / "one-hot.npz", x_train=rgb.transpose(0, 3, 1, 2), y_train=np.eye(3)[[2, 0, 1]])
np.save(here / "unlabelled.npy", rgb)
np.savez_compressed(here / "fortran.npz", x_train=np.asfortranarray(gray), y_train=labels.astype(">i4"))
np.save(here / "fortran-rgb.npy", np.asfortranarray(rgb))
np.savez_compressed(here / "half.npz", images=(gray / 255).astype(np.float16), labels=labels)
np.savez(here / "objects.npz", x_train=np.array([{"a": 1}], dtype=object), y_train=labels[:1])
np.savez_compressed(here / "sklearn-digits.npz", data=load_digits().data[:20], target=load_digits().target[:20])
expected["sklearn"] = load_digits().images[:20].astype(int).ravel().tolist()
expected["sklearn labels"] = load_digits().target[:20].tolist()

table = pd.DataFrame(gray.reshape(6, 64), columns=[f"pixel{k}" for k in range(64)])
table.assign(label=labels)[["label", *table.columns]].to_csv(here / "header.csv", index=False)
table.assign(**{"class": np.array(["cat", "dog", "owl"])[labels]}).to_csv(here / "indexed-names-last.csv")
pd.DataFrame(np.c_[labels, gray.reshape(6, 64)]).to_csv(here / "plain.csv", index=False, header=False, lineterminator="\r\n")
corner = gray.reshape(6, 64).copy()
corner[:, 0] = 0
pd.DataFrame(np.c_[corner, labels]).to_csv(here / "last.csv", index=False, header=False, sep=";")
expected["corner"] = corner.ravel().tolist()
pd.DataFrame(gray.reshape(6, 64) / 255).to_csv(here / "unlabelled.csv", index=False, header=False)


# Parquet as Hugging Face's datasets writes it
def png(image):
    out = io.BytesIO()
    Image.fromarray(image).save(out, "png")
    return out.getvalue()


def hugging_face(name, pictures, own, compression):
    features = {"image": {"_type": "Image"}, "label": {"names": ["cat", "dog", "owl"], "_type": "ClassLabel"}}
    schema = pa.schema(
        [("image", pa.struct([("bytes", pa.binary()), ("path", pa.string())])), ("label", pa.int64())],
        metadata={"huggingface": json.dumps({"info": {"features": features}})})
    rows = {"image": [{"bytes": png(one), "path": None} for one in pictures], "label": own.tolist()}
    pq.write_table(pa.table(rows, schema=schema), here / name, row_group_size=4, compression=compression)


hugging_face("train-00000-of-00001.parquet", gray, labels, "snappy")
hugging_face("test-00000-of-00001.parquet", gray_test, labels_test, "zstd")

# Pictures of every mode, and what Pillow makes of them: upright, before white
pictures = here / "pictures"
pictures.mkdir(exist_ok=True)
noise = Image.fromarray(images(1, 9, 14, 4)[0])
noise.convert("RGB").save(pictures / "rgb.png")
noise.save(pictures / "rgba.png")
noise.convert("L").save(pictures / "gray.png")
noise.convert("LA").save(pictures / "gray-alpha.png")
noise.convert("1").save(pictures / "one-bit.png")
palette = noise.convert("RGB").quantize(13)
palette.save(pictures / "palette-4-bits.png", bits=4)
palette.save(pictures / "palette-transparent.png", transparency=3)
Image.fromarray(rng.integers(0, 65536, (9, 14)).astype(np.uint16)).save(pictures / "sixteen-bits.png")
noise.convert("RGB").save(pictures / "rgb.jpg", quality=90)
noise.convert("RGB").save(pictures / "progressive.jpg", quality=80, progressive=True)
noise.convert("L").save(pictures / "gray.jpg", quality=90)
noise.save(pictures / "rgba.webp", lossless=True, exact=True)
noise.convert("RGB").save(pictures / "lossy.webp", quality=80)
for orientation in range(1, 9):
    exif = Image.Exif()
    exif[0x0112] = orientation
    noise.convert("RGB").save(pictures / f"turned-{orientation}.jpg", quality=90, exif=exif)
exif = Image.Exif()
exif[0x0112] = 6
noise.convert("RGB").save(pictures / "turned-6.png", exif=exif)
noise.convert("RGB").save(pictures / "turned-6.webp", lossless=True, exif=exif)
noise.convert("CMYK").save(here / "cmyk.jpg")
noise.save(here / "animation.webp", save_all=True, append_images=[noise.rotate(180)])
expected["pictures"] = {}
for path in sorted(pictures.iterdir()):
    picture = ImageOps.exif_transpose(Image.open(path))
    if picture.mode.startswith("I"):
        rgb8 = np.repeat(np.round(np.asarray(picture) / 257)[..., None], 3, 2)
    else:
        rgba = np.asarray(picture.convert("RGBA")).astype(float)
        rgb8 = np.round((rgba[..., :3] * rgba[..., 3:] + 255 * (255 - rgba[..., 3:])) / 255)
    expected["pictures"][path.name] = {"shape": rgb8.shape[:2], "rgb": rgb8.astype(int).ravel().tolist()}

# Scaling, as Pillow's BILINEAR does it: larger and smaller, with what is cropped cut off before
large = Image.fromarray(images(1, 50, 71, 3)[0])
large.save(here / "large.png")
expected["scaled"] = {}
for side in (8, 32, 64):
    box = ((71 - 50) // 2, 0, (71 - 50) // 2 + 50, 50)
    fitted = large.crop(box).resize((side, side), Image.Resampling.BILINEAR)
    expected["scaled"][side] = np.asarray(fitted).ravel().tolist()
    expected["scaled"][f"{side} gray"] = np.asarray(
        large.convert("L").crop(box).resize((side, side), Image.Resampling.BILINEAR)).ravel().tolist()

(here / "expected.json").write_text(json.dumps(expected, separators=(",", ":")))
