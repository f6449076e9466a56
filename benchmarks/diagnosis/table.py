"""The outcome as text: accuracy by evidence and by cause, what is confused with what."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence

from benchmarks.diagnosis.case import FORMS, Outcome

# To reach, by kind of evidence: of 100 cases, right at first and right among the first three.
TARGETS = {
    FORMS[0]: (95, None),
    FORMS[1]: (70, 95),
    FORMS[2]: (70, 95),
    FORMS[3]: (75, 90),
    FORMS[4]: (75, 90),
}


def report(outcomes: Sequence[Outcome]) -> Iterator[str]:
    """Yield the lines of the whole report."""
    yield from _accuracy("by evidence", outcomes, lambda each: each.case.kind, TARGETS)
    yield ""
    yield from _accuracy("by cause", outcomes, lambda each: each.case.expected.cause, {})
    yield ""
    yield from _confusions(outcomes)
    yield ""
    yield from _confirmed(outcomes)


def _accuracy(
    title: str,
    outcomes: Iterable[Outcome],
    key: Callable[[Outcome], str],
    targets: dict[str, tuple[int, int | None]],
) -> Iterator[str]:
    groups: defaultdict[str, list[Outcome]] = defaultdict(list)
    for outcome in outcomes:
        groups[key(outcome)].append(outcome)
    yield f"{title:<30} cases  top-1  exact  top-3  to reach"
    for name in sorted(groups, key=lambda name: (name not in FORMS, name)):
        yield _row(name, groups[name], targets.get(name))
    yield _row("all", [each for group in groups.values() for each in group], None)


def _row(name: str, group: Sequence[Outcome], target: tuple[int, int | None] | None) -> str:
    first = sum(each.within(1) for each in group)
    exact = sum(each.first == each.case.expected.cause for each in group)
    three = sum(each.within(3) for each in group)
    shares = "".join(f"{100 * count / len(group):6.1f} " for count in (first, exact, three))
    wanted = f"{target[0]} / {target[1] or '-'}" if target else ""
    return f"{name:<30} {len(group):5} {shares} {wanted}".rstrip()


def _confusions(outcomes: Iterable[Outcome]) -> Iterator[str]:
    pairs = Counter(
        (each.case.expected.cause, each.first) for each in outcomes if not each.within(1)
    )
    yield "expected                       put first"
    for (expected, first), count in sorted(pairs.items(), key=lambda pair: (-pair[1], pair[0])):
        yield f"{expected:<30} {first:<30} {count}"


def _confirmed(outcomes: Sequence[Outcome]) -> Iterator[str]:
    wrong = [(each.case.id, name) for each in outcomes for name in each.wrongly_confirmed]
    sure = sum(each.causes[0].verdict == "confirmed" for each in outcomes if each.causes)
    healthy = [each for each in outcomes if each.case.expected.cause == "healthy"]
    blamed = [each.case.id for each in healthy if not each.within(1)]
    yield f"confirmed: {sure} of {len(outcomes)}; wrongly: {len(wrong)} (to reach: 0)"
    yield from (f"  {case}: {name}" for case, name in wrong)
    yield f"healthy and blamed: {len(blamed)} of {len(healthy)} (to reach: 0)"
    yield from (f"  {case}" for case in blamed)


def explain(outcome: Outcome) -> Iterator[str]:
    """Yield the clues of one case, cause by cause."""
    expected = outcome.case.expected
    yield f"{outcome.case.id}: {expected.cause}, also {', '.join(expected.also) or '-'}"
    for cause in outcome.causes:
        yield f"  {cause.verdict:<10} {cause.score:5.3f} {cause.id}"
        for clue in cause.clues:
            yield f"      {clue.weight:+.2f} {clue.text}"
            yield f"            {clue.evidence.kind}: {clue.evidence.pointer[:150]}"
    for missing in outcome.diagnosis.missing_evidence:
        yield f"  missing {missing.kind}: {missing.why}: {missing.how_to_get}"
