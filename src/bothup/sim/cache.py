"""Cache: answers to reading calls, good until anything changes."""

from bothup.sim.request import Answer

Key = tuple[str, str, str, bytes]

_MOST = 1000


class AnswerCache:
    """Rendered answers of one version of the world, by what they answer."""

    def __init__(self) -> None:
        self._version = -1
        self._answers: dict[Key, Answer] = {}

    def get(self, version: int, key: Key) -> Answer | None:
        """The answer that was given to `key` while the world was what it is now."""
        return self._answers.get(key) if version == self._version else None

    def put(self, version: int, key: Key, answer: Answer) -> None:
        """Remember an answer; those of other versions, and too many, are dropped."""
        if version != self._version or len(self._answers) >= _MOST:
            self._version, self._answers = version, {}
        self._answers[key] = answer
