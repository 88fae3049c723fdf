"""`python3 dev.py bench slots|audit|webhooks [--json FILE] [--markdown] [--only abcd]`: figures of scheduling as ratios
to plain versions; of requests with and without the audit; of webhooks at the door.

`--markdown` writes the table of docs/benchmarks.md anew. About two minutes on a quiet machine.
Exit code 0 whatever the figures: a busy machine is no mistake of the code's.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path

import django

from config.bench import docs

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
PARTS = "abcd"


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="dev.py bench", description=__doc__)
    parser.add_argument("what", choices=["slots", "audit", "webhooks"])
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there too")
    parser.add_argument("--markdown", action="store_true", help=f"write the table of {docs.PAGE} anew")
    parser.add_argument("--only", default=PARTS, help="parts, as in `--only ab`")
    options = parser.parse_args(arguments)
    django.setup()
    from config.bench import run  # after the setup: it reads models
    from config.bench.figures import as_json

    figures = {"slots": run.slots, "audit": run.audit, "webhooks": run.webhooks}[options.what](options.only)
    if options.json:
        options.json.write_text(json.dumps(as_json(figures), indent=2))
    if options.markdown:
        docs.write(options.what, figures)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
