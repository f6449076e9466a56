"""Secrets out of text: keys and passwords in the syntax of any vendor.

What follows a word that announces a secret is replaced, whatever it looks like: a name masked for
nothing costs less than a key let through. Certificates, key ids and sequence numbers stay.
"""

from bothup.read.mask._forms import MASK, without_forms
from bothup.read.mask._prose import without_announced
from bothup.read.mask._settings import without_settings

__all__ = ["MASK", "masked", "masked_config"]


def masked(text: str) -> str:
    """Give a line of a log, or any other text, without its secrets; its sentences stay."""
    return without_announced(without_forms(text))


def masked_config(text: str) -> str:
    """Give a whole configuration without its secrets: the same lines, braces, tags and settings.

    Rather a comment masked for nothing than half a key let through: what stands behind the name of
    a secret goes, to the end of its line unless something shows where it ends.
    """
    return without_settings(without_forms(text))
