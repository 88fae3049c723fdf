"""What becomes of the pictures that people send."""

from __future__ import annotations

import random

import pytest
from PIL import Image

from accounts.pictures import LARGEST_FILE, SIDE, portrait
from accounts.tests.images import bomb, image, many_passes, moving, opened, saved
from core.errors import Refused

SECRET = b"Calle 93 # 14-20"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


def refusal(content: bytes) -> str:
    with pytest.raises(Refused) as error:
        portrait(content)
    assert error.value.attr == "photo"
    assert str(error.value)
    return error.value.code


def near(colour, wanted) -> bool:
    return all(abs(one - other) < 12 for one, other in zip(colour, wanted, strict=True))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_picture_becomes_a_square_webp(kind):
    ours = opened(portrait(image(kind)))
    assert (ours.format, ours.size, ours.mode) == ("WEBP", (SIDE, SIDE), "RGB")
    assert near(ours.getpixel((100, 250)), (255, 0, 0))
    assert near(ours.getpixel((410, 250)), (0, 0, 255))


@pytest.mark.parametrize(
    "kind, mode", [("PNG", "P"), ("PNG", "L"), ("PNG", "1"), ("JPEG", "CMYK"), ("PNG", "I;16")]
)
def test_whatever_way_colours_are_written(kind, mode):
    assert opened(portrait(image(kind, mode=mode))).mode == "RGB"


def test_what_was_see_through_is_white():
    clear = Image.new("RGBA", (300, 300), (0, 0, 0, 0))
    ours = opened(portrait(saved(clear, "PNG")))
    assert near(ours.getpixel((250, 250)), (255, 255, 255))


def test_a_photo_stands_as_the_camera_said():
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned clockwise: what is on the left comes on top
    ours = opened(portrait(image(exif=exif)))
    assert near(ours.getpixel((256, 60)), (255, 0, 0))
    assert near(ours.getpixel((256, 450)), (0, 0, 255))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_nothing_but_the_picture_is_kept(kind):
    exif = Image.Exif()
    exif[0x010E] = SECRET.decode()
    sent = image(
        kind, exif=exif, xmp=b"<x>" + SECRET + b"</x>", icc_profile=b"\x00" * 200 + SECRET, comment=SECRET
    )
    assert SECRET in sent
    ours = portrait(sent)
    assert SECRET not in ours
    assert not opened(ours).getexif()
    assert not {"icc_profile", "xmp", "exif", "comment"} & opened(ours).info.keys()


def test_a_file_that_is_also_something_else_is_not_kept_as_sent():
    script = b"<script>alert(document.domain)</script>"
    ours = portrait(image("PNG") + script + b"PK\x03\x04")
    assert script not in ours
    assert b"PK\x03\x04" not in ours


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_of_what_moves_the_first_picture_is_kept(kind):
    ours = opened(portrait(moving(kind)))
    assert getattr(ours, "n_frames", 1) == 1
    assert near(ours.getpixel((250, 250)), (255, 0, 0))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x00",
        SVG,
        b"<?xml version='1.0'?>" + SVG,
        b"%PDF-1.7 ...",
        b"MZ" + bytes(500),
        SVG + image("PNG"),
    ],
)
def test_what_is_no_picture_is_refused(content):
    assert refusal(content) == "photo_type"


@pytest.mark.parametrize("kind", ["GIF", "BMP", "TIFF", "ICO"])
def test_other_kinds_are_refused_whatever_they_are_called(kind):
    assert refusal(image(kind, size=(256, 256))) == "photo_type"


@pytest.mark.parametrize("brand", [b"heic", b"mif1", b"avif"])
def test_what_an_iphone_makes_is_refused_with_a_way_out(brand):
    with pytest.raises(Refused) as error:
        portrait(b"\x00\x00\x00\x18ftyp" + brand + bytes(200))
    assert error.value.code == "photo_heic"
    assert "JPEG" in str(error.value)


@pytest.mark.parametrize("size", [(5000, 5001), (50_000, 50_000), (2**31 - 1, 2**31 - 1), (1, 2**31 - 1)])
def test_a_bomb_is_not_unpacked(size):
    assert refusal(bomb(*size)) == "photo_too_many_pixels"


def test_a_picture_that_is_said_a_thousand_times_is_refused():
    assert opened(portrait(many_passes(2)))
    assert refusal(many_passes(1000)) == "photo_broken"


def test_small_ones_and_large_files_are_refused():
    assert refusal(image(size=(127, 500))) == "photo_too_small"
    assert refusal(bytes(LARGEST_FILE + 1)) == "photo_too_large"


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_half_a_picture_is_refused(kind):
    whole = saved(Image.effect_noise((400, 400), 60).convert("RGB"), kind)
    assert refusal(whole[: len(whole) // 2]) == "photo_broken"


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_damaged_files_are_refused_or_become_pictures(kind):
    chance, whole = random.Random(7), image(kind)
    for _n in range(60):
        broken = bytearray(whole)
        for _byte in range(chance.randint(1, 20)):
            broken[chance.randrange(len(broken))] = chance.randrange(256)
        try:
            assert opened(portrait(bytes(broken))).size == (SIDE, SIDE)
        except Refused as error:
            assert error.code.startswith("photo_")
