"""Rows of what the peers negotiate: versions, algorithms, groups, lifetimes.

An unset list of options is every algorithm and group that AWS knows (EC2 API Reference,
ModifyVpnTunnelOptionsSpecification). Each list is compared by itself: which algorithms a device
offers together is not kept.
"""

from collections.abc import Iterator

from bothup.engine.compare._row import Sides
from bothup.model.comparison import Agreement, Compared, Setting

_ENCRYPTION = ("AES128", "AES256", "AES128-GCM-16", "AES256-GCM-16")
_INTEGRITY = ("SHA1", "SHA2-256", "SHA2-384", "SHA2-512")
_GROUPS = {"phase1": (2, *range(14, 25)), "phase2": (2, 5, *range(14, 25))}
_LIFETIMES = {"phase1": 28800, "phase2": 3600}
_API = {"phase1": "Phase1", "phase2": "Phase2"}


def rows(sides: Sides) -> Iterator[Compared]:
    """Compare versions, then both phases."""
    yield from _versions(sides)
    for phase in ("phase1", "phase2"):
        yield from _algorithms(sides, phase)
        yield from _groups(sides, phase)
        yield from _lifetime(sides, phase)
    yield from _volume(sides)


def _versions(sides: Sides) -> Iterator[Compared]:
    classic = sides.connection.category == "VPN-Classic"
    allowed = ("ikev1",) if classic else sides.options.ike_versions or ("ikev1", "ikev2")
    theirs = sides.device.ike_versions
    yield _common(sides, Setting.IKE_VERSION, allowed, theirs, "IkeVersions", ("ike_versions",))
    if sides.device.mode and theirs != ("ikev2",):
        aggressive = sides.device.mode == "aggressive"
        yield sides.row(
            Setting.MODE,
            Agreement.CLASHES if aggressive else Agreement.AGREES,
            aws="main",
            device=sides.device.mode,
            field="IkeVersions",
            said=("mode",),
            why="AWS does not speak aggressive mode" if aggressive else "",
        )


def _algorithms(sides: Sides, phase: str) -> Iterator[Compared]:
    ciphers: tuple[str, ...] = getattr(sides.device, f"{phase}_encryption")
    hashes: tuple[str, ...] = getattr(sides.device, f"{phase}_integrity")
    allowed = getattr(sides.options, f"{phase}_encryption") or _ENCRYPTION
    yield _common(
        sides, Setting(f"{_shown(phase)} encryption"), allowed, ciphers,
        f"{_API[phase]}EncryptionAlgorithms", (f"{phase}_encryption",),
    )  # fmt: skip
    allowed = getattr(sides.options, f"{phase}_integrity") or _INTEGRITY
    if ciphers and all("GCM" in each for each in ciphers):
        yield sides.row(
            Setting(f"{_shown(phase)} integrity"),
            Agreement.AGREES,
            aws=allowed,
            device="by AES-GCM itself",
            field=f"{_API[phase]}IntegrityAlgorithms",
            said=(f"{phase}_encryption",),
        )
        return
    yield _common(
        sides, Setting(f"{_shown(phase)} integrity"), allowed, hashes,
        f"{_API[phase]}IntegrityAlgorithms", (f"{phase}_integrity",),
    )  # fmt: skip


def _groups(sides: Sides, phase: str) -> Iterator[Compared]:
    allowed = getattr(sides.options, f"{phase}_dh_groups") or _GROUPS[phase]
    field = f"{_API[phase]}DHGroupNumbers"
    name = Setting.PHASE1_DH_GROUP if phase == "phase1" else Setting.PHASE2_DH_GROUP
    if phase == "phase2" and sides.device.pfs is False:
        when = "at once" if sides.ikev1_only else "at the first rekey, after it came up"
        yield sides.row(
            name,
            Agreement.CLASHES,
            aws=allowed,
            device="none",
            field=field,
            said=("pfs",),
            why=f"AWS wants perfect forward secrecy; phase 2 fails without it {when}",
        )
        return
    groups: tuple[int, ...] = getattr(sides.device, f"{phase}_dh_groups")
    yield _common(sides, name, allowed, groups, field, (f"{phase}_dh_groups", "pfs"))


def _common(
    sides: Sides,
    setting: Setting,
    aws: tuple[object, ...],
    device: tuple[object, ...],
    field: str,
    said: tuple[str, ...],
) -> Compared:
    """Compare two lists of which one member has to be common."""
    fits = Agreement.AGREES if set(aws) & set(device) else Agreement.CLASHES
    return sides.row(
        setting,
        fits if device else Agreement.UNKNOWN,
        aws=aws,
        device=device,
        field=field,
        said=said,
        why="nothing is common" if device and fits is Agreement.CLASHES else "",
    )


def _lifetime(sides: Sides, phase: str) -> Iterator[Compared]:
    ours = getattr(sides.options, f"{phase}_lifetime") or _LIFETIMES[phase]
    theirs = getattr(sides.device, f"{phase}_lifetime")
    same = Agreement.AGREES if ours == theirs else Agreement.DIFFERS
    yield sides.row(
        Setting(f"{_shown(phase)} lifetime"),
        Agreement.UNKNOWN if theirs is None else same,
        aws=f"{ours} s",
        device="" if theirs is None else f"{theirs} s",
        field=f"{_API[phase]}LifetimeSeconds",
        said=(f"{phase}_lifetime",),
        why="" if theirs in (None, ours) else "each side rekeys by its own clock; AWS advises one",
    )


def _volume(sides: Sides) -> Iterator[Compared]:
    volume = sides.device.phase2_lifebytes
    if volume is not None:
        yield sides.row(
            Setting.PHASE2_VOLUME,
            Agreement.DIFFERS if volume else Agreement.AGREES,
            aws="by time only",
            device=f"after {volume} bytes" if volume else "by time only",
            field="Phase2LifetimeSeconds",
            said=("phase2_lifebytes",),
            why="under load the device rekeys again and again" if volume else "",
        )


def _shown(phase: str) -> str:
    return "phase 1" if phase == "phase1" else "phase 2"
