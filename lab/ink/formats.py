"""A person's digits as files that other programs read: IDX like MNIST's own, PNG by label, CSV.

Owns the formats; knows not where the digits are kept.
"""

from __future__ import annotations

import csv
import io
import struct
import zipfile

import numpy as np
from numpy.typing import NDArray

Images = NDArray[np.uint8]
Labels = NDArray[np.int64]
_ZIP_TIME = (1980, 1, 1, 0, 0, 0)  # the same digits give the same bytes


def idx_zip(images: Images, labels: Labels) -> bytes:
    """A zip with `images-idx3-ubyte` and `labels-idx1-ubyte`.

    Shapes: images (N, 28, 28), labels (N,). Source: yann.lecun.com/exdb/mnist, file formats
    """
    return _zipped(
        {
            "images-idx3-ubyte": _idx(images),
            "labels-idx1-ubyte": _idx(labels.astype(np.uint8)),
        }
    )


def png_zip(images: Images, labels: Labels) -> bytes:
    """A zip with one grey PNG per digit, in one folder per label: `7/0001.png`."""
    from PIL import Image

    files = {}
    for number, (pixels, label) in enumerate(zip(images, labels, strict=True), start=1):
        out = io.BytesIO()
        Image.fromarray(pixels).save(out, format="PNG")
        files[f"{label}/{number:04d}.png"] = out.getvalue()
    return _zipped(files)


def csv_text(images: Images, labels: Labels) -> str:
    """One line per digit: its label, then 784 pixels from 0 (paper) to 255 (ink), row by row."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["label", *(f"pixel{index}" for index in range(784))])
    for pixels, label in zip(images, labels, strict=True):
        writer.writerow([int(label), *pixels.reshape(-1).tolist()])
    return out.getvalue()


def _idx(array: NDArray[np.uint8]) -> bytes:
    # Two zero bytes, 0x08 for unsigned bytes, the number of axes, their lengths as big-endian 32 bit.
    return struct.pack(f">HBB{array.ndim}I", 0, 8, array.ndim, *array.shape) + array.tobytes()


def _zipped(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name, _ZIP_TIME), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()
