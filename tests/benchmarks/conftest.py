"""The benchmarks are a package at the project's root, beside src."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))
