"""The files that other programs read."""

from __future__ import annotations

import csv
import io
import zipfile

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from PIL import Image

from lab.ink.formats import csv_text, idx_zip, png_zip

DIGITS = st.integers(0, 4).flatmap(
    lambda n: st.tuples(
        arrays(np.uint8, (n, 28, 28), elements=st.integers(0, 255)),
        arrays(np.int64, (n,), elements=st.integers(0, 9)),
    )
)


@settings(max_examples=20, deadline=None)
@given(DIGITS)
def test_idx_files_hold_the_header_and_the_bytes_of_the_format(digits: tuple[np.ndarray, np.ndarray]) -> None:
    images, labels = digits
    archive = zipfile.ZipFile(io.BytesIO(idx_zip(images, labels)))
    raw = archive.read("images-idx3-ubyte")
    assert raw[:4] == b"\x00\x00\x08\x03"
    assert np.array_equal(np.frombuffer(raw, np.uint8, offset=16).reshape(-1, 28, 28), images)
    assert int.from_bytes(raw[4:8], "big") == len(labels)
    assert np.array_equal(np.frombuffer(archive.read("labels-idx1-ubyte"), np.uint8, offset=8), labels)


@settings(max_examples=20, deadline=None)
@given(DIGITS)
def test_png_and_csv_carry_every_pixel_and_label(digits: tuple[np.ndarray, np.ndarray]) -> None:
    images, labels = digits
    archive = zipfile.ZipFile(io.BytesIO(png_zip(images, labels)))
    names = sorted(archive.namelist(), key=lambda name: name.split("/")[1])
    assert [int(name.split("/")[0]) for name in names] == labels.tolist()
    for name, expected in zip(names, images, strict=True):
        assert np.array_equal(np.asarray(Image.open(io.BytesIO(archive.read(name)))), expected)
    rows = list(csv.reader(io.StringIO(csv_text(images, labels))))
    assert rows[0][:2] == ["label", "pixel0"]
    assert [int(row[0]) for row in rows[1:]] == labels.tolist()
    assert [[int(value) for value in row[1:]] for row in rows[1:]] == images.reshape(-1, 784).tolist()
