"""`python -m benchmarks.diagnosis --cases DIR [DIR…]`, or `--explain CASE` for one of them."""

import argparse
import sys
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.diagnosis.case import read_cases, run
from benchmarks.diagnosis.table import explain, report

OWN = Path(__file__).resolve().parents[2] / "tests" / "diagnosis" / "cases"
NOW = datetime(2026, 12, 1, tzinfo=UTC)


def main(arguments: list[str]) -> int:
    """Print the report; 1 where a cause was wrongly confirmed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.diagnosis", description=__doc__)
    parser.add_argument("--cases", type=Path, nargs="+", default=[OWN], metavar="DIR")
    parser.add_argument("--explain", metavar="CASE", help="show the clues of one case")
    parser.add_argument("--misses", action="store_true", help="list the cases that are not right")
    parser.add_argument("--undecidable", action="store_true", help="score these cases as well")
    options = parser.parse_args(arguments)
    outcomes = [
        run(case, NOW)
        for case in read_cases(options.cases)
        if case.kind and (case.decidable or options.undecidable or options.explain)
    ]
    if options.explain:
        outcomes = [each for each in outcomes if options.explain in each.case.id]
        print("\n".join(line for each in outcomes for line in explain(each)))
        return 0
    print("\n".join(report(outcomes)))
    if options.misses:
        for each in outcomes:
            if not each.within(1):
                found = ", ".join(f"{cause.id} {cause.score}" for cause in each.causes[:4])
                told = sorted(each.case.accepted)
                print(f"{each.case.id} [{each.case.kind}] {told}: {found}")
    return 1 if any(each.wrongly_confirmed for each in outcomes) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
