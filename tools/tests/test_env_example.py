from __future__ import annotations

import ast
import re

from tools.messages import ROOT

# Set by the supervisor and the tests, not by people.
INTERNAL = {"VICITA_EMBEDDED", "SANDBOX_SECRET"}
# Where names are read by something else than the settings.
OTHER_READERS = ("docker-compose.yml", "deploy/gunicorn.py", "embedded/supervisor.py")
EXPLAINED = set(re.findall(r"^(?:# )?([A-Z][A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))


def asked() -> set[str]:
    """The names that the settings ask the environment for."""
    tree = ast.parse((ROOT / "config" / "settings.py").read_text())
    return {
        node.args[0].value
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and getattr(node.func.value, "id", "") == "env"
        and isinstance(node.args[0], ast.Constant)
    }


def test_every_setting_of_the_environment_is_explained() -> None:
    assert asked() - INTERNAL - EXPLAINED == set()


def test_nothing_is_explained_that_nobody_reads() -> None:
    elsewhere = " ".join((ROOT / name).read_text() for name in OTHER_READERS)
    unread = {name for name in EXPLAINED - asked() if not re.search(rf"\b{name}\b", elsewhere)}

    assert unread == set()
