"""Log lines of either side become events.

A file here is a parser, found by looking into the folder: to add a vendor, write one file with

- `VENDOR`: the name that `--vendor` and an evidence bundle's `vendor` use ("strongswan");
- `ALIASES` (optional): other names for it, such as products that run the same daemon;
- `detect(lines) -> float`: how sure the parser is, 0 to 1, that a sample of lines is its own;
- `parse(lines, context) -> Iterator[Event]`: the events, in the order of the lines.

`lines` are pairs of line number (from 1) and text without its end. A parser sees arbitrary text:
half lines, binary, other vendors. It yields an event only for what it recognises, raises nothing
and keeps no more than the line at hand and a few names. Files whose names begin with an underscore
are what the parsers share; `_read.py` chooses the parsers for a log and runs them.
"""

from bothup.read.logs._read import LogFile, read_log, vendors

__all__ = ["LogFile", "read_log", "vendors"]
