"""What is done once at a start: management commands that run to their end."""

import hashlib
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from embedded.process import EmbeddedError
from embedded.service import Service, describe, say

_FALSE = {"", "0", "false", "no", "off", "n", "f"}


class Step:
    """A management command, begun at once; `finish` waits for it."""

    def __init__(self, name: str, *arguments: str, env: Mapping[str, str], root: Path, notes: Path) -> None:
        self.name = name
        self.lines: list[str] = []
        argv = [sys.executable, "manage.py", *arguments]
        self._service = Service(name, argv, env, root, notes, on_line=self.lines.append)
        self._service.start()

    def finish(self, pause: Callable[[], None]) -> list[str]:
        """Return what it printed. Raise `EmbeddedError` when it failed, and whatever `pause` raises."""
        process = self._service.process
        assert process is not None  # noqa: S101
        try:
            while process.poll() is None:
                pause()
        finally:
            self._service.stop()
        if process.returncode:
            for line in self.lines:
                say(line, self.name)
            raise EmbeddedError(f"{self.name} failed ({describe(process.returncode)}); its message is above.")
        return self.lines

    def cancel(self) -> None:
        self._service.stop()


class StaticFiles:
    """Static files as the web server wants them: named by content, compressed; made when they changed."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._stamp = root / "staticfiles" / ".stamp"
        self._state = self._fingerprint()

    def needed(self, env: Mapping[str, str]) -> bool:
        """Not while developing: with DEBUG, or STATIC_MANIFEST off, they are served from their sources."""
        debug = env.get("DEBUG", "").lower() not in _FALSE
        if env.get("STATIC_MANIFEST", "0" if debug else "1").lower() in _FALSE:
            return False
        made = (self._root / "staticfiles" / "staticfiles.json").exists() and self._stamp.exists()
        return not made or self._stamp.read_text() != self._state

    def made(self) -> None:
        self._stamp.write_text(self._state)

    def _fingerprint(self) -> str:
        digest = hashlib.sha256((self._root / "requirements.txt").read_bytes())
        for path in self._sources():
            status = path.stat()
            digest.update(f"{path} {status.st_size} {status.st_mtime_ns}\n".encode())
        return digest.hexdigest()

    def _sources(self) -> Iterator[Path]:
        for folder, folders, files in os.walk(self._root / "static"):
            folders.sort()
            yield from (Path(folder) / name for name in sorted(files))
