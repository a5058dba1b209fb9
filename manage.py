#!/usr/bin/env python3
"""Entry of every management command."""

import sys

from installer.cli.main import main

if __name__ == "__main__":
    main(sys.argv)
