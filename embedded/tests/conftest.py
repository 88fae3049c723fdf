from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture
def home() -> Iterator[Path]:
    """A folder that the database's user can pass through; pytest's own is closed to others."""
    folder = Path(tempfile.mkdtemp(prefix="vicita-embedded-"))
    folder.chmod(0o711)
    yield folder
    shutil.rmtree(folder)
