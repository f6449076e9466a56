"""Probe: whether a laboratory can be built on this machine, and what is missing if not."""

import contextlib
import importlib.util
import os
import shutil
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path

from bothup.lab.command import CommandFailed, run
from bothup.lab.owner import PREFIX, this_process

# The programs, and Debian's packages that bring them.
PROGRAMS = {
    "ip": "iproute2",
    "nft": "nftables",
    "swanctl": "strongswan-swanctl",
    "pki": "strongswan-pki",
    "charon-systemd": "charon-systemd",
    "bird": "bird2",
    "birdc": "bird2",
}
# Packages without a program of their own: kernel-libipsec, and the elliptic curves.
PACKAGES = (
    *dict.fromkeys(PROGRAMS.values()),
    "libcharon-extra-plugins",
    "libstrongswan-standard-plugins",
)
_PLUGINS = Path("/usr/lib/ipsec/plugins")


def program(name: str) -> str | None:
    """Where a program is, looked for where Debian has those of root, too."""
    return shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")


def missing() -> tuple[str, ...]:
    """What a laboratory needs and this machine lacks, with what to do about it."""
    return tuple(_missing())


def forbidden() -> tuple[str, ...]:
    """What this machine does not allow, by a trial; only where nothing is missing."""
    return tuple(_forbidden())


def _missing() -> Iterator[str]:
    if sys.platform != "linux":
        yield "it needs Linux"
        return
    if os.geteuid():
        yield "it needs root"
    for name, package in PROGRAMS.items():
        if program(name) is None:
            yield f"there is no {name}: apt-get install {package}"
    if program("swanctl"):
        for plugin, package in (
            ("kernel-libipsec", "libcharon-extra-plugins"),
            ("openssl", "libstrongswan-standard-plugins"),
        ):
            if not (_PLUGINS / f"libstrongswan-{plugin}.so").exists():
                yield f"strongSwan lacks {plugin}: apt-get install {package}"
    if importlib.util.find_spec("vici") is None:
        yield "there is no vici: pip install 'bothup[lab]'"


def _forbidden() -> Iterator[str]:
    """What a trial shows: namespaces, packet filters and TUN devices are often forbidden."""
    name = f"{PREFIX}-{this_process()}-{uuid.uuid4().hex[:6]}-probe"
    try:
        run("ip", "netns", "add", name)
    except CommandFailed as error:
        yield f"network namespaces are not allowed here: {error}"
        return
    try:
        inside = ("ip", "netns", "exec", name)
        for what, command in (
            ("TUN devices", ("ip", "tuntap", "add", "dev", "probe", "mode", "tun")),
            ("nftables", ("nft", "add", "table", "inet", "probe")),
            ("veth devices", ("ip", "link", "add", "v0", "type", "veth", "peer", "name", "v1")),
        ):
            try:
                run(*inside, *command)
            except CommandFailed as error:
                yield f"{what} are not allowed here: {error}"
    finally:
        with contextlib.suppress(CommandFailed):
            run("ip", "netns", "del", name)
