"""Payment companies on this machine (`payments.local_gateways`): a program like any other, asked what it needs."""

import json
import subprocess
import sys
from pathlib import Path


def settings_of_shop(url: str, *, root: Path) -> dict[str, str]:
    """What a shop has to set that pays through the companies at this address."""
    command = [sys.executable, "-m", "payments.local_gateways", "settings", "--url", url]
    asked = subprocess.run(command, cwd=root, stdout=subprocess.PIPE, check=True)
    settings: dict[str, str] = json.loads(asked.stdout)
    return settings
