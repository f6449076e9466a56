"""Whatever the order in which bytes come, memory is bounded and no reader waits for ever."""

from hypothesis import given
from hypothesis import strategies as st

from bothup.aws.wire.held import HeldBytes

LIMIT = 100


class Reader:
    """An answer of so many bytes on its way in; reads a piece whenever it is not paused."""

    def __init__(self, size: int) -> None:
        self.left, self.taken, self.paused = size, 0, False

    def pause(self) -> None:
        assert not self.paused
        self.paused = True

    def resume(self) -> None:
        assert self.paused
        self.paused = False

    def read(self, held: HeldBytes, piece: int) -> bool:
        """Take a piece; true when the answer is whole, which gives its bytes back."""
        size = min(piece, self.left)
        self.left -= size
        self.taken += size
        held.take(self, size)
        if self.left:
            return False
        held.done(self)
        held.give(self.taken)
        return True


@given(
    sizes=st.lists(st.integers(1, 300), min_size=1, max_size=12),
    piece=st.integers(1, 60),
    data=st.data(),
)
def test_every_answer_comes_in_within_the_bound(
    sizes: list[int], piece: int, data: st.DataObject
) -> None:
    held = HeldBytes(LIMIT)
    readers = [Reader(size) for size in sizes]
    unfinished = list(readers)
    while unfinished:
        going = [reader for reader in unfinished if not reader.paused]
        assert going, "all wait for each other"
        reader = data.draw(st.sampled_from(going))
        if reader.read(held, piece):
            unfinished.remove(reader)
        # Each brings in one piece at most before it is told to wait; the oldest goes on.
        assert held.held <= LIMIT + max(sizes) + piece * len(sizes)
    assert held.held == 0
    assert not any(reader.paused for reader in readers)


def test_a_reader_that_is_given_up_makes_room() -> None:
    held = HeldBytes(LIMIT)
    first, second = Reader(300), Reader(300)
    first.read(held, 90)
    second.read(held, 90)
    assert second.paused
    held.done(first)
    held.give(first.taken)
    assert not second.paused
    assert held.held == 90
