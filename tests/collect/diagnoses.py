"""Diagnoses to show: every kind of part, and text that tries to break out of a document."""

from datetime import UTC, datetime, timedelta

from bothup.model.comparison import Agreement, Compared, Setting
from bothup.model.connection import TunnelStatus
from bothup.model.diagnosis import (
    CauseVerdict,
    Certainty,
    Clue,
    Diagnosis,
    EvidenceKind,
    MissingEvidence,
    Pointer,
    TunnelDiagnosis,
)
from bothup.model.target import Coverage, CoverageStatus
from bothup.pages import Found

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
UP, DOWN = TunnelStatus.UP, TunnelStatus.DOWN
ONE, OTHER = "203.0.113.1", "203.0.113.2"
K = EvidenceKind
HOSTILE = "<script>alert('x')</script> | **bold** [a](b) \x1b[31mred `code` &amp;"


def clue(
    text: str, weight: float, kind: EvidenceKind, pointer: str, ago: int | None = None
) -> Clue:
    time = None if ago is None else NOW - timedelta(minutes=ago)
    return Clue(text=text, weight=weight, evidence=Pointer(kind=kind, pointer=pointer, time=time))


def cause(
    id: str,  # noqa: A002 - the field's name
    verdict: Certainty,
    score: float,
    *clues: Clue,
    aws: tuple[str, ...] = (),
    device: tuple[str, ...] = (),
) -> CauseVerdict:
    return CauseVerdict(
        id=id,
        title=id.replace("-", " ").capitalize(),
        verdict=verdict,
        score=score,
        clues=clues,
        do_on_aws=aws,
        do_on_device=device,
    )


def setting(name: str, agreement: str, aws: str, device: str, why: str = "") -> Compared:
    return Compared(
        setting=Setting(name),
        agreement=Agreement(agreement),
        aws=aws,
        device=device,
        why=why,
        aws_field="Options.TunnelOptions[203.0.113.1].X",
        config_line=HOSTILE if aws == HOSTILE else "gw.conf, line 12",
    )


_KEYS = cause(
    "psk-mismatch",
    Certainty.CONFIRMED,
    0.97,
    clue(
        "the keys differ (12 times)",
        0.97,
        K.ACTIVITY_LOG,
        'logs[0], line 812: {"at": 1, "details": "AWS tunnel detected a \\"mismatch\\""}',
        5,
    ),
    clue("a device log line", 0.3, K.DEVICE_LOG, "gw.log, line 3: Nov 24 11:55:00 gw charon: no"),
    clue("phase 1 came up once", -0.2, K.ACTIVITY_LOG, "logs[0], line 4: 2026-11-24T05:00:00Z up"),
    aws=("Set the key with `aws ec2 modify-vpn-tunnel-options`.",),
    device=("Enter the key again.",),
)
_POSSIBLE = cause(
    "peer-deleted-sa",
    Certainty.POSSIBLE,
    0.34,
    clue("the device closed the SA", 0.34, K.ACTIVITY_LOG, "logs[0], line 6: received DELETE", 60),
)
_OUT = cause(
    "bgp-down",
    Certainty.RULED_OUT,
    0.0,
    clue("weak", 0.1, K.METRICS, "TunnelState"),
    clue("the connection has no BGP", -1.0, K.TELEMETRY, f'VgwTelemetry[{ONE}]: DOWN ""', 61),
)
_HEALTHY = cause(
    "healthy", Certainty.LIKELY, 0.8, clue("the tunnel is UP", 0.8, K.TELEMETRY, "UP", 600)
)
_UNKNOWN = cause("unknown", Certainty.POSSIBLE, 0.0, aws=("Turn on logs.",))
_NOT_HEALTHY = cause(
    "healthy", Certainty.RULED_OUT, 0.0, clue("the tunnel is DOWN", -1.0, K.TELEMETRY, "DOWN")
)

BROKEN = Diagnosis(
    connection="vpn-0a1b2c3d4e5f60718",
    account="111122223333",
    region="eu-west-1",
    diagnosed_at=NOW,
    tunnels=(
        TunnelDiagnosis(
            outside_ip=ONE,
            status=DOWN,
            status_message="IPSEC IS DOWN",
            last_status_change=NOW - timedelta(hours=3),
            causes=(_KEYS, _POSSIBLE, _OUT, _NOT_HEALTHY),
            missing_evidence=(
                MissingEvidence(
                    kind=K.DEVICE_LOG,
                    why="the device's own log tells more",
                    how_to_get="bothup diagnose vpn-0a1b2c3d4e5f60718 --device-log FILE",
                ),
            ),
            settings=(
                setting("phase 1 DH group", "clashes", "14, 19", "5", "nothing is common"),
                setting("phase 2 lifetime", "differs", "3600 s", "28800 s", "two clocks"),
                setting("tunnel", "agrees", "there", "to-aws-1"),
                setting("IKE version", "agrees", "ikev2", "ikev2"),
                setting("who initiates", "unknown", "add", ""),
            ),
        ),
        TunnelDiagnosis(
            outside_ip=OTHER,
            status=UP,
            status_message="IPSEC IS UP",
            last_status_change=NOW - timedelta(days=12),
            causes=(_HEALTHY, _OUT),
            settings=(setting("tunnel", "clashes", "there", "none", "only the other tunnel"),),
        ),
    ),
    missing_evidence=(
        MissingEvidence(
            kind=K.CHANGES,
            why="CloudTrail's events could not be read: denied",
            how_to_get="aws cloudtrail lookup-events",
        ),
    ),
    notices=(f"{OTHER} is changing right now",),
)

DOWN_BOTH = Diagnosis(
    connection="vpn-0ffffffffffffffff",
    diagnosed_at=NOW,
    tunnels=tuple(
        TunnelDiagnosis(
            outside_ip=address,
            status=DOWN,
            causes=(cause("customer-gateway-down", Certainty.LIKELY, 0.9), _UNKNOWN),
        )
        for address in (ONE, "")
    ),
    connection_causes=(
        cause(
            "customer-gateway-down",
            Certainty.LIKELY,
            0.9,
            clue("everything went down", 0.9, K.SAME_GATEWAY, "same_gateway: vpn-1, vpn-2"),
        ),
        _POSSIBLE,
    ),
)

NOTHING_KNOWN = Diagnosis(
    connection="vpn-1",
    diagnosed_at=NOW,
    tunnels=(
        TunnelDiagnosis(outside_ip=ONE, status=TunnelStatus.UNKNOWN, causes=(_UNKNOWN, _OUT)),
    ),
)

UNREAD = Coverage(
    account="111122223333",
    region="us-east-1",
    status=CoverageStatus.DENIED,
    error_code="UnauthorizedOperation",
    message="no",
)
ALL = Found(diagnoses=(BROKEN, DOWN_BOTH, NOTHING_KNOWN), unread=(UNREAD,))

EVIL = Diagnosis(
    connection=HOSTILE,
    account=HOSTILE,
    diagnosed_at=NOW,
    tunnels=(
        TunnelDiagnosis(
            outside_ip=HOSTILE,
            status=DOWN,
            status_message=HOSTILE,
            causes=(
                cause(
                    "psk-mismatch",
                    Certainty.LIKELY,
                    0.6,
                    clue(HOSTILE, 0.6, K.DEVICE_LOG, HOSTILE, 5),
                    aws=(HOSTILE,),
                    device=(HOSTILE,),
                ),
                cause(
                    "bgp-down", Certainty.POSSIBLE, 0.2, clue(HOSTILE, 0.2, K.DEVICE_LOG, HOSTILE)
                ),
                cause("dpd-timeout", Certainty.RULED_OUT, 0, clue(HOSTILE, -1, K.CHANGES, HOSTILE)),
            ),
            missing_evidence=(MissingEvidence(kind=K.HEALTH, why=HOSTILE, how_to_get=HOSTILE),),
            settings=(setting("tunnel", "clashes", HOSTILE, HOSTILE, HOSTILE),),
        ),
    ),
    connection_causes=(
        cause("psk-mismatch", Certainty.LIKELY, 0.6, clue(HOSTILE, 0.6, K.HEALTH, HOSTILE)),
    ),
    notices=(HOSTILE,),
)
