"""Pictures for tests, good and hostile."""

from __future__ import annotations

import struct
import zlib
from io import BytesIO
from typing import Any

from PIL import Image


def image(kind: str = "JPEG", size: tuple[int, int] = (600, 400), mode: str = "RGB", **options: Any) -> bytes:
    """Red on the left, blue on the right."""
    picture = Image.new("RGB", size, "red")
    picture.paste("blue", (size[0] // 2, 0, *size))
    return saved(picture.convert(mode), kind, **options)


def saved(picture: Image.Image, kind: str, **options: Any) -> bytes:
    out = BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()


def opened(content: bytes) -> Image.Image:
    return Image.open(BytesIO(content))


def bomb(width: int, height: int) -> bytes:
    """A PNG that says to be so large, in a few bytes."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    nothing = zlib.compress(b"\x00" * 1000)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", nothing) + chunk(b"IEND", b"")


def many_passes(passes: int) -> bytes:
    """A JPEG whose picture is said over and over again."""
    plain = image(progressive=True)
    start = plain.index(b"\xff\xda")
    return plain[:start] + plain[start:-2] * passes + b"\xff\xd9"


def moving(kind: str) -> bytes:
    """Red first, then green."""
    first, then = (Image.new("RGB", (300, 300), colour) for colour in ("red", "green"))
    return saved(first, kind, save_all=True, append_images=[then], duration=100)
