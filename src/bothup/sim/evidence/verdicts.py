"""Verdicts: what the custom rules of AWS Config have told."""

from typing import Any

Params = dict[str, Any]


class Verdicts:
    """The last verdict of each rule on each resource, by account and Region.

    `tokens` says which result token is for which rule; verdicts on a resource in `failing` are not
    taken, once for each time that it is there.
    """

    def __init__(self) -> None:
        self.tokens: dict[str, str] = {}
        self.held: dict[tuple[str, str, str], dict[tuple[str, str], Params]] = {}
        self.failing: list[str] = []

    def of(self, account: str, region: str, rule: str) -> dict[tuple[str, str], Params]:
        """The verdicts of a rule, by the type and id of the resource."""
        return self.held.setdefault((account, region, rule), {})
