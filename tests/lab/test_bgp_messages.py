"""BIRD's lines in AWS's words."""

from bothup.lab.bgp_messages import BgpReader
from bothup.lab.bird import Neighbor

DEVICE = "169.254.10.2"
NEIGHBOR = Neighbor(own="169.254.10.1", address=DEVICE, own_asn=64512, asn=65000, limit=100)


def read(*lines: str) -> list[str]:
    reader = BgpReader(NEIGHBOR)
    stamped = [f"2026-11-24 09:30:04.6{number:02} <TRACE> {line}"
               for number, line in enumerate(lines)]  # fmt: skip
    return [str(one.message.get("details") or one.message) for one in reader.read(stamped)]


def changed(old: str, new: str) -> str:
    words = f"BGP session state has changed from {old} to {new} with neighbor {DEVICE}"
    return f"AWS-side peer {words}"


CONNECTING = f"tunnel: Connecting to {DEVICE} from local address 169.254.10.1"
UP = (CONNECTING, "tunnel: Connected", "tunnel: BGP session established")


def test_coming_up() -> None:
    assert read(*UP) == [
        changed("Idle", "Connect"),
        changed("Connect", "OpenSent"),
        changed("OpenSent", "OpenConfirm"),
        changed("OpenConfirm", "Established"),
    ]


def test_nobody_answers() -> None:
    assert read(CONNECTING, CONNECTING) == [
        changed("Idle", "Connect"),
        changed("Connect", "Active"),
        changed("Active", "Connect"),
    ]


def test_a_wrong_asn() -> None:
    told = read(CONNECTING, "tunnel: Connected", "tunnel: Error: Bad peer AS: 65001")
    assert told[-2:] == [
        (
            f"AWS-side peer detected a bad OPEN message from neighbor {DEVICE} - "
            "remote AS is 65001, expected 65000"
        ),
        changed("OpenSent", "Idle"),
    ]


def test_a_session_that_the_device_closes() -> None:
    told = read(*UP, "tunnel: Received: Administrative shutdown", "tunnel: BGP session closed")
    assert told[-2:] == [
        (
            "AWS-side peer received a notification 6/2 (Cease/Administrative Shutdown) from "
            f"neighbor {DEVICE}"
        ),
        changed("Established", "Idle"),
    ]


def test_a_route_with_the_own_asn_in_its_path() -> None:
    (told,) = read("route 10.10.0.0/24 path (path 65000 64512) denied own-as")
    assert "DENIED due to: as-path contains our own AS" in told
