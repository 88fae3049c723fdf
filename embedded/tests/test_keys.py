from __future__ import annotations

import base64
from pathlib import Path

import pytest

from embedded.keys import load_keys
from embedded.process import EmbeddedError


@pytest.fixture(autouse=True)
def _no_keys_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FIELD_KEYS")


def test_keys_are_made_once_and_are_for_their_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "secrets.json"

    keys = load_keys(path, data=tmp_path / "postgres")

    assert load_keys(path, data=tmp_path) == keys
    assert path.stat().st_mode & 0o777 == 0o600
    number, _, key = keys["FIELD_KEYS"].partition(":")
    assert number == "1"
    assert len(base64.b64decode(key)) == len(base64.b64decode(keys["BLIND_INDEX_KEY"])) == 32


def test_data_without_its_keys_gets_no_new_ones(tmp_path: Path) -> None:
    with pytest.raises(EmbeddedError, match="cannot be read without it"):
        load_keys(tmp_path / "secrets.json", data=tmp_path)

    assert not (tmp_path / "secrets.json").exists()
