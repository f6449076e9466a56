"""Bytes of a file to UTF-8 text: gzip, byte order marks, UTF-16 as PowerShell's `>` writes it."""

import codecs
import gzip
import io
import zlib

from bothup.errors import InputError

_GZIP = b"\x1f\x8b"
# A small compressed file can hold more than any memory.
_LARGEST = 2**30
UTF8 = "utf-8-sig"
# So many bytes, an even number, tell how a text is encoded.
HEAD = 64
_UTF16 = {codecs.BOM_UTF16_LE: "UTF-16-LE", codecs.BOM_UTF16_BE: "UTF-16-BE"}


def encoding_of(head: bytes) -> str:
    """Say how a text that begins so is to be decoded; a byte order mark is taken off with it.

    Of UTF-16 without its mark, every other byte of plain ASCII is zero.
    """
    if head[:2] in _UTF16:
        return "utf-16"
    even, odd = head[0::2], head[1::2]
    if even and odd and not any(odd) and all(even):
        return _UTF16[codecs.BOM_UTF16_LE]
    if even and odd and not any(even) and all(odd):
        return _UTF16[codecs.BOM_UTF16_BE]
    return UTF8


def utf8(data: bytes, source: str) -> bytes:
    """Give the text as UTF-8 without a byte order mark; a UTF-8 input is not yet checked.

    Raises InputError for a broken gzip file or broken UTF-16.
    """
    if data.startswith(_GZIP):
        data = _unpacked(data, source)
    if data[:2] in _UTF16:
        return _from_utf16(data, _UTF16[data[:2]], source)
    return data.removeprefix(codecs.BOM_UTF8)


def _unpacked(data: bytes, source: str) -> bytes:
    try:
        text = gzip.GzipFile(fileobj=io.BytesIO(data)).read(_LARGEST + 1)
    except (OSError, EOFError, zlib.error):
        problem = "a gzip file that is broken or cut off"
        raise InputError(source, "", problem, "a whole one") from None
    if len(text) > _LARGEST:
        raise InputError(source, "", "a gzip file that holds more than 1 GiB", "less")
    return text


def _from_utf16(data: bytes, encoding: str, source: str) -> bytes:
    try:
        return data[2:].decode(encoding).encode()
    except UnicodeDecodeError as error:
        place = f"byte {error.start + 3}"
        raise InputError(source, place, f"not {encoding}", "the text that its mark says") from None
