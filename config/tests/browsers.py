"""A pytest plugin: browsers, their pages, and what every page owes to everybody. Tests that ask for a browser are
marked `e2e`."""

from __future__ import annotations

import importlib.util
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, expect

# Playwright's synchronous interface keeps an event loop in this thread, which Django would refuse to meet.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

PHONE, DESKTOP = (390, 844), (1280, 800)
_QUIET = ["--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"]
_CAMERA = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]
_ROOT = ["--no-sandbox"] if os.geteuid() == 0 else []
_WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
_OF_COLOURS = ["color-contrast", "link-in-text-block"]  # all that another colour scheme may change

expect.set_options(timeout=15_000)  # a bound for what fails on a busy machine; nobody waits for it


def _installed(variable: str, *names: str) -> str | None:
    """What the environment says, else an installed one; None: what Playwright has fetched."""
    found = [os.environ.get(variable), *map(shutil.which, names)]
    return next((path for path in found if path and os.path.exists(path)), None)


@pytest.fixture(scope="session")
def whole_chromium(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """How a browser is started that has cameras and microphones."""
    path = _installed("CHROMIUM", "chromium", "chromium-browser", "google-chrome")
    return {**browser_type_launch_args, "executable_path": path}


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Of the common `browser`: Chromium's shell shows pages just so, at half the work."""
    path = _installed(
        "CHROMIUM_SHELL", "chromium-headless-shell", "chromium", "chromium-browser", "google-chrome"
    )
    args = [*_QUIET, *_ROOT, "--disable-dev-shm-usage"]
    return {**browser_type_launch_args, "args": args, "executable_path": path}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    """A visitor in Madrid who reads Spanish. `localhost`, where a page may use the camera without https."""
    return {
        **browser_context_args,
        "locale": "es-ES",
        "timezone_id": "Europe/Madrid",
        "reduced_motion": "reduce",
        "viewport": {"width": DESKTOP[0], "height": DESKTOP[1]},
    }


@pytest.fixture(scope="session")
def film(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The switch for what cameras see: small pictures, five a second. To encode more of them in software would keep
    the machine from everything else."""
    path = tmp_path_factory.mktemp("camera") / "film.y4m"
    pixels = 160 * 120
    frames = [bytes([light]) * pixels + b"\x80" * (pixels // 2) for light in range(40, 240, 20)]
    path.write_bytes(
        b"".join([b"YUV4MPEG2 W160 H120 F5:1 Ip A1:1 C420\n", *(b"FRAME\n" + one for one in frames)])
    )
    return f"--use-file-for-fake-video-capture={path}"


@pytest.fixture(scope="session")
def camera_browser(playwright: Playwright, whole_chromium: dict[str, Any], film: str) -> Iterator[Browser]:
    """A second browser, with a fake camera and microphone that every page may use."""
    args = [*whole_chromium["args"], *_CAMERA, film]
    browser = playwright.chromium.launch(**{**whole_chromium, "args": args})
    yield browser
    browser.close()


@pytest.fixture(scope="session")
def shy_browser(playwright: Playwright, whole_chromium: dict[str, Any]) -> Iterator[Browser]:
    """Has a fake camera and microphone, and lets no page use them."""
    args = [*whole_chromium["args"], _CAMERA[0]]
    browser = playwright.chromium.launch(**{**whole_chromium, "args": args})
    yield browser
    browser.close()


@pytest.fixture
def problems() -> Iterator[list[str]]:
    """Console errors, page errors and CSP violations of all watched pages: the test fails when there are any."""
    found: list[str] = []
    yield found
    assert not found, found


@pytest.fixture
def watch(problems: list[str]) -> Callable[[Page], Page]:
    """Has a page's problems fail the test."""

    def watched(page: Page) -> Page:
        page.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: problems.append(str(error)))
        return page

    return watched


@pytest.fixture
def page(page: Page, watch: Callable[[Page], Page]) -> Page:
    return watch(page)


@pytest.fixture
def person(
    watch: Callable[[Page], Page], browser_context_args: dict[str, Any]
) -> Iterator[Callable[..., Page]]:
    """A person with a browser profile of their own: `person(camera_browser)` gives their page."""
    contexts: list[BrowserContext] = []

    def come(browser: Browser, **options: Any) -> Page:
        contexts.append(browser.new_context(**{**browser_context_args, **options}))
        return watch(contexts[-1].new_page())

    yield come
    for context in contexts:
        context.close()


@pytest.fixture(scope="session")
def axe_source() -> str:
    spec = importlib.util.find_spec("axe_playwright_python")
    assert spec is not None and spec.origin is not None
    return (Path(spec.origin).parent / "axe.min.js").read_text()


@pytest.fixture
def a11y(axe_source: str) -> Callable[..., None]:
    """Fails on anything axe finds on the page as it is now; `rules`: only by these. Evaluated from outside, so
    strict CSP allows it."""

    def check(page: Page, *, rules: list[str] | None = None) -> None:
        if not page.evaluate("'axe' in window"):
            page.evaluate(axe_source)
        wanted = {"type": "rule", "values": rules} if rules else {"type": "tag", "values": _WCAG}
        options = {"runOnly": wanted, "resultTypes": ["violations"]}
        found = page.evaluate("(options) => axe.run(document, options)", options)["violations"]
        assert not found, "\n".join(
            f"{rule['id']}: {rule['help']}: {rule['nodes'][0]['html'][:200]}" for rule in found
        )

    return check


@pytest.fixture
def at_both_sizes() -> Callable[[Page, Callable[[str], None]], None]:
    """Calls back at 390 and 1280 px, with the size's name; fails where a page is wider than its window."""

    def run(page: Page, look: Callable[[str], None]) -> None:
        for name, (width, height) in {"390": PHONE, "1280": DESKTOP}.items():
            page.set_viewport_size({"width": width, "height": height})
            look(name)
            assert not page.evaluate("document.documentElement.scrollWidth > innerWidth"), (
                f"too wide at {name}"
            )

    return run


@pytest.fixture
def for_everybody(
    a11y: Callable[..., None], at_both_sizes: Callable[[Page, Callable[[str], None]], None]
) -> Callable[[Page], None]:
    """Fails on whatever shuts somebody out of the page as it is now: at 390 and 1280 px, light and dark."""

    def check(page: Page) -> None:
        def in_both_schemes(_size: str) -> None:
            page.emulate_media(color_scheme="dark")
            a11y(page, rules=_OF_COLOURS)
            page.emulate_media(color_scheme="light")
            a11y(page)

        at_both_sizes(page, in_both_schemes)

    return check
