"""Pictures that people send, made into ones of our own: whatever else was in the file stays behind. Pure."""

from __future__ import annotations

import threading
from io import BytesIO

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageOps, UnidentifiedImageError

from core.errors import Refused

LARGEST_FILE = 5 * 1024 * 1024  # bytes
SIDE = 512  # pixels, of ours
SHORTEST_SIDE = 128
# A JPEG is unpacked no larger than needed; the others whole, and more than once: 200 MB of memory.
MOST_PIXELS = {"JPEG": 25_000_000, "PNG": 13_000_000, "WEBP": 13_000_000}
# A picture that is said in so many passes costs a pass over all of it each time.
MOST_PASSES = 64
QUALITY = 82

_HEIC = (b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1", b"avif", b"avis")
_START_OF_SCAN = b"\xff\xda"
# Faces are above the middle of a photo that stands.
_UPPER_MIDDLE = (0.5, 0.4)
# In each process, so that many at once do not take all the memory.
_one_at_a_time = threading.Lock()


def portrait(content: bytes) -> bytes:
    """A square of SIDE pixels as WebP, upright, without metadata; of what moves, the first picture.

    The type is what the content says, not its name. Raises Refused, `attr` "photo": `photo_too_large`, `photo_heic`,
    `photo_type`, `photo_too_many_pixels`, `photo_too_small`, `photo_broken`.
    """
    if len(content) > LARGEST_FILE:
        raise _no(_("The picture may have 5 MB at most."), "photo_too_large")
    try:
        with _one_at_a_time, _open(content) as image:
            _require_size(image)
            return _encoded(_square(image))
    except Refused:
        raise
    except Exception as error:  # a decoder fails in as many ways as there are broken files
        raise _no(_("This picture is damaged. Please choose another one."), "photo_broken") from error


def _open(content: bytes) -> Image.Image:
    """Reads the head alone."""
    if content[4:8] == b"ftyp" and content[8:12] in _HEIC:
        raise _no(
            _("Pictures in HEIC or AVIF cannot be read here. Please save yours as JPEG or PNG."), "photo_heic"
        )
    try:
        image = Image.open(BytesIO(content), formats=list(MOST_PIXELS))
    except Image.DecompressionBombError as error:
        raise _too_many_pixels(min(MOST_PIXELS.values())) from error
    except UnidentifiedImageError as error:
        raise _no(_("Please choose a picture in JPEG, PNG or WebP."), "photo_type") from error
    if image.format == "JPEG" and content.count(_START_OF_SCAN) > MOST_PASSES:
        raise _no(_("This picture is damaged. Please choose another one."), "photo_broken")
    return image


def _require_size(image: Image.Image) -> None:
    most = MOST_PIXELS[str(image.format)]
    if image.width * image.height > most:
        raise _too_many_pixels(most)
    if min(image.size) < SHORTEST_SIDE:
        words = _("The picture is too small: each side needs at least %(least)s pixels.")
        raise _no(words % {"least": SHORTEST_SIDE}, "photo_too_small")


def _square(image: Image.Image) -> Image.Image:
    """On white, where it was see-through."""
    image.draft("RGB", (2 * SIDE, 2 * SIDE))
    whole = image if image.mode in {"RGB", "RGBA", "L"} else image.convert("RGBA")
    whole.thumbnail((4 * SIDE, 4 * SIDE), reducing_gap=2)
    ImageOps.exif_transpose(whole, in_place=True)
    fitted = ImageOps.fit(whole, (SIDE, SIDE), Image.Resampling.LANCZOS, centering=_UPPER_MIDDLE)
    fitted = fitted.convert("RGBA")
    canvas = Image.new("RGB", fitted.size, "white")
    canvas.paste(fitted, mask=fitted)
    return canvas


def _encoded(picture: Image.Image) -> bytes:
    out = BytesIO()
    picture.save(out, "WEBP", quality=QUALITY)
    return out.getvalue()


def _too_many_pixels(most: int) -> Refused:
    words = _("The picture is too large: it may have %(most)s million pixels at most.")
    return _no(words % {"most": most // 1_000_000}, "photo_too_many_pixels")


def _no(words: str | Promise, code: str) -> Refused:
    return Refused(words, code=code, attr="photo")
