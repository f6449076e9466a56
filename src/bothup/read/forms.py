"""The accepted forms of a JSON document, told apart by their keys."""

from collections.abc import Iterator

import msgspec

from bothup.read.config_forms import CONFIG_FORMS
from bothup.read.described import DESCRIBED_FORMS, refused
from bothup.read.fields import kind
from bothup.read.foreign import other_answer
from bothup.read.items import Form, Item, NotOurs, Origin, placed
from bothup.read.own import OWN_FORMS
from bothup.read.parts import entries, first_byte, members, value

ACCEPTED = "the JSON of `aws ec2 describe-vpn-connections`, of AWS Config or of bothup"

# The first key that a document has decides.
_FORMS: dict[str, Form] = {**DESCRIBED_FORMS, **OWN_FORMS, **CONFIG_FORMS}


def read_document(raw: msgspec.Raw, origin: Origin) -> Iterator[Item]:
    """Read one JSON document of any accepted form; raises NotOurs where it is of none."""
    return _list(raw, origin) if first_byte(raw) == b"[" else _object(raw, origin)


def _list(raw: msgspec.Raw, origin: Origin) -> Iterator[Item]:
    """Read a list of documents; a bad one costs itself alone, unless all are bad."""
    read: list[Item] = []
    refusals: list[NotOurs] = []
    documents = entries(raw)
    for index, entry in enumerate(documents):
        try:
            read += placed(_object(entry, origin), f"$[{index}]")
        except NotOurs as refusal:
            refusals.append(refusal.inside(f"$[{index}]"))
            read.append(refused(entry, origin, str(refusals[-1])))
    if refusals and len(refusals) == len(documents):
        raise refusals[0]
    return iter(read)


def _object(raw: msgspec.Raw, origin: Origin) -> Iterator[Item]:
    if first_byte(raw) != b"{":
        raise NotOurs("$", kind(value(raw)), ACCEPTED)
    parts = members(raw)
    for key, read in _FORMS.items():
        if key in parts:
            return read(raw, parts, origin)
    raise NotOurs("$", other_answer(list(parts)), ACCEPTED)
