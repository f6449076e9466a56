"""Pattern: the filter patterns of CloudWatch Logs that look for words.

Source: "Filter pattern syntax" in the Amazon CloudWatch Logs user guide. Patterns that look into
JSON (`{ $.… }`), columns (`[ … ]`) and regular expressions (`%…%`) are refused.
"""

import re
from collections.abc import Callable

from bothup.sim.refusal import Refusal

_TERM = re.compile(r'([?-]?)(?:"((?:[^"\\]|\\.)*)"|([\w.:/]+))(?:\s+|$)')


def pattern_matches(pattern: str) -> Callable[[str], bool]:
    """Whether a message meets a pattern: all terms, or any of those with `?`, and none with `-`."""
    must, any_of, not_one = _terms(pattern.strip())

    def matches(message: str) -> bool:
        return (
            all(term in message for term in must)
            and (not any_of or bool(must) or any(term in message for term in any_of))
            and not any(term in message for term in not_one)
        )

    return matches


def _terms(pattern: str) -> tuple[list[str], list[str], list[str]]:
    found: dict[str, list[str]] = {"": [], "?": [], "-": []}
    at = 0
    while at < len(pattern):
        term = _TERM.match(pattern, at)
        if term is None:
            raise Refusal(
                "InvalidParameterException",
                f"Invalid filter pattern, or one that is not simulated: {pattern}",
            )
        quoted = term[2]
        found[term[1]].append(re.sub(r"\\(.)", r"\1", quoted) if quoted is not None else term[3])
        at = term.end()
    return found[""], found["?"], found["-"]
