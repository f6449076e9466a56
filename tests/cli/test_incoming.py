"""What is read of a file that somebody names costs what the file holds."""

import tracemalloc
from pathlib import Path

from bothup.cli.incoming import LARGEST_FLEET, data_of


def test_a_small_file_takes_little_memory(tmp_path: Path) -> None:
    """Where memory is bounded, what might have been in the file must not be asked for."""
    text = b"x" * 5_000_000
    (tmp_path / "scan.json").write_bytes(text)
    tracemalloc.start()
    try:
        assert data_of(str(tmp_path / "scan.json"), LARGEST_FLEET) == text
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < 50_000_000
