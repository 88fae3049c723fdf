from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest

from embedded.keys import add_key, load_keys, remove_old_master_keys
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


@pytest.mark.parametrize("name", ["FIELD_KEYS", "BLIND_INDEX_KEY"])
def test_data_whose_key_is_missing_from_the_file_get_no_new_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.delenv(name, raising=False)
    path = tmp_path / "secrets.json"
    keys = load_keys(path, data=tmp_path / "postgres")
    path.write_text(json.dumps({one: value for one, value in keys.items() if one != name}))

    with pytest.raises(EmbeddedError, match=f"has no {name}"):
        load_keys(path, data=tmp_path)


def test_a_key_that_no_data_need_is_added_to_an_older_file(tmp_path: Path) -> None:
    path = tmp_path / "secrets.json"
    keys = load_keys(path, data=tmp_path / "postgres")
    path.write_text(json.dumps({one: value for one, value in keys.items() if one != "AUDIT_KEY"}))

    assert len(base64.b64decode(load_keys(path, data=tmp_path)["AUDIT_KEY"])) == 32


def test_a_newer_master_key_stands_beside_the_old_until_that_is_dropped(tmp_path: Path) -> None:
    path = tmp_path / "secrets.json"
    old = load_keys(path, data=None)["FIELD_KEYS"]

    assert add_key(path, "FIELD_KEYS") == 2
    both = load_keys(path, data=tmp_path)["FIELD_KEYS"]
    remove_old_master_keys(path)

    assert both.startswith(f"{old},2:")
    assert load_keys(path, data=tmp_path)["FIELD_KEYS"] == both.removeprefix(f"{old},")
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_key_of_the_audit_that_stood_alone_becomes_the_first_of_several(tmp_path):
    path = tmp_path / "secrets.json"
    alone = load_keys(path, data=None)["AUDIT_KEY"]
    assert (add_key(path, "AUDIT_KEY"), add_key(path, "AUDIT_KEY")) == (2, 3)
    first, second, third = load_keys(path, data=None)["AUDIT_KEY"].split(",")
    assert first == f"1:{alone}" and second.startswith("2:") and third.startswith("3:")
