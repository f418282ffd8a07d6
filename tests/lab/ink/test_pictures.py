import contextlib
import io
import struct
import zlib
from typing import Any

import numpy as np
import pytest
from PIL import Image

from lab.ink.drawing import parse_drawing, rasterise
from lab.ink.framing import frame
from lab.ink.pictures import Picture, PictureError, ink_of, otsu, read_picture

SEVEN = parse_drawing([[[80, 60], [200, 60], [130, 230]], [[110, 150], [180, 150]]])
INK = rasterise(SEVEN)
BYTES = np.round(255 * (1 - INK)).astype(np.uint8)  # dark on light


def encoded(image: Image.Image, kind: str = "PNG", **options: Any) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def likeness(picture: Picture) -> float:
    """The cosine between the picture's framed pixels and those of the strokes, one pixel of shift allowed."""
    seen, meant = frame(picture.ink).pixels, frame(SEVEN).pixels
    lengths = np.sqrt((seen**2).sum() * (meant**2).sum()) + 1e-9
    shifts = [(down, across) for down in (-1, 0, 1) for across in (-1, 0, 1)]
    return max(float((np.roll(seen, shift, (0, 1)) * meant).sum() / lengths) for shift in shifts)


def with_alpha(shade: int) -> Image.Image:
    pixels = np.full((*INK.shape, 4), shade, np.uint8)
    pixels[..., 3] = np.round(255 * INK)
    return Image.fromarray(pixels)


def animated() -> bytes:
    first, second = Image.fromarray(BYTES), Image.fromarray(255 - BYTES[::-1])
    return encoded(first, "GIF", save_all=True, append_images=[second], duration=100)


def rotated_by_the_camera() -> bytes:
    exif = Image.Exif()
    exif[0x0112] = 6
    sideways = Image.fromarray(BYTES).rotate(90, expand=True)
    return encoded(sideways, "JPEG", exif=exif, quality=95)


def sixteen_bit() -> bytes:
    return encoded(Image.fromarray(BYTES.astype(np.uint16) * 257))


GOOD = {
    "grey png": lambda: encoded(Image.fromarray(BYTES)),
    "light on dark": lambda: encoded(Image.fromarray(255 - BYTES)),
    "colour jpeg": lambda: encoded(Image.fromarray(BYTES).convert("RGB"), "JPEG"),
    "cmyk jpeg": lambda: encoded(Image.fromarray(BYTES).convert("CMYK"), "JPEG", quality=90),
    "palette png": lambda: encoded(Image.fromarray(BYTES).convert("P")),
    "one bit png": lambda: encoded(Image.fromarray(BYTES).convert("1", dither=Image.Dither.NONE)),
    "sixteen bit png": sixteen_bit,
    "twelve bits of sixteen": lambda: encoded(Image.fromarray(BYTES.astype(np.uint16) * 16)),
    "black on transparent": lambda: encoded(with_alpha(0)),
    "white on transparent": lambda: encoded(with_alpha(255)),
    "grey and alpha": lambda: encoded(with_alpha(0).convert("LA")),
    "animated gif": animated,
    "rotated by the camera": rotated_by_the_camera,
    "webp": lambda: encoded(Image.fromarray(BYTES).convert("RGB"), "WEBP"),
    "bmp": lambda: encoded(Image.fromarray(BYTES), "BMP"),
    "faint pencil": lambda: encoded(Image.fromarray((255 - 60 * INK).astype(np.uint8))),
    "large": lambda: encoded(Image.fromarray(BYTES).resize((3000, 3000)), "JPEG"),
    "small": lambda: encoded(Image.fromarray(BYTES).resize((56, 56), Image.Resampling.BOX)),
}


@pytest.mark.parametrize("kind", GOOD)
def test_a_picture_of_any_kind_is_framed_like_the_strokes(kind: str) -> None:
    picture = read_picture(GOOD[kind](), f"{kind}.png")
    assert likeness(picture) > 0.85
    assert picture.dark_on_light == (kind not in ("light on dark", "white on transparent"))
    assert max(picture.ink.shape) <= 1024


def test_an_animation_and_a_turn_are_told() -> None:
    assert "first frame" in str(read_picture(animated()).notes[0])
    assert "upright" in str(read_picture(rotated_by_the_camera()).notes[0])


def test_a_phone_photo_with_a_second_picture_inside_is_no_animation() -> None:
    photo = Image.fromarray(BYTES)
    read = read_picture(encoded(photo, "MPO", save_all=True, append_images=[photo.copy()]), "phone.jpg")
    assert (read.format, read.notes) == ("JPEG", ())
    assert likeness(read) > 0.95


@pytest.mark.parametrize("dark", [True, False])
@pytest.mark.parametrize("size", [400, 1600])
def test_a_photo_in_uneven_light_with_noise_is_read(dark: bool, size: int) -> None:
    generator = np.random.default_rng(size)
    ink = np.asarray(Image.fromarray(rasterise(SEVEN, brush=12)).resize((size, size)))
    across = np.linspace(0.35, 0.9, size)
    light = across[None, :] * (0.7 + 0.3 * across[::-1, None])
    shade = light * (1 - 0.7 * ink) if dark else light * (0.25 + 0.75 * ink)
    photo = np.clip(shade + generator.normal(0, 0.02, shade.shape), 0, 1)
    picture = read_picture(encoded(Image.fromarray((255 * photo).astype(np.uint8)), "JPEG"))
    assert picture.dark_on_light == dark
    assert likeness(picture) > 0.8


def test_an_empty_sheet_has_no_ink() -> None:
    generator = np.random.default_rng(0)
    sheet = 0.6 + 0.2 * np.linspace(0, 1, 300)[None] + generator.normal(0, 0.01, (300, 300))
    for grey in (sheet, np.ones((40, 40)), np.zeros((1, 1)), np.full((3, 200), 0.5)):
        data = encoded(Image.fromarray((255 * np.clip(grey, 0, 1)).astype(np.uint8)))
        assert read_picture(data).ink.sum() == 0


def png_that_claims(width: int, height: int) -> bytes:
    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 999))


WHOLE = GOOD["grey png"]()
BAD = {
    "nothing": (b"", "is empty"),
    "text": (b"hello, world", "is not a picture"),
    "noise": (bytes(range(256)) * 20, "is not a picture"),
    "zip": (b"PK\x03\x04" + b"\0" * 99, "is a zip archive"),
    "pdf": (b"%PDF-1.7 ....", "is a PDF document"),
    "svg": (b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>', "SVG"),
    "bare svg": (b'  <svg width="9"></svg>', "SVG"),
    "heic": (b"\0\0\0\x18ftypheic" + b"\0" * 60, "HEIC"),
    "tiff": (b"II*\x00" + b"\0" * 60, "TIFF"),
    "truncated png": (WHOLE[: len(WHOLE) // 2], "cut off"),
    "truncated jpeg": (GOOD["colour jpeg"]()[:900], "cut off"),
    "only a header": (WHOLE[:30], "shot.png"),
    "20,000 x 20,000": (png_that_claims(20_000, 20_000), "allowed: 64,000,000"),
    "9,000 x 9,000": (png_that_claims(9_000, 9_000), "9,000 × 9,000 pixels; allowed: 64,000,000"),
    "2^31 wide": (png_that_claims(2**31 - 1, 2**31 - 1), "shot.png"),
    "zero wide": (png_that_claims(0, 10), "shot.png"),
    "too many bytes": (b"\xff" * 25_000_001, "25 MB; allowed: 25 MB"),
}


@pytest.mark.parametrize("kind", BAD)
def test_what_is_no_picture_is_refused_by_name(kind: str) -> None:
    data, says = BAD[kind]
    with pytest.raises(PictureError) as error:
        read_picture(data, "shot.png")
    assert "shot.png" in str(error.value)
    assert says in str(error.value)


@pytest.mark.parametrize("place", range(40, len(WHOLE), len(WHOLE) // 40))
def test_a_flipped_byte_is_refused_or_read(place: int) -> None:
    broken = bytearray(WHOLE)
    broken[place] ^= 0xFF
    with contextlib.suppress(PictureError):
        assert max(read_picture(bytes(broken)).ink.shape) <= 1024


def test_a_file_name_is_shown_short_and_printable() -> None:
    with pytest.raises(PictureError) as error:
        read_picture(b"", "a\nb\x1b[31m" + "x" * 500)
    assert "\n" not in str(error.value)
    assert len(str(error.value)) < 120


def test_otsu_parts_two_groups() -> None:
    values = np.concatenate((np.full(90, 0.1), np.full(10, 0.8))).astype(np.float32)
    assert 0.1 <= otsu(values) < 0.8


def test_a_picture_of_mnist_passes_unchanged() -> None:
    pixels = frame(SEVEN).pixels
    ink, dark_on_light = ink_of(pixels)
    assert not dark_on_light
    np.testing.assert_allclose(ink, np.where(pixels < 0.03, 0, pixels) / pixels.max(), atol=0.031)
