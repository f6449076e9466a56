"""A file that somebody names, or stdin, as bytes: so many at most, whatever it is."""

import io
import sys
from pathlib import Path
from typing import BinaryIO

from bothup.errors import InputError

_MIB = 2**20
_PIECE = 4 * _MIB
# A fleet's connections may be many; one connection's evidence, a plan and diagnoses are small.
LARGEST_FLEET, LARGEST = 1024 * _MIB, 256 * _MIB


def data_of(name: str, largest: int = LARGEST) -> bytes:
    """Read a file, or stdin for "-"; raises InputError where it cannot be read or has more."""
    source = "stdin" if name == "-" else name
    try:
        if name == "-":
            data = _read(sys.stdin.buffer, largest + 1)
        else:
            with Path(name).open("rb") as file:
                data = _read(file, largest + 1)
    except OSError as error:
        raise InputError(source, "", error.strerror or "cannot be read") from None
    if len(data) > largest:
        raise InputError(source, "", f"more than {largest // _MIB} MiB", "less")
    return data


def _read(file: BinaryIO, most: int) -> bytes:
    """Read so much at most, in pieces: a read takes the memory for all that it may bring."""
    read = io.BytesIO()
    while piece := file.read(min(_PIECE, most - read.tell())):
        read.write(piece)
    return read.getvalue()
