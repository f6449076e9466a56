"""Start-up: what a person waits for who asks for help."""

import re
import subprocess
import sys
from collections.abc import Iterator

from benchmarks.figure import Figure
from benchmarks.measure import DidNotRun, Program, side_by_side
from benchmarks.stage import Settings, environment

_OVER_THE_LIBRARY = 80.0  # milliseconds
_SDK = re.compile(r"\| +(?:boto3|botocore|urllib3|s3transfer)(?:\.\S*)?$", re.MULTILINE)
_QUESTIONS = (("--help",), ("explain", "EC2.20"))


def start(settings: Settings) -> Iterator[Figure]:
    """Two questions beside the import of the command line's library, and no SDK in either."""
    python = [
        Program([sys.executable, "-c", code], environment()) for code in ("pass", "import cyclopts")
    ]
    ours = [Program([settings.bothup, *words], environment()) for words in _QUESTIONS]
    bare, library, *asked = side_by_side([*python, *ours], settings.output, settings.runs)
    yield Figure(
        case="start",
        what="import cyclopts",
        unit="ms",
        ours=1000 * library.wall,
        beside=1000 * bare.wall,
        beside_name="python -c pass",
    )
    for words, usage in zip(_QUESTIONS, asked, strict=True):
        yield Figure(
            case="start",
            what=" ".join(words),
            unit="ms",
            ours=1000 * usage.wall,
            beside=1000 * library.wall,
            beside_name="import cyclopts",
            judged="difference",
            limit=_OVER_THE_LIBRARY,
        )
        yield Figure(
            case="start",
            what=f"{' '.join(words)}: SDK imports",
            unit="modules",
            ours=_sdk_modules(settings, words),
            limit=0,
        )


def _sdk_modules(settings: Settings, words: tuple[str, ...]) -> int:
    """How many modules of the SDK the question imports."""
    shown = subprocess.run(
        [settings.bothup, *words],
        env=environment(PYTHONPROFILEIMPORTTIME="1"),
        capture_output=True,
        text=True,
    )
    if "import time:" not in shown.stderr:
        raise DidNotRun(f"{settings.bothup} does not tell what it imports")
    return len(_SDK.findall(shown.stderr))
