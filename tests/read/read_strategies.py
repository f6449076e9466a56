"""What hypothesis makes: anything JSON can hold, and connections with parts that went wrong."""

import copy
from typing import Any

from hypothesis import strategies as st
from read_records import FULL, SECRET, connection, options, telemetry

# Halves of surrogate pairs included: JSON can hold them.
TEXTS = st.text(st.characters(exclude_categories=()), max_size=8)
NUMBERS = st.one_of(
    st.integers(),
    st.floats(allow_nan=False, allow_infinity=False),
    st.just(10**400),
    st.integers(1_600_000_000, 1_900_000_000_000),
)
SCALARS = st.one_of(st.none(), st.booleans(), NUMBERS, TEXTS)
KEYS = st.one_of(TEXTS, st.sampled_from(sorted(connection() | telemetry() | options(**FULL))))
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=12,
)

ADDRESSES = st.sampled_from(["", " ", "198.51.100.1", "203.0.113.9", "203.0.113.10", "2001:db8::1"])
STATUSES = st.sampled_from(["UP", "DOWN", "up", " Down ", "", "PROVISIONING"])
TIMES = st.sampled_from(
    ["2026-02-01T08:32:20Z", "2026-02-03T08:32:20.123+02:00", 1769934740, 1769934740000]
)
MESSAGES = st.sampled_from(["", "IPSEC IS UP", "IPSEC IS DOWN", "3 BGP ROUTES", "3 bgp routes"])


def _some(fields: dict[str, st.SearchStrategy[Any]]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({}, optional=fields)


TELEMETRIES = _some(
    {
        "OutsideIpAddress": ADDRESSES,
        "Status": STATUSES,
        "StatusMessage": MESSAGES,
        "LastStatusChange": TIMES,
        "AcceptedRouteCount": st.integers(0, 100),
        "CertificateArn": st.just("arn:aws:acm:eu-west-1:111122223333:certificate/1"),
    }
)
TUNNEL_OPTIONS = _some(
    {"OutsideIpAddress": ADDRESSES, "PreSharedKey": st.just(SECRET)}
    | {key: st.just(value) for key, value in FULL.items()}
    | {"IKEVersions": st.just([{"Value": "ikev2"}]), "DPDTimeoutSeconds": st.just(30)}
)


@st.composite
def connections(draw: st.DrawFn) -> dict[str, Any]:
    """Connections as AWS might describe them, with up to three tunnels of any sort."""
    record = connection(
        draw(st.lists(TELEMETRIES, max_size=3)), draw(st.lists(TUNNEL_OPTIONS, max_size=3))
    )
    absent = draw(st.sets(st.sampled_from(sorted(record)), max_size=4))
    return {key: value for key, value in record.items() if key not in absent}


@st.composite
def damaged(draw: st.DrawFn) -> dict[str, Any]:
    """Connections of which a few parts, at any depth, are missing, null, mistyped or doubled."""
    record = copy.deepcopy(draw(connections()))
    for _ in range(draw(st.integers(0, 3))):
        _damage(draw, record)
    return record


def _damage(draw: st.DrawFn, record: dict[str, Any]) -> None:
    places = list(_places(record))
    if not places:
        return
    parent, key = draw(st.sampled_from(places))
    match draw(st.sampled_from(["missing", "null", "mistyped", "doubled"])):
        case "missing":
            del parent[key]
        case "null":
            parent[key] = None
        case "mistyped":
            parent[key] = draw(VALUES)
        case "doubled":
            parent[key] = [copy.deepcopy(parent[key]), parent[key]]


def _places(part: Any) -> Any:
    """Yield every (container, key) inside a value."""
    keys = part.keys() if isinstance(part, dict) else range(len(part))
    for key in list(keys):
        yield part, key
        if isinstance(part[key], dict | list):
            yield from _places(part[key])
