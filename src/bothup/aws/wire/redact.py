"""Secrets are cut out of an answer's bytes before anything reads them.

More than half of DescribeVpnConnections' answer is secret: each connection's gateway configuration
and each tunnel's pre-shared key. What is cut here never becomes an object, and costs no parsing.
"""

from bothup.aws.wire.shapes import Ref, ServiceModel

# Whatever the model says of them: the SDK did not mark them in its first years.
ALWAYS = frozenset({"customerGatewayConfiguration", "preSharedKey"})
_AFTER_NAME = b" \t\r\n/>"


def without(body: bytes, names: tuple[bytes, ...]) -> bytes:
    """Return the XML without the elements of these names, whatever they contain.

    Where such an element does not end, nothing after its beginning is returned: a parser then
    finds the answer cut off, and the secret is gone. Comments and CDATA sections do not hide an
    element's beginning, so that an odd answer loses too much rather than too little.
    """
    for name in names:
        body = _without(body, name)
    return body


def _without(body: bytes, name: bytes) -> bytes:
    opening = b"<" + name
    kept: list[bytes] = []
    end = 0
    begin = body.find(opening)
    while begin >= 0:
        after = begin + len(opening)
        if body[after : after + 1] in _AFTER_NAME:
            kept.append(body[end:begin])
            end = _end_of_element(body, after, name)
            after = end
        begin = body.find(opening, after)
    if not kept:
        return body
    kept.append(body[end:])
    return b"".join(kept)


def _end_of_element(body: bytes, at: int, name: bytes) -> int:
    """Return where the element whose start tag goes on at `at` is over; the end if it never is."""
    tag_end = body.find(b">", at)
    if tag_end < 0:
        return len(body)
    if body[tag_end - 1] == ord("/"):
        return tag_end + 1
    closing = b"</" + name
    at = tag_end + 1
    while True:
        close = body.find(closing, at)
        if close < 0:
            return len(body)
        # An end tag inside a CDATA section is text.
        cdata = body.find(b"<![CDATA[", at, close)
        if cdata >= 0:
            at = body.find(b"]]>", cdata)
            if at < 0:
                return len(body)
            continue
        after = close + len(closing)
        if body[after : after + 1] in _AFTER_NAME:
            return body.find(b">", after) + 1 or len(body)
        at = after


def secret_names(model: ServiceModel, output: Ref | None) -> tuple[bytes, ...]:
    """Return the XML names of an operation's answer that are secret wherever they stand.

    A name that is secret in one place and plain in another is left to the reader, which passes
    over the secret one.
    """
    secret, plain = set(ALWAYS), set[str]()
    open_refs, seen = [output] if output else [], set[str]()
    while open_refs:
        ref = open_refs.pop()
        shape = model.shapes[ref.shape]
        if ref.shape in seen or model.is_secret(ref):
            continue
        seen.add(ref.shape)
        for name, member in shape.members.items():
            (secret if model.is_secret(member) else plain).add(model.xml_name(member, name))
        plain.update(filter(None, map(model.own_name, shape.parts())))
        open_refs.extend(shape.refs())
    return tuple(sorted(name.encode() for name in secret - (plain - ALWAYS)))
