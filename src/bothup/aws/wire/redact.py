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

    Where such an element does not end before the next one of its name begins, nothing after its
    beginning is returned: a parser then finds the answer cut off, and the secret is gone. The
    beginning counts in comments and CDATA sections as well, so that an odd answer loses too much
    rather than too little.
    """
    for name in names:
        body = _without(body, name)
    return body


def _without(body: bytes, name: bytes) -> bytes:
    kept: list[bytes] = []
    end, mark, close = 0, b"<" + name, b"</%s>" % name
    while (begin := _find_tag(body, mark, end, len(body))) >= 0:
        kept.append(body[end:begin])
        # What AWS writes holds no tag, so that the next one ends the element.
        next_tag = body.find(b"<", begin + 1)
        if body.startswith(close, next_tag):
            end = next_tag + len(close)
        else:
            end = _end_of_element(body, begin, name)
    if not kept:
        return body
    kept.append(body[end:])
    return b"".join(kept)


def _end_of_element(body: bytes, begin: int, name: bytes) -> int:
    """Return where the element that begins there is over; the end of all if it never is."""
    content = body.find(b">", begin) + 1
    if content == 0:
        return len(body)
    if body[content - 2] == ord("/"):
        return content
    at = content
    while (close := _find_tag(body, b"</" + name, at, len(body))) >= 0:
        # An end tag inside a CDATA section is text.
        cdata = body.find(b"<![CDATA[", at, close)
        if cdata < 0:
            if _find_tag(body, b"<" + name, content, close) >= 0:
                break
            return body.find(b">", close) + 1 or len(body)
        at = body.find(b"]]>", cdata)
        if at < 0:
            break
    return len(body)


def _find_tag(body: bytes, mark: bytes, at: int, end: int) -> int:
    """Find a tag that starts with the mark, and whose name ends with it; -1 where there is none."""
    while (at := body.find(mark, at, end)) >= 0:
        after = at + len(mark)
        if body[after : after + 1] in _AFTER_NAME:
            break
        at = after
    return at


def secret_names(model: ServiceModel, output: Ref | None) -> tuple[bytes, ...]:
    """Return the names of the elements of an operation's answer that the model calls secret.

    They are cut by name wherever they stand; no answer of these services uses one of the names for
    something plain as well.
    """
    names = set(ALWAYS)
    open_refs, seen = [output] if output else [], set[str]()
    while open_refs:
        ref = open_refs.pop()
        if ref.shape in seen or model.is_secret(ref):
            continue
        seen.add(ref.shape)
        shape = model.shapes[ref.shape]
        names.update(
            model.xml_name(member, name)
            for name, member in shape.members.items()
            if model.is_secret(member)
        )
        open_refs.extend(shape.refs())
    return tuple(sorted(name.encode() for name in names))
