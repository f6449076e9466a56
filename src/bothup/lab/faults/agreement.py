"""Faults of agreement: versions, proposals, selectors."""

from bothup.lab.fault import Healthy, fault
from bothup.lab.lab import Lab
from bothup.lab.verbs import set_up
from bothup.sim.scenario import Peer

_GOOD = "aes256-sha256-ecp384"
_NO_PROPOSAL = "NO_PROPOSAL_CHOSEN"
_IKEV1 = Healthy(options={"IKEVersions": ["ikev1"]}, peer=Peer(ike=("ikev1",)))
_SELECTORS = Healthy(local_cidr="10.10.0.0/24", remote_cidr="10.20.0.0/24")
_SELECTORS_AWS_STARTS = Healthy(
    local_cidr="10.10.0.0/24",
    remote_cidr="10.20.0.0/24",
    options={"StartupAction": "start"},
    peer=Peer(initiates=False),
)
_PHASE_1 = "[Oo]ffer|proposal"
_PHASE_2 = "[Oo]ffer|forward secrecy"


def _good_proposals(lab: Lab) -> None:
    set_up(lab, proposals=_GOOD, esp_proposals=_GOOD, version=2)


def _good_ikev1(lab: Lab) -> None:
    set_up(lab, proposals=_GOOD, esp_proposals=_GOOD)


def _good_selectors(lab: Lab) -> None:
    set_up(lab, networks="10.10.0.0/24", remote_networks="10.20.0.0/24")


@fault("Phase 1: another DH group on the device", "ike-proposal-mismatch",
       repair=_good_proposals, advice=_PHASE_1, until=_NO_PROPOSAL)  # fmt: skip
def ike_dh_group(lab: Lab) -> None:
    """Group 14 meets group 20."""
    set_up(lab, proposals="aes256-sha256-modp2048")


@fault("Phase 1: another cipher on the device", "ike-proposal-mismatch",
       repair=_good_proposals, advice=_PHASE_1, until=_NO_PROPOSAL)  # fmt: skip
def ike_encryption(lab: Lab) -> None:
    """AES128 meets AES256."""
    set_up(lab, proposals="aes128-sha256-ecp384")


@fault("Phase 1: another hash on the device", "ike-proposal-mismatch",
       repair=_good_proposals, advice=_PHASE_1, until=_NO_PROPOSAL)  # fmt: skip
def ike_integrity(lab: Lab) -> None:
    """SHA1 meets SHA2-256."""
    set_up(lab, proposals="aes256-sha1-ecp384")


@fault("Phase 1: another DH group on the device, with IKEv1", "ike-proposal-mismatch",
       healthy=_IKEV1, repair=_good_ikev1, advice=_PHASE_1, until=_NO_PROPOSAL)  # fmt: skip
def ike_dh_group_ikev1(lab: Lab) -> None:
    """Main mode is refused."""
    set_up(lab, proposals="aes256-sha256-modp2048")


@fault("Phase 2: another cipher on the device", "ipsec-proposal-mismatch",
       repair=_good_proposals, advice=_PHASE_2, until=_NO_PROPOSAL)  # fmt: skip
def esp_encryption(lab: Lab) -> None:
    """The IKE SA comes up, and no CHILD_SA."""
    set_up(lab, esp_proposals="aes128-sha256-ecp384")


@fault("Phase 2: another hash on the device", "ipsec-proposal-mismatch",
       repair=_good_proposals, advice=_PHASE_2, until=_NO_PROPOSAL)  # fmt: skip
def esp_integrity(lab: Lab) -> None:
    """The IKE SA comes up, and no CHILD_SA."""
    set_up(lab, esp_proposals="aes256-sha1-ecp384")


@fault("Phase 2: another PFS group on the device, with IKEv1", "ipsec-proposal-mismatch",
       healthy=_IKEV1, repair=_good_ikev1, advice=_PHASE_2, until=_NO_PROPOSAL)  # fmt: skip
def pfs_ikev1(lab: Lab) -> None:
    """Quick mode fails at once."""
    set_up(lab, esp_proposals="aes256-sha256-modp2048")


@fault("Phase 2: another PFS group, found out at the first rekeying", "ipsec-proposal-mismatch",
       repair=_good_proposals, advice=_PHASE_2, until=r"closing expired CHILD_SA|giving up|"
       r"deleting IKE_SA")  # fmt: skip
def pfs_at_rekeying(lab: Lab) -> None:
    """Up at first, as IKE_AUTH has no key exchange of its own; down a lifetime later."""
    set_up(lab, esp_proposals="aes256-sha256-modp2048", life=(2, 5))
    lab.wait(lambda: lab.up[0])


@fault("The device speaks IKEv1, and AWS takes IKEv2 only", "ike-version-mismatch",
       repair=_good_proposals, advice="IKEv2", until=_NO_PROPOSAL)  # fmt: skip
def ike_version(lab: Lab) -> None:
    """AWS has no configuration for main mode."""
    set_up(lab, version=1)


@fault("AWS refuses the device's networks", "traffic-selector-mismatch",
       healthy=_SELECTORS, repair=_good_selectors, advice="selector|network|CIDR",
       until="TS_UNACCEPTABLE|TS_UNACCEPT")  # fmt: skip
def selectors_refused(lab: Lab) -> None:
    """The device initiates for networks that the connection does not carry."""
    set_up(lab, networks="10.99.0.0/24", remote_networks="10.98.0.0/24")


@fault("The device refuses AWS's networks", "traffic-selector-mismatch",
       healthy=_SELECTORS_AWS_STARTS, repair=_good_selectors, advice="selector|network|CIDR",
       until="TS_UNACCEPTABLE|TS_UNACCEPT")  # fmt: skip
def selectors_refused_aws_initiates(lab: Lab) -> None:
    """AWS initiates for networks that the device does not carry."""
    set_up(lab, networks="10.99.0.0/24", remote_networks="10.98.0.0/24")


@fault("AWS takes only a part of the device's networks", "traffic-selector-mismatch",
       healthy=_SELECTORS, sight="unseen", repair=_good_selectors,
       advice="selector|network|CIDR")  # fmt: skip
def selectors_narrowed(lab: Lab) -> None:
    """The tunnel is up, and what lies in the other network has no way."""
    set_up(lab, networks="10.10.0.0/24,10.11.0.0/24")
    lab.wait(lambda: lab.up[0])
