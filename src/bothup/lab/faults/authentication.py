"""Faults of authentication: keys, identities, certificates."""

from datetime import timedelta

from bothup.lab.certificates import Authority
from bothup.lab.fault import Healthy, fault
from bothup.lab.lab import Lab
from bothup.lab.verbs import TUNNEL, close, set_up
from bothup.sim.scenario import Peer

_REFUSED = r"received AUTHENTICATION_FAILED|AUTH_FAILED"
_AWS_STARTS = Healthy(options={"StartupAction": "start"}, peer=Peer(initiates=False))
_IKEV1 = Healthy(options={"IKEVersions": ["ikev1"]}, peer=Peer(ike=("ikev1",)))
_CERTIFICATES = Healthy(certificates=True)
_DAY = timedelta(days=1)


def _right_key(lab: Lab) -> None:
    set_up(lab, key=lab.connection.tunnels[0].options["PreSharedKey"])


@fault(
    "The pre-shared key on the device is wrong",
    "psk-mismatch",
    repair=_right_key,
    advice="[Kk]ey",
    until=_REFUSED,
)
def psk_wrong(lab: Lab) -> None:
    """The device initiates, and AWS finds out."""
    set_up(lab, key="not.the.right.key")


@fault(
    "The pre-shared key on the device is wrong, and AWS initiates",
    "psk-mismatch",
    healthy=_AWS_STARTS,
    repair=_right_key,
    advice="[Kk]ey",
    until=_REFUSED,
)
def psk_wrong_aws_initiates(lab: Lab) -> None:
    """AWS initiates, and only the device finds out."""
    set_up(lab, key="not.the.right.key")


@fault(
    "The pre-shared key on the device is wrong, with IKEv1",
    "psk-mismatch",
    healthy=_IKEV1,
    repair=_right_key,
    advice="[Kk]ey",
    until="giving up after|could not decrypt payloads",
)
def psk_wrong_ikev1(lab: Lab) -> None:
    """Main mode cannot even be decrypted."""
    set_up(lab, key="not.the.right.key")


@fault(
    "The key was changed on the device under a live SA",
    "psk-mismatch",
    repair=_right_key,
    advice="[Kk]ey",
    until=_REFUSED,
)
def key_changed_under_a_live_sa(lab: Lab) -> None:
    """Nothing happens until the device authenticates anew."""
    lab.gateway.change_key(TUNNEL, "rotated.on.one.side")
    lab.gateway.charon.rekey(ike=TUNNEL, reauth="yes")


def _right_identity(lab: Lab) -> None:
    set_up(lab, local_id=lab.scenes[0].customer.ip, remote_id=None)


@fault(
    "The device calls itself something else than AWS expects",
    "peer-identity-mismatch",
    repair=_right_identity,
    advice="identit|ID",
    until=_REFUSED,
)
def identity_of_the_device(lab: Lab) -> None:
    """AWS finds no configuration for the name."""
    set_up(lab, local_id="gateway.example")


@fault(
    "The device expects another identity of AWS's endpoint",
    "peer-identity-mismatch",
    repair=_right_identity,
    advice="identit|ID",
    until=_REFUSED + "|no matching peer config",
)
def identity_of_aws(lab: Lab) -> None:
    """As when the other tunnel's address was set."""
    set_up(lab, remote_id=lab.connection.tunnels[1].outside_ip)


@fault(
    "Behind NAT the device calls itself by its private address",
    "peer-identity-mismatch",
    healthy=Healthy(nat=True),
    repair=_right_identity,
    advice="identit|ID",
    until=_REFUSED,
)
def identity_private_behind_nat(lab: Lab) -> None:
    """AWS knows the device by its public address."""
    set_up(lab, local_id=lab.network.own["cgw"])


def _good_certificate(lab: Lab) -> None:
    assert lab.authority
    set_up(lab, auth=lab.gateway.trust(lab.authority, lab.scenes[0].customer.ip))


def _certificate(lab: Lab, begins: timedelta, ends: timedelta) -> None:
    assert lab.authority
    identity = lab.scenes[0].customer.ip
    set_up(lab, auth=lab.gateway.trust(lab.authority, identity, begins=begins, ends=ends))


@fault(
    "The device's certificate has expired",
    "certificate-problem",
    healthy=_CERTIFICATES,
    repair=_good_certificate,
    advice="[Cc]ertificate",
    until=_REFUSED,
)
def certificate_expired(lab: Lab) -> None:
    """AWS refuses it and says only that authentication failed."""
    _certificate(lab, -30 * _DAY, -_DAY)


@fault(
    "The device's certificate is not valid yet",
    "certificate-problem",
    healthy=_CERTIFICATES,
    repair=_good_certificate,
    advice="[Cc]ertificate",
    until=_REFUSED,
)
def certificate_not_yet_valid(lab: Lab) -> None:
    """As with a clock that is wrong."""
    _certificate(lab, _DAY, 30 * _DAY)


@fault(
    "The device's certificate is from an authority that AWS does not know",
    "certificate-problem",
    healthy=_CERTIFICATES,
    repair=_good_certificate,
    advice="[Cc]ertificate",
    until=_REFUSED,
)
def certificate_unknown(lab: Lab) -> None:
    """A certificate in order, from somebody else."""
    other = Authority(lab.folder / "ca", "somebody-else")
    close(lab)
    set_up(lab, auth=lab.gateway.trust(other, lab.scenes[0].customer.ip))
