"""Mutes: accepted failures stay in the output, with their reason, and no longer fail the run."""

import fnmatch
import glob
import re
from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import date

import msgspec

from bothup.errors import UsageError
from bothup.model.finding import Finding, Mute, Status
from bothup.model.mute_rule import MuteRule

MUTED = frozenset({Status.FAILED, Status.NOT_AVAILABLE})
_GLOB = frozenset("*?[")


class Muted(msgspec.Struct, frozen=True):
    """Findings after muting; `matched` are the rules, by their position, that fit any of them."""

    findings: tuple[Finding, ...]
    matched: frozenset[int]


class Mutes:
    """The rules of a run, ready to be applied to its findings, all at once or as they come in."""

    def __init__(self, rules: Iterable[MuteRule], *, today: date) -> None:
        """Raise UsageError, naming them, where rules have expired by `today` (UTC)."""
        self.rules, self._today = tuple(rules), today
        if expired := [rule for rule in self.rules if rule.expires <= today]:
            raise UsageError("\n".join(map(_expired, expired)))
        self._tests = tuple(_tests(rule) for rule in self.rules)
        # Most rules name one resource (a baseline has thousands): they are looked up by its text.
        self._by_resource: defaultdict[str, list[int]] = defaultdict(list)
        self._others: list[int] = []
        for index, rule in enumerate(self.rules):
            if rule.resource is None or not _GLOB.isdisjoint(rule.resource):
                self._others.append(index)
            else:
                self._by_resource[rule.resource].append(index)

    def apply(self, findings: Iterable[Finding]) -> Muted:
        """Mute what FAILED or is NOT_AVAILABLE and fits a rule; of several the first one counts.

        A mute that came with a finding (bothup's own JSON) stays until it expires.
        """
        findings = tuple(findings)
        if not self.rules and not any(finding.muted for finding in findings):
            return Muted(findings, frozenset())
        muted: list[Finding] = []
        matched: set[int] = set()
        for finding in findings:
            fitting = self._fitting(finding)
            matched.update(fitting)
            mute = self._mute(finding, fitting)
            same = mute == finding.muted
            muted.append(finding if same else msgspec.structs.replace(finding, muted=mute))
        return Muted(tuple(muted), frozenset(matched))

    def unmatched(self, matched: Iterable[int]) -> tuple[MuteRule, ...]:
        """Give the rules that no finding of the run fitted: `matched` of all its batches."""
        known = frozenset(matched)
        return tuple(rule for index, rule in enumerate(self.rules) if index not in known)

    def _fitting(self, finding: Finding) -> list[int]:
        named = (self._by_resource.get(name or "", ()) for name in _names(finding))
        candidates = {index for indices in (self._others, *named) for index in indices}
        return sorted(
            index for index in candidates if all(test(finding) for test in self._tests[index])
        )

    def _mute(self, finding: Finding, fitting: list[int]) -> Mute | None:
        if finding.status not in MUTED:
            return None
        if fitting:
            rule = self.rules[fitting[0]]
            return Mute(reason=rule.reason, expires=rule.expires)
        earlier = finding.muted
        return earlier if earlier and earlier.expires > self._today else None


def exactly(finding: Finding, *, reason: str, expires: date) -> MuteRule:
    """Make the rule that mutes this finding alone; what the finding does not know is left open."""
    return MuteRule(
        account=_literally(finding.account),
        region=_literally(finding.region),
        resource=_literally(finding.resource.id),
        control=_literally(finding.control),
        redundancy=finding.redundancy or None,
        reason=reason,
        expires=expires,
    )


def _literally(text: str | None) -> str | None:
    return glob.escape(text) if text else None


def _expired(rule: MuteRule) -> str:
    return (
        f"{rule.where or 'a mute'}: expired on {rule.expires} ({rule.reason}); fix what it mutes "
        "and remove it, or decide anew until when it is accepted"
    )


def _tests(rule: MuteRule) -> tuple[Callable[[Finding], bool], ...]:
    return tuple(_test(_TEXTS[name], pattern) for name, pattern in rule.selectors.items())


def _test(
    texts: Callable[[Finding], Iterable[str | None]], pattern: str
) -> Callable[[Finding], bool]:
    if _GLOB.isdisjoint(pattern):
        return lambda finding: pattern in texts(finding)
    # A text that is equal to the pattern fits, too: names may have brackets in them.
    fits = re.compile(fnmatch.translate(pattern)).match
    return lambda finding: any(
        text is not None and (text == pattern or fits(text) is not None) for text in texts(finding)
    )


def _names(finding: Finding) -> tuple[str | None, ...]:
    return finding.resource.id, finding.resource.arn, finding.resource.name


_TEXTS: dict[str, Callable[[Finding], Iterable[str | None]]] = {
    "account": lambda finding: (finding.account,),
    "region": lambda finding: (finding.region,),
    "resource": _names,
    "tag": lambda finding: (f"{key}={value}" for key, value in finding.resource.tags.items()),
    "control": lambda finding: (finding.control,),
    "redundancy": lambda finding: (finding.redundancy or None,),
}
