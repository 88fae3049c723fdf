#!/usr/bin/env python3
"""Django's command line for Vicita."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from core.command_line import CommandLine

    CommandLine(sys.argv).execute()


if __name__ == "__main__":
    main()
