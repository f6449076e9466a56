"""Where in a text something stands, for people: lines and columns from 1, counted in characters."""


def line_of(text: bytes, offset: int) -> int:
    """Give the line, from 1, of a byte of a UTF-8 text."""
    return text.count(b"\n", 0, offset) + 1


def line_and_column(text: bytes, offset: int) -> str:
    """Give the place of a byte of a UTF-8 text as "line 3, column 5"."""
    begin = text.rfind(b"\n", 0, offset) + 1
    column = len(text[begin:offset].decode("utf-8", "replace")) + 1
    return f"line {line_of(text, offset)}, column {column}"
