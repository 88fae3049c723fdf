#!/usr/bin/env python3
"""Brings other people's files (htmx, the font, icons) into `static/`, pinned and checked.

    python tools/vendor.py            copy anew: needs npm and the network, for maintainers only
    python tools/vendor.py --check    compare what is committed with the manifest: needs neither

`npm ci` verifies every package against the committed lockfile and runs none of their scripts; the
files named in `assets/files.json` are copied, and the icons become one sprite with only what we use.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

TOOLS = Path(__file__).resolve().parent
ASSETS = TOOLS / "assets"
PACKAGES = ASSETS / "node_modules"
STATIC = TOOLS.parent / "static"
SPRITE = "img/icons.svg"
MANIFEST = STATIC / "vendor" / "manifest.json"


def integrity(content: bytes) -> str:
    """The hash in the form of `integrity=""` in HTML."""
    return "sha384-" + base64.b64encode(hashlib.sha384(content).digest()).decode()


def package_of(source: str) -> str:
    """Name of the npm package that a path under node_modules belongs to ("@scope/name" is one name)."""
    return "/".join(source.split("/")[: 2 if source.startswith("@") else 1])


def origin_of(source: str) -> dict[str, str]:
    meta = json.loads((PACKAGES / package_of(source) / "package.json").read_text())
    return {"npm": f"{meta['name']}@{meta['version']}", "license": meta["license"]}


def symbol(name: str) -> str:
    """One lucide icon as a `<symbol>`; stroke and colour are left to the `.icon` class."""
    svg = (PACKAGES / "lucide-static" / "icons" / f"{name}.svg").read_text()
    shapes = re.findall(r"<(?:path|rect|circle|line|polyline|polygon|ellipse)\b[^>]*>", svg)
    return f'<symbol id="{name}" viewBox="0 0 24 24">{"".join(shapes).replace(" />", "/>")}</symbol>'


def write_sprite(names: list[str]) -> None:
    symbols = "\n".join(symbol(name) for name in sorted(set(names)))
    target = STATIC / SPRITE
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(f'<svg xmlns="http://www.w3.org/2000/svg">\n{symbols}\n</svg>\n')


def vendor() -> None:
    """Installs the locked packages and rewrites every vendored file and the manifest."""
    subprocess.run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=ASSETS, check=True)
    wanted = json.loads((ASSETS / "files.json").read_text())
    origins = {SPRITE: origin_of("lucide-static")}
    for name, source in wanted["copy"].items():
        (STATIC / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(PACKAGES / source, STATIC / name)
        origins[name] = origin_of(source)
    write_sprite(wanted["icons"])
    manifest = {}
    for name, origin in sorted(origins.items()):
        content = (STATIC / name).read_bytes()
        manifest[name] = origin | {"bytes": len(content), "integrity": integrity(content)}
    MANIFEST.write_text(json.dumps(manifest, indent=2) + "\n")


def changed() -> list[str]:
    """Vendored files that are missing or are not what the manifest says."""
    manifest = json.loads(MANIFEST.read_text())
    unlisted = {f"vendor/{path.name}" for path in MANIFEST.parent.iterdir() if path != MANIFEST} - set(
        manifest
    )
    differing = {
        name
        for name, entry in manifest.items()
        if not (STATIC / name).is_file() or integrity((STATIC / name).read_bytes()) != entry["integrity"]
    }
    return sorted(unlisted | differing)


def main(arguments: list[str]) -> int:
    if arguments not in ([], ["--check"]):
        print(__doc__)
        return 2
    if not arguments:
        vendor()
    wrong = changed()
    print(f"vendor: not as in the manifest: {', '.join(wrong)}" if wrong else "vendor: ok")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
