"""What each fault leaves behind, and the causes that it has to be told by.

One row a fault and form: the right causes in the order in which they may come first, and what is
at most as sure. Faults that read alike to one side must not be confirmed by it.
"""

from typing import Any, NamedTuple

import pytest
from tests.diagnosis.lab import (
    ANSWERED,
    AUTH,
    AWS,
    BELIEVED,
    DEVICE,
    INIT,
    NO_ANSWER,
    NOW,
    OTHER,
    REFUSED_AUTH,
    UP,
    activity,
    bgp,
    bird,
    charon,
    connection,
    evidence,
    pluto,
    retransmits,
    states,
    swanctl,
)

from bothup.engine.diagnose import diagnose
from bothup.model.diagnosis import CauseVerdict, Certainty
from bothup.read.bundle import bundle_of


class Fault(NamedTuple):
    """Evidence, what must come first, and whether it may be confirmed."""

    name: str
    evidence: dict[str, Any]
    first: str | tuple[str, ...]
    confirmed: bool = False
    among: tuple[str, ...] = ()


NO_PROP = (
    "ENC: parsed IKE_SA_INIT response 0 [ N(NO_PROP) ]",
    "IKE: received NO_PROPOSAL_CHOSEN notify error",
)
LISTS = (
    "CFG: received proposals: IKE:AES_CBC_256/HMAC_SHA2_256_128/PRF_HMAC_SHA2_256/ECP_384",
    "CFG: configured proposals: IKE:AES_CBC_256/HMAC_SHA2_256_128/PRF_HMAC_SHA2_256/MODP_2048",
    "IKE: received proposals unacceptable",
    "ENC: generating IKE_SA_INIT response 0 [ N(NO_PROP) ]",
)
ASKED = (
    f"NET: received packet: from {AWS}[500] to {DEVICE}[500] (304 bytes)",
    "ENC: parsed IKE_SA_INIT request 0 [ SA KE No N(NATD_S_IP) N(NATD_D_IP) ]",
    f"IKE: {AWS} is initiating an IKE_SA",
)
REKEY_REFUSED = (
    "ENC: generating CREATE_CHILD_SA request 2 [ N(REKEY_SA) SA No KE TSi TSr ]",
    "ENC: parsed CREATE_CHILD_SA response 2 [ N(NO_PROP) ]",
    "IKE: received NO_PROPOSAL_CHOSEN notify, no CHILD_SA built",
    "IKE: failed to establish CHILD_SA, keeping IKE_SA",
    "IKE: CHILD_SA rekeying failed, trying again in 14 seconds",
)
MATCH = 'No Proposal Match Found. Notifying with \\"No proposal chosen\\"'
REFUSES = "AWS tunnel is sending AUTHENTICATION_FAILED as the response"
HALF_OPEN = f"AWS tunnel Timeout: deleting un-established Phase 1 IKE_SA with cgw: {DEVICE}"
DEAD = "AWS tunnel DPD timed out after 3 retransmits"
DPD = ("IKE: sending DPD request", "ENC: generating INFORMATIONAL request 2 [ ]", *retransmits(2))
SAMPLE = {"IkeVersions": [{"Value": "ikev2"}], "Phase1DHGroupNumbers": [{"Value": 14}],
          "Phase2DHGroupNumbers": [{"Value": 14}],
          "Phase1EncryptionAlgorithms": [{"Value": "AES256"}],
          "Phase2EncryptionAlgorithms": [{"Value": "AES256"}]}  # fmt: skip

IKE = (
    Fault("blocked before AWS: device", evidence([charon(*INIT, *NO_ANSWER)]), "ike-no-response"),
    Fault("blocked before AWS: aws", evidence([activity()], connection()), "ike-no-response"),
    Fault("blocked before AWS: both",
          evidence([activity(), charon(*INIT, *NO_ANSWER)], connection()), "ike-no-response"),
    Fault("blocked on the way back: aws",
          evidence([activity(HALF_OPEN)], connection()), "ike-no-response",
          among=("nat-t-blocked",)),
    Fault("blocked on the way back: both",
          evidence([activity(HALF_OPEN), charon(*INIT, *NO_ANSWER)], connection()),
          "ike-no-response"),
    Fault("no route: device",
          evidence([charon(*INIT, "NET: error writing to socket: Network is unreachable",
                           *NO_ANSWER)]), "ike-no-response"),
    Fault("4500 blocked: device",
          evidence([charon(*INIT, *ANSWERED, "IKE: local host is behind NAT, sending keep alives",
                           *AUTH, *retransmits(1))]), "nat-t-blocked"),
    Fault("4500 blocked: aws", evidence([activity(HALF_OPEN, nat=True)], connection()),
          "nat-t-blocked", among=("ike-no-response",)),
    Fault("keys differ, AWS starts: device",
          evidence([charon(*ASKED, "IKE: tried 1 shared key for 'a' - 'b', but MAC mismatched",
                           "ENC: generating IKE_AUTH response 1 [ N(AUTH_FAILED) ]")]),
          "psk-mismatch", confirmed=True),
    Fault("keys differ, IKEv1: aws",
          evidence([activity("AWS tunnel payload decryption was unsuccessful due to invalid "
                             "Pre-shared Key")], connection()), "psk-mismatch", confirmed=True),
    Fault("any authentication fault: device", evidence([charon(*INIT, *ANSWERED, *AUTH,
                                                               *REFUSED_AUTH)]),
          "psk-mismatch", among=("peer-identity-mismatch",)),
    Fault("identity or certificate: aws", evidence([activity(REFUSES)], connection()),
          "peer-identity-mismatch", among=("psk-mismatch", "certificate-problem")),
    Fault("private identity behind NAT: device",
          evidence([charon(*INIT, *ANSWERED, "IKE: local host is behind NAT, sending keep alives",
                           "IKE: authentication of '172.16.0.10' (myself) with pre-shared key",
                           "ENC: generating IKE_AUTH request 1 [ IDi IDr AUTH SA TSi TSr ]",
                           *REFUSED_AUTH)]), "peer-identity-mismatch"),
    Fault("wrong identity: both",
          evidence([activity(REFUSES), charon(*INIT, *ANSWERED, *AUTH, *REFUSED_AUTH)],
                   connection(), device_config=swanctl(local_id="gw.example.net"),
                   customer_gateway={"IpAddress": DEVICE}), "peer-identity-mismatch"),
    Fault("no key on AWS's side: both",
          evidence([activity(REFUSES), charon(*INIT, *ANSWERED, *AUTH, *REFUSED_AUTH)],
                   connection(), device_config=swanctl(),
                   customer_gateway={"IpAddress": DEVICE}), "psk-mismatch"),
    Fault("wrong identity, AWS starts: device",
          evidence([charon(*ASKED, f"CFG: looking for peer configs matching {DEVICE}[{DEVICE}]..."
                           f"{AWS}[{AWS}]", "CFG: no matching peer config found",
                           "ENC: generating IKE_AUTH response 1 [ N(AUTH_FAILED) ]")]),
          "peer-identity-mismatch", confirmed=True),
    Fault("bad certificate of the device: device",
          evidence([charon(*INIT, *ANSWERED, "IKE: authentication of 'CN=gw' (myself) with "
                           "RSA_EMSA_PKCS1_SHA2_256 successful", *REFUSED_AUTH)]),
          "certificate-problem"),
    Fault("AWS's certificate has expired: device",
          evidence([charon(*INIT, *ANSWERED, "IKE: authentication of 'CN=gw' (myself) with "
                           "ECDSA_WITH_SHA256_DER successful",
                           'CFG: subject certificate invalid (valid from Nov 20 09:00:00 2026 to '
                           'Nov 21 09:00:00 2026)',
                           "IKE: no trusted ECDSA public key found for 'x'",
                           "ENC: generating INFORMATIONAL request 2 [ N(AUTH_FAILED) ]")]),
          "certificate-problem", confirmed=True),
    Fault("phase 1 algorithms: device", evidence([charon(*INIT, *NO_PROP)]),
          "ike-proposal-mismatch", among=("ike-version-mismatch",)),
    Fault("phase 1 algorithms: aws", evidence([activity(MATCH)], connection()),
          "ike-proposal-mismatch", among=("ike-version-mismatch",)),
    Fault("phase 1 algorithms: both",
          evidence([activity(MATCH), charon(*INIT, *NO_PROP)], connection(options=SAMPLE),
                   device_config=swanctl(proposals="aes256-sha256-ecp384")),
          "ike-proposal-mismatch", confirmed=True),
    Fault("phase 1 algorithms, AWS starts: device", evidence([charon(*ASKED, *LISTS)]),
          "ike-proposal-mismatch", confirmed=True),
    Fault("only the first DH group was wrong: device",
          evidence([charon(*INIT, "ENC: parsed IKE_SA_INIT response 0 [ N(INVAL_KE) ]",
                           "IKE: peer didn't accept DH group MODP_2048, it requested ECP_384",
                           *UP)]), "healthy"),
    Fault("device speaks IKEv2, tunnel allows IKEv1: both",
          evidence([activity(MATCH, phase1="down"), charon(*INIT, *NO_PROP)],
                   connection(options={"IkeVersions": [{"Value": "ikev1"}]}),
                   device_config=swanctl()), "ike-version-mismatch", confirmed=True),
)  # fmt: skip

IPSEC = (
    Fault("phase 2 algorithms: device",
          evidence([charon(*INIT, *ANSWERED, *AUTH, "ENC: parsed IKE_AUTH response 1 "
                           "[ IDr AUTH N(NO_PROP) ]", *BELIEVED[1:],
                           "IKE: received NO_PROPOSAL_CHOSEN notify, no CHILD_SA built",
                           "IKE: failed to establish CHILD_SA, keeping IKE_SA")]),
          "ipsec-proposal-mismatch"),
    Fault("phase 2 algorithms: aws",
          evidence([activity("No Proposal Match Found by AWS", "AWS tunnel Phase 2 was unable to "
                             "establish while keeping Phase 1", phase1="established")],
                   connection()), "ipsec-proposal-mismatch"),
    Fault("PFS at the first rekey: device", evidence([charon(*UP, *REKEY_REFUSED)]),
          "ipsec-proposal-mismatch", among=("rekey-failure",)),
    Fault("selectors: device",
          evidence([charon(*INIT, *ANSWERED, *AUTH, *BELIEVED,
                           "IKE: received TS_UNACCEPTABLE notify, no CHILD_SA built",
                           "IKE: failed to establish CHILD_SA, keeping IKE_SA")]),
          "traffic-selector-mismatch", confirmed=True),
    Fault("selectors: aws",
          evidence([activity("AWS tunnel Phase 2 was unable to establish while keeping Phase 1",
                             phase1="established")], connection()),
          ("ipsec-proposal-mismatch", "traffic-selector-mismatch"),
          among=("traffic-selector-mismatch", "ipsec-proposal-mismatch")),
    Fault("selectors, IKEv1: device",
          evidence([charon(f"IKE: initiating Main Mode IKE_SA tunnel1[1] to {AWS}",
                           f"IKE: IKE_SA tunnel1[1] established between {DEVICE}[{DEVICE}]..."
                           f"{AWS}[{AWS}]", "ENC: generating QUICK_MODE request 1 [ HASH SA No ]",
                           "ENC: parsed INFORMATIONAL_V1 request 2 [ HASH N(INVAL_ID) ]",
                           "IKE: received INVALID_ID_INFORMATION error notify")]),
          "traffic-selector-mismatch"),
    Fault("selectors narrowed: both",
          evidence([activity(), charon(*UP[:-1], "IKE: CHILD_SA tunnel1{1} established with SPIs "
                                       "c0000001_i c0000002_o and TS 10.1.0.0/24 === 0.0.0.0/0")],
                   connection("UP", "IPSEC IS UP"),
                   device_config=swanctl(local_ts="10.1.0.0/24,10.2.0.0/24")),
          "traffic-selector-mismatch"),
    Fault("path cut: device", evidence([charon(*UP, *DPD)]), "dpd-timeout"),
    Fault("path cut: aws",
          evidence([activity(DEAD, phase1="established", phase2="established")], connection()),
          "dpd-timeout", among=("customer-gateway-down",)),
    Fault("path cut: both",
          evidence([activity(DEAD, phase1="established", phase2="established"),
                    charon(*UP, *DPD)], connection()), "dpd-timeout", confirmed=True),
    Fault("path cut, IKEv1: aws",
          evidence([activity("Peer is not responsive - Declaring peer dead",
                             phase1="established", phase2="established")], connection()),
          "dpd-timeout"),
    Fault("device stopped in order: aws",
          evidence([activity("AWS tunnel received DELETE for IKE_SA from CGW",
                             phase1="established", phase2="established")], connection()),
          "peer-deleted-sa", among=("idle-timeout",)),
    Fault("device closed it idle: device",
          evidence([charon(*UP, "JOB: deleting IKE_SA after 300 seconds of CHILD_SA inactivity",
                           "IKE: sending DELETE for IKE_SA tunnel1[1]")]),
          "idle-timeout", confirmed=True),
    Fault("endpoint replaced: both",
          evidence([activity(), charon(*UP, *DPD, *INIT, *ANSWERED, *AUTH, *BELIEVED,
                                       *UP[-1:])], connection("UP", "IPSEC IS UP")),
          "aws-endpoint-replacement", among=("dpd-timeout",)),
    Fault("device's daemon restarted: device",
          evidence([charon(*UP, "JOB: spawning 16 worker threads", *UP)]), "healthy"),
    Fault("ordinary rekey: aws",
          evidence([activity("AWS tunnel processed request (id=2) for CREATE_CHILD_SA",
                             "AWS tunnel is sending response (id=2) for CREATE_CHILD_SA",
                             "AWS tunnel received DELETE for Phase 2 SA with SPI: c0000001",
                             phase1="established", phase2="established")],
                   connection("UP", "IPSEC IS UP")), "healthy"),
    Fault("rekey packet lost: device",
          evidence([charon(*UP, "ENC: generating CREATE_CHILD_SA request 2 [ SA No KE ]",
                           *retransmits(2), "IKE: rekeying IKE_SA failed, peer not responding")]),
          "rekey-failure"),
    Fault("rekey collision that went well: device",
          evidence([charon(*UP, "ENC: generating CREATE_CHILD_SA request 2 [ N(REKEY_SA) SA No ]",
                           "IKE: detected CHILD_REKEY collision with CHILD_REKEY",
                           "IKE: inbound CHILD_SA tunnel1{2} established with SPIs c3_i c4_o and "
                           "TS 0.0.0.0/0 === 0.0.0.0/0")], connection("UP", "IPSEC IS UP")),
          "healthy"),
    Fault("second tunnel not in the configuration",
          evidence([], connection(), device_config=[
              {"vendor": "strongswan", "text": swanctl()[0]["text"].split("  tunnel2")[0]
               .replace(AWS, OTHER) + "}\n"}]),
          "second-tunnel-not-configured"),
)  # fmt: skip

UP_BGP = connection("UP", "3 BGP ROUTES", static=False)
DOWN_BGP = connection("DOWN", "IPSEC IS UP", static=False)
OPENED = states("Idle", "Connect", "OpenSent", "OpenConfirm")
LIVE = states("Idle", "Connect", "OpenSent", "OpenConfirm", "Established")
CONNECTING = ("<TRACE> tunnel1: Connecting to 169.254.10.1 from local address 169.254.10.2",)
LIVE_BIRD = (*CONNECTING, "<TRACE> tunnel1: Connected", "<TRACE> tunnel1: BGP session established")
BGP = (
    Fault("wrong ASN on the device: aws",
          evidence([bgp(*states("Idle", "Connect", "OpenSent"), "AWS-side peer detected a bad OPEN "
                        "message from neighbor 169.254.10.2 - remote AS is 65001, expected 65000")],
                   DOWN_BGP), "bgp-asn-mismatch", confirmed=True),
    Fault("wrong ASN on the device: device",
          evidence([charon(*UP), bird(*CONNECTING, "<RMT> tunnel1: Received: Bad peer AS: 65001")]),
          "bgp-asn-mismatch", confirmed=True),
    Fault("device expects another ASN: aws", evidence([bgp(*OPENED)], DOWN_BGP),
          "bgp-down", among=("bgp-asn-mismatch",)),
    Fault("TCP 179 filtered later: aws",
          evidence([bgp(*LIVE, "AWS-side peer sent a Hold Timer Expired notification to neighbor "
                        "169.254.10.2", *states("Established", "Idle"))], DOWN_BGP),
          "bgp-hold-timer"),
    Fault("TCP 179 filtered later: device",
          evidence([charon(*UP), bird(*LIVE_BIRD, "<RMT> tunnel1: Error: Hold timer expired",
                                      "<TRACE> tunnel1: BGP session closed")]), "bgp-hold-timer"),
    Fault("too many prefixes: aws",
          evidence([bgp(*LIVE, "AWS-side peer sent a notification 6/1 (Cease/Maximum Number of "
                        "Prefixes Reached) to neighbor 169.254.10.2",
                        *states("Established", "Idle"))], DOWN_BGP),
          "bgp-prefix-limit", confirmed=True),
    Fault("wrong inside address: aws",
          evidence([bgp(*states("Idle", "Connect", "Active", "Connect", "Active"))], DOWN_BGP),
          ("bgp-unreachable", "bgp-down")),
    Fault("wrong inside address: device",
          evidence([charon(*UP), bird(*CONNECTING, *CONNECTING, *CONNECTING)]), "bgp-unreachable"),
    Fault("neighbour disabled: device",
          evidence([charon(*UP), bird(*LIVE_BIRD, "<INFO> Disabling protocol tunnel1",
                                      "<TRACE> tunnel1: Shutdown requested",
                                      "<TRACE> tunnel1: BGP session closed")]),
          "bgp-down", confirmed=True),
    Fault("BGP well: device", evidence([charon(*UP), bird(*LIVE_BIRD)]), "healthy"),
    Fault("AWS's own ASN in the path",
          evidence([{"source": "aws-bgp", "tunnel": AWS, "lines": [
              '{"resource_id": "vpn-0_' + AWS + '", "event_timestamp": 1795338773747, "type": '
              '"RouteStatus", "status": "UPDATED", "message": {"prefix": "10.9.0.0/16", "asPath": '
              '"64512", "details": "DENIED due to: as-path contains our own AS"}}']}],
                   connection("UP", "0 BGP ROUTES", static=False)), "routing-asymmetry"),
    Fault("DOWN with IPSEC IS UP alone", evidence([], DOWN_BGP), "bgp-down"),
)  # fmt: skip

BEGUN = ('"t1" #1: initiating IKEv2 connection', f'"t1" #1: sent IKE_SA_INIT request to {AWS}:500')
TRUSTED = (
    '"t1" #1: initiator established IKE SA; authenticated peer using authby=secret and '
    f"ID_IPV4_ADDR '{AWS}'"
)
CARRIES = (
    '"t1" #2: initiator established Child SA using #1; IPsec tunnel [0.0.0.0-255.255.255.255:0-'
    "65535 0] -> [0.0.0.0-255.255.255.255:0-65535 0] {ESPinUDP=>0xa1 <0xa2 xfrm=AES_CBC_256-"
    "HMAC_SHA2_256_128 NATD=1.2.3.4:4500 DPD=active}"
)
PLUTO = (
    Fault("blocked",
          evidence([pluto(*BEGUN, '"t1" #1: STATE_V2_PARENT_I1: 60 second timeout '
                          "exceeded after 7 retransmits.  No response (or no acceptable response) "
                          "to our first IKEv2 message")]), "ike-no-response"),
    Fault("proposals, which read like a time-out",
          evidence([pluto(*BEGUN, '"t1" #1: dropping unexpected IKE_SA_INIT message '
                          "containing NO_PROPOSAL_CHOSEN notification; message payloads: N; "
                          "missing payloads: SA,KE,Ni", '"t1" #1: STATE_V2_PARENT_I1: 8 second '
                          "timeout exceeded after 4 retransmits.  No response (or no acceptable "
                          "response) to our first IKEv2 message")]), "ike-proposal-mismatch"),
    Fault("authentication",
          evidence([pluto(*BEGUN, '"t1" #1: IKE SA authentication request rejected by '
                          "peer: AUTHENTICATION_FAILED")]), "psk-mismatch",
          among=("peer-identity-mismatch",)),
    Fault("phase 2 proposals",
          evidence([pluto(*BEGUN, TRUSTED, '"t1" #2: IKE_AUTH response rejected Child SA with '
                          "NO_PROPOSAL_CHOSEN")]), "ipsec-proposal-mismatch"),
    Fault("selectors",
          evidence([pluto(*BEGUN, TRUSTED, '"t1" #2: IKE_AUTH response rejected Child SA with '
                          "TS_UNACCEPTABLE")]), "traffic-selector-mismatch", confirmed=True),
    Fault("dead peer",
          evidence([pluto(*BEGUN, TRUSTED, CARRIES,
                          '"t1" #1: STATE_V2_ESTABLISHED_IKE_SA: 10 second timeout '
                          "exceeded after 5 retransmits.  No response (or no acceptable response) "
                          "to our IKEv2 message", '"t1" #1: liveness action - clearing connection '
                          "kind CK_PERMANENT")]), "dpd-timeout"),
    Fault("NAT traversal off: data in one direction",
          evidence([activity(), pluto(*BEGUN, TRUSTED, CARRIES.replace("inUDP", ""),
                                      '"t1" #2: ESP traffic information: in=0B out=168B')],
                   connection("UP", "IPSEC IS UP")),
          ("routing-asymmetry", "nat-t-blocked"), among=("nat-t-blocked", "routing-asymmetry")),
    Fault("well", evidence([pluto(*BEGUN, TRUSTED, CARRIES)]), "healthy"),
    Fault("keys, IKEv1",
          evidence([pluto('"t1" #1: initiating IKEv1 Main Mode connection',
                          '"t1" #1: STATE_MAIN_I3: 60 second timeout exceeded after 7 retransmits.'
                          "  Possible authentication failure: no acceptable response to our first "
                          "encrypted message")]),
          ("nat-t-blocked", "psk-mismatch"), among=("psk-mismatch", "nat-t-blocked")),
)  # fmt: skip

FAULTS = (*IKE, *IPSEC, *BGP, *PLUTO)


def causes_of(bundle: dict[str, Any]) -> tuple[CauseVerdict, ...]:
    diagnosis = diagnose(bundle_of(bundle, now=NOW), now=NOW)
    return next(each.causes for each in diagnosis.tunnels if each.outside_ip == AWS)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_a_fault_is_told_by_what_it_leaves(fault: Fault) -> None:
    causes = causes_of(fault.evidence)
    told = [(each.id, each.verdict.value, each.score) for each in causes[:4]]
    allowed = (fault.first,) if isinstance(fault.first, str) else fault.first
    assert causes[0].id in allowed, told
    assert (causes[0].verdict is Certainty.CONFIRMED) is fault.confirmed, told
    leading = {each.id for each in causes[:3] if each.verdict is not Certainty.RULED_OUT}
    assert set(fault.among) <= leading, told
    confirmed = {each.id for each in causes if each.verdict is Certainty.CONFIRMED}
    assert confirmed <= set(allowed), told
