"""Choice: which connections and endpoints a plan is made for."""

import fnmatch
from collections.abc import Collection, Iterable

import msgspec

from bothup.engine.judge import Resource
from bothup.errors import UsageError
from bothup.model.target import Coverage, CoverageStatus


class Choice(msgspec.Struct, frozen=True, kw_only=True):
    """Which resources are planned for: those of the ids, and of them those with every tag."""

    ids: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()

    def names(self, name: str) -> bool:
        """Say whether a resource of this id may be one of them; nothing else may be known of it."""
        return not self.ids or name in self.ids

    def takes(self, each: Resource) -> bool:
        """Say whether a resource is one of them; a tag is key=value, its value may be a glob."""
        if not self.names(each.id):
            return False
        pairs = [tag.partition("=") for tag in self.tags]
        return all(
            key in each.tags and fnmatch.fnmatchcase(each.tags[key], value if equals else "*")
            for key, equals, value in pairs
        )

    def expect(self, known: Collection[str], coverage: Iterable[Coverage]) -> None:
        """Raise UsageError for an id that is nowhere, unless something could not be read."""
        if any(each.status is not CoverageStatus.READ for each in coverage):
            return
        for wanted in self.ids:
            if wanted not in known:
                why = " with these tags" if self.tags else ""
                raise UsageError(f"{wanted} is nowhere in what was read{why}: look where it is")
