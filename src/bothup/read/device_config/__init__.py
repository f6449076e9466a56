"""Configuration texts of customer gateway devices become settings.

A file here is a parser, found by looking into the folder: to add a vendor, write one file with

- `VENDOR`: the name that an evidence bundle's `vendor` uses ("fortigate");
- `ALIASES` (optional): other names for it, some of which may be `DIALECTS`: vendors of their own;
- `detect(text) -> float`: how sure the parser is, 0 to 1, that the text is its own;
- `parse(text, source) -> DeviceConfig`: the tunnels that the text defines.

A parser sees arbitrary text: cut off, binary, another vendor's. It reads what it recognises, says
in a notice what it passes over and could matter, raises nothing and keeps no secret: a key is there
or not, that is all. What the text does not say stays unsaid, except for defaults that the vendor
documents without ambiguity, which the parser's docstring names; they are applied only where the end
of the block has been seen, so that a cut-off text claims nothing. Files whose names begin with an
underscore are what the parsers share.
"""

from bothup.read.device_config._choose import read_device_config

__all__ = ["read_device_config"]
