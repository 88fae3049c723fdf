from __future__ import annotations

import ast
import re

from tools.messages import ROOT

# Set by the supervisor and the tests, not by people.
INTERNAL = {"VICITA_EMBEDDED", "DEBUG", "STATIC_MANIFEST"}


def test_every_setting_of_the_environment_is_explained() -> None:
    tree = ast.parse((ROOT / "config" / "settings.py").read_text())
    asked = {
        node.args[0].value
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and getattr(node.func.value, "id", "") == "env"
        and isinstance(node.args[0], ast.Constant)
    }
    explained = set(re.findall(r"^(?:# )?([A-Z][A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))

    assert asked - explained - INTERNAL == set()
