"""The picture of a professional: sent, kept, shown, removed."""

from __future__ import annotations

import hashlib
from urllib.parse import urlsplit

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from django.test.utils import CaptureQueriesContext

from accounts.models import ProfessionalPhoto, User
from accounts.pictures import LARGEST_FILE
from accounts.services import save_photo
from accounts.tests import people
from accounts.tests.images import image, opened

pytestmark = pytest.mark.django_db
API = "/api/v1/me/photo"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


@pytest.fixture
def practice():
    return people.professional("Dra. Ana Ruiz", slug="ana")


@pytest.fixture
def ana(client, practice):
    client.force_login(practice.user)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


def put(client, content, kind="image/jpeg"):
    return client.put(API, content, content_type=kind)


def code_of(answer):
    return answer.status_code, answer.json()["errors"][0]["code"]


def upload(client, content, name="me.jpg", kind="image/jpeg"):
    return client.post("/doctor/profile/photo", {"photo": SimpleUploadedFile(name, content, kind)})


def test_a_picture_is_kept_as_our_own_and_served_to_be_kept_forever(ana, practice):
    answer = put(ana, image())
    photo = ProfessionalPhoto.objects.get()
    assert photo.digest == hashlib.sha256(photo.content).hexdigest()
    assert urlsplit(answer.json()["photo_url"]).path == f"/photos/ana/{photo.digest}.webp"
    ana.logout()
    served = ana.get(f"/photos/ana/{photo.digest}.webp")
    assert served.content == bytes(photo.content)
    assert served["Content-Type"] == "image/webp"
    assert served["Cache-Control"] == "public, max-age=31536000, immutable"
    assert served["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in served["Content-Security-Policy"]


def test_another_picture_has_another_address(ana, practice):
    first = put(ana, image()).json()["photo_url"]
    second = put(ana, image(mode="L")).json()["photo_url"]
    assert first != second
    assert ana.get(urlsplit(first).path).status_code == 404
    assert ProfessionalPhoto.objects.count() == 1


@pytest.mark.parametrize(
    "path",
    [
        f"/photos/ana/{'0' * 64}.webp",
        "/photos/ana/x.webp",
        f"/photos/{'0' * 64}.webp",
        f"/photos/a%00/{'0' * 64}.webp",
    ],
)
def test_other_addresses_lead_nowhere(ana, practice, path):
    save_photo(professional=practice, content=image())
    assert ana.get(path).status_code == 404


def test_who_is_deactivated_shows_no_picture(ana, practice):
    url = put(ana, image()).json()["photo_url"]
    User.objects.filter(pk=practice.user_id).update(is_active=False)
    assert ana.get(urlsplit(url).path).status_code == 404


def test_a_form_may_carry_it_too(ana):
    body = encode_multipart(BOUNDARY, {"photo": SimpleUploadedFile("me.png", image("PNG"), "image/png")})
    assert put(ana, body, MULTIPART_CONTENT).status_code == 200


def test_removing_it_leaves_the_initials(ana, practice):
    put(ana, image())
    assert ana.delete(API).status_code == 204
    assert ana.delete(API).status_code == 204, "fine where there is none"
    assert not ProfessionalPhoto.objects.exists()


@pytest.mark.parametrize(
    "content, kind, wanted",
    [
        (SVG, "image/svg+xml", (400, "photo_type")),
        (SVG, "image/jpeg", (400, "photo_type")),
        (b"\x00\x00\x00\x18ftypheic" + bytes(100), "image/heic", (400, "photo_heic")),
        (image()[:300], "image/jpeg", (400, "photo_broken")),
        (b"{}", "application/json", (415, "unsupported_media_type")),
        (SVG, "text/html", (415, "unsupported_media_type")),
        (bytes(LARGEST_FILE + 70_000), "image/jpeg", (413, "too_large")),
    ],
)
def test_what_is_no_picture_is_refused(ana, content, kind, wanted):
    assert code_of(put(ana, content, kind)) == wanted
    assert not ProfessionalPhoto.objects.exists()


def test_the_type_is_what_the_content_says(ana):
    assert put(ana, image("PNG"), "image/jpeg").status_code == 200
    assert opened(bytes(ProfessionalPhoto.objects.get().content)).format == "WEBP"


def test_nothing_sent_is_refused(ana):
    assert put(ana, b"").status_code == 400


def test_only_professionals_have_one(client):
    client.force_login(people.user())
    assert code_of(put(client, image())) == (403, "permission_denied")
    assert client.delete(API).status_code == 403


def test_sending_pictures_all_day_is_refused(ana):
    codes = {put(ana, b"x").status_code for _n in range(31)}
    assert 429 in codes


def test_the_page_takes_and_removes_it(ana, practice):
    assert upload(ana, image())["Location"] == "/doctor/profile/"
    address = f"/photos/ana/{ProfessionalPhoto.objects.get().digest}.webp"
    assert f'<img src="{address}"' in ana.get("/doctor/profile/").content.decode()
    assert ana.post("/doctor/profile/photo/remove").status_code == 302
    assert "<img" not in ana.get("/doctor/profile/").content.decode()


@pytest.mark.parametrize("content", [SVG, b"GIF89a" + bytes(100)])
def test_the_page_says_what_is_wrong_with_it(ana, content):
    answer = upload(ana, content)
    assert answer.status_code == 400
    assert "JPEG, PNG or WebP" in answer.content.decode()


def test_a_file_of_a_camera_without_our_script_is_refused_with_words(ana):
    answer = upload(ana, bytes(LARGEST_FILE + 200_000))
    assert answer.status_code == 413
    assert "too large" in answer.content.decode()


@pytest.mark.parametrize(
    "path", ["/doctor/profile/", "/login", "/account/", "/api/v1/auth/login", "/language"]
)
def test_nowhere_else_a_large_body_is_read(ana, path):
    """Not even as far as the CSRF token in it."""
    body = {"photo": SimpleUploadedFile("x", bytes(300_000))}
    assert ana.post(path, body).status_code == 413


def test_lists_never_read_the_pictures(client, practice):
    for number in range(3):
        other = people.professional(f"Dr. {number}")
        save_photo(professional=other, content=image())
    for path in ("/", "/api/v1/professionals"):
        with CaptureQueriesContext(connection) as queries:
            page = client.get(path).content.decode()
        assert page.count("/photos/") == 3
        assert not any('"content"' in query["sql"] for query in queries)
        few = len(queries)
        save_photo(professional=practice, content=image())
        with CaptureQueriesContext(connection) as queries:
            client.get(path)
        assert len(queries) == few
        ProfessionalPhoto.objects.filter(professional=practice).delete()


def test_it_is_shown_with_its_size_when_it_is_scrolled_to(client, practice):
    photo = save_photo(professional=practice, content=image())
    page = client.get("/p/ana/").content.decode()
    assert (
        f'<img src="/photos/ana/{photo.digest}.webp" alt="" width="512" height="512" loading="lazy"' in page
    )
