"""How much each sign weighs, and what a score means: every number of a diagnosis, with its reason.

A weight between 0 and 1 is how far the sign alone would carry the belief in its cause; one below 0
is how far it takes that belief back. Weights for a cause combine as independent reasons do (what is
left of the doubt is multiplied), weights against it multiply what has been reached. A `proof` is a
sign that can stand only where the cause holds: without one no cause is ever confirmed, however high
its score, for a confident wrong answer costs more than none.
"""

from datetime import timedelta

import msgspec

# A cause is confirmed from here on, with a proof, on a tunnel that is not UP, and with no rival
# that is as likely.
CONFIRMED = 0.9
# More likely than not.
LIKELY = 0.5
# Worth a look.
POSSIBLE = 0.15
# What is below this, and has a strong sign against it, is ruled out.
RULED_OUT = 0.15
STRONG_AGAINST = -0.5
# A sign from before the tunnel came up again explains an earlier drop; it is half the reason.
PAST = 0.5
# A DELETE this close after a rekey only clears away the old SA: strongSwan does it at once,
# Openswan after 10 s, others within a minute.
REKEY_CLEANUP = timedelta(seconds=90)


class Weight(msgspec.Struct, frozen=True):
    """The weight of one sign, why it is so large, and whether the sign is a proof."""

    value: float
    reason: str
    proof: bool = False


W = Weight

WEIGHTS: dict[str, dict[str, Weight]] = {
    "psk-mismatch": {
        "keys-differ": W(0.97, "the verifier has computed it", proof=True),
        "key-missing": W(0.88, "no key for the identities: key or identities are wrong"),
        "undecryptable-ikev1": W(0.85, "IKEv1 derives its encryption from the key"),
        "undecryptable": W(0.3, "with IKEv2 the key is not part of the encryption"),
        "encrypted-unanswered": W(0.35, "some IKEv1 peers drop what they cannot decrypt"),
        "refused": W(0.5, "the most frequent of three causes that read alike"),
        "aws-refuses": W(0.5, "the most frequent of three causes that read alike"),
        "just-changed": W(0.7, "the key was changed, and authentication fails since"),
        "aws-names-no-key": W(-0.15, "AWS has a message for keys that differ, and it is absent"),
        "certificates-in-use": W(-0.9, "no key is in play"),
        "authenticated": W(-0.85, "the keys have been checked and found equal"),
    },
    "peer-identity-mismatch": {
        "unknown-identity": W(0.95, "the verifier looked the identity up in vain", proof=True),
        "identity-refused": W(0.8, "the peer says so, and not why"),
        "refused": W(0.42, "one of three causes that read alike, less frequent than keys"),
        "aws-refuses": W(0.46, "AWS names the key where it is the key"),
        "names-itself-private": W(0.55, "AWS expects the customer gateway's address"),
        "names-itself-otherwise": W(0.35, "AWS expects the customer gateway's address"),
        "names-itself-right": W(-0.2, "the device's half of the names is right"),
        "expects-another": W(0.85, "the device refuses AWS's own name", proof=True),
        "identities-clash": W(0.8, "a name that the other side does not expect is refused"),
        "identities-agree": W(-0.4, "both names are what the other side expects"),
        "key-was-compared": W(-0.6, "keys are compared after the identity was found"),
        "authenticated": W(-0.85, "the identities have been accepted"),
    },
    "certificate-problem": {
        "certificate-refused": W(0.95, "the verifier has looked at it", proof=True),
        "method-differs": W(0.7, "a signature of another kind than is asked for"),
        "refused": W(0.3, "one of three causes that read alike, and certificates are rare"),
        "aws-refuses": W(0.3, "one of three causes that read alike, and certificates are rare"),
        "refused-with-certificates": W(0.7, "with certificates in use they are the first suspect"),
        "about-keys": W(-0.8, "a pre-shared key is at issue"),
        "keys-in-use": W(-0.85, "no certificate is in play"),
        "authenticated": W(-0.7, "the certificates have been accepted"),
    },
    "ike-proposal-mismatch": {
        "device-refuses": W(0.95, "the device compared both lists", proof=True),
        "aws-refuses": W(0.7, "so does a wrong IKE version"),
        "just-changed": W(0.7, "the algorithms were changed, and are refused since"),
        "aws-refuses-either": W(0.55, "phase 1 or 2; this wording is phase 1's with IKEv1"),
        "aws-notifies-either": W(0.5, "phase 1 or 2; this wording is phase 2's with IKEv1"),
        "refused": W(0.65, "so does a wrong IKE version, or an unknown address"),
        "device-notifies": W(0.55, "the device's log would tell more at a higher level"),
        "refused-either": W(0.5, "phase 1 or 2"),
        "mode-refused": W(0.75, "the exchange mode is part of phase 1's settings"),
        "mode-clashes": W(0.7, "AWS speaks main mode only"),
        "dropped-silently": W(0.2, "a few vendors don't answer what they cannot choose"),
        "settings-clash": W(0.85, "without anything in common phase 1 cannot come up", proof=True),
        "settings-agree": W(-0.4, "the lists have members in common"),
        "phase1-up": W(-0.9, "phase 1 has found its algorithms"),
        "peer-unknown": W(-0.4, "proposals were not even looked at"),
    },
    "ike-version-mismatch": {
        "speaks-another": W(0.95, "the tunnel cannot answer this version", proof=True),
        "speaks-allowed": W(-0.75, "the version is allowed"),
        "versions-clash": W(0.9, "no version in common", proof=True),
        "versions-agree": W(-0.6, "a version in common"),
        "aws-refuses": W(0.35, "so do algorithms, which are the more frequent fault"),
        "just-restricted": W(0.8, "the versions were changed, and AWS refuses since"),
        "never-began": W(0.25, "algorithms are refused within a negotiation, a version before it"),
        "one-version-only": W(0.1, "a tunnel that allows both cannot mismatch"),
        "refused": W(0.4, "so do algorithms, which are the more frequent fault"),
        "mode-refused": W(0.3, "modes exist in IKEv1 only"),
        "peer-unknown": W(0.35, "no configuration for this version, or none for the address"),
        "phase1-up": W(-0.9, "phase 1 has found a version"),
    },
    "ipsec-proposal-mismatch": {
        "device-refuses": W(0.95, "the device compared both lists", proof=True),
        "aws-refuses": W(0.88, "phase 1 is up, so it is phase 2's proposal"),
        "just-changed": W(0.7, "the algorithms were changed, and are refused since"),
        "aws-refuses-either": W(0.5, "phase 1 or 2; this wording is phase 1's with IKEv1"),
        "aws-notifies-either": W(0.55, "phase 1 or 2; this wording is phase 2's with IKEv1"),
        "refused": W(0.88, "the notification names the proposal, and phase 1 is up"),
        "device-notifies": W(0.85, "the device has compared, and does not tell the lists"),
        "refused-either": W(0.45, "phase 1 or 2"),
        "quick-mode-unanswered": W(0.45, "some IKEv1 peers don't answer what they cannot choose"),
        "phase2-fails": W(0.5, "proposal or selectors; proposals are the more frequent fault"),
        "settings-clash": W(0.85, "without anything in common phase 2 cannot come up", proof=True),
        "pfs-off": W(0.7, "the first rekey fails at the latest"),
        "settings-agree": W(-0.3, "the lists have members in common"),
        "selectors-refused": W(-0.5, "the selectors explain it"),
    },
    "traffic-selector-mismatch": {
        "refuses": W(0.95, "the device compared the selectors", proof=True),
        "refused-by-whom": W(0.8, "selectors, or a peer that this device does not know"),
        "refused": W(0.95, "the notification says nothing else", proof=True),
        "refused-ikev1": W(0.85, "INVALID_ID_INFORMATION is about selectors in phase 2"),
        "narrowed": W(0.85, "a configured network has no way through the SA"),
        "specific-selectors": W(0.16, "what lies outside them is not carried"),
        "phase2-fails": W(0.45, "proposal or selectors"),
        "proposal-refused": W(-0.5, "the proposal explains it"),
        "several-deleted": W(0.55, "AWS keeps one pair of SAs per tunnel"),
        "settings-clash": W(0.8, "no network in common"),
        "settings-differ": W(0.3, "the SA gets narrowed"),
    },
    "ike-no-response": {
        "first-unanswered": W(0.88, "nothing came back, whatever the reason"),
        "unanswered": W(0.6, "which message it was is not told"),
        "still-waiting": W(0.6, "it may yet be answered"),
        "network-error": W(0.7, "the packet did not even leave"),
        "rejected": W(0.8, "a host on the way says so"),
        "unknown-address": W(0.5, "the device does not answer whom it does not know"),
        "half-open": W(0.6, "the answers do not arrive, or the next message does not"),
        "silent": W(0.55, "no packet arrives; perhaps nobody sends any"),
        "address-clashes": W(0.6, "one side talks to an address where the other is not"),
        "nobody-initiates": W(0.2, "each side waits for the other"),
        "disabled": W(0.7, "a disabled tunnel sends nothing"),
        "answered": W(-0.8, "there is an answer"),
        "aws-talks": W(-0.8, "packets pass in both directions"),
        "phase1-up": W(-0.8, "there is an answer"),
    },
    "nat-t-blocked": {
        "encrypted-unanswered-nat": W(0.93, "UDP 500 passes and 4500 does not"),
        "encrypted-unanswered": W(0.65, "most negotiations move to 4500 with this message"),
        "encrypted-answered": W(-0.7, "4500 passes"),
        "first-unanswered": W(-0.6, "500 does not pass either"),
        "half-open": W(0.35, "the first message passed, the second did not"),
        "half-open-nat": W(0.62, "with NAT the second message goes to 4500, and it does not come"),
        "mapping-changed": W(0.5, "the NAT device forgot its mapping"),
        "nat-without-udp": W(0.85, "ESP does not pass NAT without UDP"),
        "one-way": W(0.4, "ESP is filtered, or a route is missing"),
        "one-way-nat": W(0.7, "behind NAT, ESP is the first suspect"),
        "turned-off": W(0.1, "it does no harm without NAT"),
        "turned-off-behind-nat": W(0.4, "ESP does not pass NAT without UDP"),
    },
    "dpd-timeout": {
        "both-timed-out": W(0.95, "both sides lost each other while up", proof=True),
        "timed-out": W(0.88, "one side lost the other while up"),
        "unanswered": W(0.45, "checks that are repeated may yet be answered"),
        "reported": W(0.5, "the device's own word for it"),
        "closed-in-order": W(-0.5, "an orderly close is no dead peer"),
    },
    "idle-timeout": {
        "closed-idle": W(0.95, "the device says so", proof=True),
        "reported-idle": W(0.85, "the device says so in its own words"),
        "not-rekeyed": W(0.6, "such an SA lives on only while traffic asks for it"),
        "device-deleted": W(0.35, "one of several reasons for a DELETE"),
        "idle-timer-set": W(0.5, "the device closes idle tunnels"),
        "quiet-before": W(0.5, "there was nothing to carry"),
        "busy-before": W(-0.6, "there was data to carry"),
        "operator": W(-0.4, "somebody closed it by hand"),
        "peer-was-dead": W(-0.7, "a dead peer sends no DELETE"),
        "something-failed": W(-0.5, "the failure explains the close"),
    },
    "peer-deleted-sa": {
        "device-deleted-ike": W(0.75, "the DELETE took the tunnel down"),
        "device-deleted-child": W(0.6, "or it cleared away what a rekey had replaced"),
        "aws-deleted-ike": W(0.75, "the DELETE took the tunnel down"),
        "aws-deleted-child": W(0.6, "or it cleared away what a rekey had replaced"),
        "operator": W(0.6, "somebody closed it by hand"),
        "device-closed": W(0.4, "for a reason that the log may tell elsewhere"),
        "idle": W(-0.5, "idleness is the reason of the DELETE"),
        "failed-before": W(-0.55, "the failure is the reason of the DELETE"),
        "collision": W(-0.3, "it belongs to a rekey"),
    },
    "rekey-failure": {
        "failed": W(0.78, "the daemon says so; something else may have made it fail"),
        "put-off": W(0.5, "it is tried again"),
        "expired": W(0.6, "no rekey succeeded in time"),
        "not-rekeyed": W(0.35, "the device never renews by itself"),
        "unknown-sa": W(0.25, "the two sides have lost step"),
        "refused": W(0.6, "a rekey that is refused ends the tunnel at its lifetime"),
        "reason-named": W(-0.3, "proposal or selectors are the reason, the rekey is the occasion"),
        "reauthentication": W(0.5, "a reauthentication renews everything"),
        "collision": W(0.5, "harmless unless one side handles it badly"),
        "redundant": W(0.45, "harmless unless traffic stops"),
        "unfinished": W(0.4, "the log may end too early"),
        "periodic": W(0.7, "nothing else keeps time with a lifetime"),
    },
    "aws-endpoint-replacement": {
        "applied": W(0.9, "AWS says when"),
        "applied-at-another-time": W(-0.6, "AWS says when"),
        "replaced": W(0.9, "CloudTrail says when"),
        "modified": W(0.5, "every change of options replaces the endpoint"),
        "health-event": W(0.6, "sent after a replacement, for one of the two tunnels"),
        "only-device-timed-out": W(0.8, "the old endpoint is gone without a word"),
        "back-at-once": W(0.35, "a new endpoint answers at once; so does a line that is back"),
        "empty-message": W(0.5, "the endpoint is new, by maintenance or by a change"),
        "aws-ceased": W(0.35, "AWS takes an endpoint out of service in order"),
    },
    "recent-modification": {
        "changed": W(0.85, "the change takes the tunnel down by itself"),
        "nothing-changed": W(-0.7, "CloudTrail has no change"),
        "modifying": W(0.75, "it is going on"),
        "empty-message": W(0.6, "seen right after changes"),
        "provisioning": W(0.6, "AWS has not finished"),
    },
    "second-tunnel-not-configured": {
        "not-configured": W(0.95, "the text has the other tunnel only", proof=True),
        "configured": W(-0.85, "the device has this tunnel"),
        "never-up": W(0.8, "never once, while its sibling is up"),
        "as-created": W(0.7, "it was never up, while its sibling is"),
        "was-up": W(-0.95, "it has been up"),
        "silent": W(0.35, "nobody speaks to this endpoint"),
        "other-is-up": W(0.1, "any fault of one tunnel looks so"),
        "talked-about": W(-0.85, "the device does speak to this endpoint"),
        "is-up": W(-1.0, "it is up"),
    },
    "customer-gateway-down": {
        "all-went-down": W(0.9, "only the device is common to all of them"),
        "all-are-down": W(0.5, "only the device is common to all of them"),
        "others-are-up": W(-0.9, "the device is alive"),
        "both-went-down": W(0.4, "the device, or its line"),
        "sibling-is-up": W(-0.5, "the device is alive, unless the tunnels end on two"),
        "is-up": W(-0.5, "the device is alive now"),
        "dead": W(0.35, "the device, or the path to it"),
        "closed": W(0.25, "a restart in order closes its tunnels"),
        "forgot": W(0.5, "only a restart makes it forget"),
        "config-refused": W(0.7, "what is refused is not in force"),
        "restarted": W(0.5, "the daemon at least was down"),
        "stopped": W(0.45, "a stop in order is mostly maintenance, or the log's end"),
        "cannot-send": W(0.35, "the device has no line"),
    },
    "gateway-not-attached": {
        "not-associated": W(0.95, "AWS says so", proof=True),
        "on-its-way": W(0.6, "AWS says so, and it passes"),
        "no-vpc": W(0.75, "nothing is behind the tunnels, unless they only join sites"),
        "attachment-missing": W(0.85, "AWS says so; nothing is behind the tunnels"),
        "no-route-table": W(0.3, "tunnels come up without it, and nothing is routed"),
        "associated": W(-1.0, "AWS says so"),
    },
    "unstable-path": {
        "several-losses": W(0.72, "one reason for many losses"),
        "one-loss": W(0.25, "once is no pattern"),
        "answers-lost": W(0.3, "the peer asks again for what was answered"),
        "requests-lost": W(0.2, "some loss is normal"),
        "flapping": W(0.65, "the path, or the device"),
    },
    "routing-asymmetry": {
        "no-routes": W(0.6, "the tunnel is up and leads nowhere"),
        "has-routes": W(-0.2, "at least something is announced"),
        "route-denied": W(0.85, "AWS names the route that it does not take"),
        "one-way": W(0.5, "a route is missing, or ESP is filtered"),
        "no-data": W(0.4, "nothing is sent into the tunnel"),
        "one-way-metrics": W(0.5, "the other direction goes elsewhere"),
    },
    "mtu-mss": {
        "too-long": W(0.88, "a router or the kernel says so"),
        "set-too-large": W(0.35, "large packets will not pass"),
    },
    "bgp-down": {
        "ipsec-is-up": W(0.75, "AWS's own distinction; why the session is down is not told"),
        "ipsec-is-down": W(-0.6, "BGP is only the consequence"),
        "static": W(-0.95, "there is no BGP"),
        "ceased": W(0.92, "a side closed the session and said why", proof=True),
        "open-refused": W(0.6, "the other BGP causes may say more"),
        "disabled": W(0.9, "an operator disabled it", proof=True),
        "daemon-stopped": W(0.25, "a stop in order is mostly maintenance, or the log's end"),
        "established": W(-0.7, "it is up at the end of the log"),
        "lost": W(0.3, "it is down; why is not told"),
        "never-established": W(0.3, "it is down; why is not told"),
    },
    "bgp-asn-mismatch": {
        "bad-peer-as": W(0.96, "one side compared the numbers", proof=True),
        "asn-differs": W(0.85, "AWS refuses another ASN than the customer gateway's"),
        "asn-agrees": W(-0.6, "AWS gets the ASN that it expects"),
        "never-confirmed": W(0.45, "one of the reasons to refuse an OPEN message"),
        "settings-clash": W(0.85, "the other side refuses this ASN"),
        "settings-agree": W(-0.3, "one of the two numbers is right"),
    },
    "bgp-hold-timer": {
        "expired": W(0.85, "the timer expired; what kept the keep-alives away is open"),
        "ipsec-failed": W(-0.55, "IPsec explains the missing keep-alives"),
        "ipsec-is-down": W(-0.5, "IPsec explains the missing keep-alives"),
        "ipsec-is-up": W(0.3, "it is BGP's own trouble"),
    },
    "bgp-prefix-limit": {
        "exceeded": W(0.96, "one side counted", proof=True),
        "warned": W(0.5, "it is about to happen"),
        "close-to-limit": W(0.45, "it is about to happen"),
    },
    "bgp-unreachable": {
        "connect-to-active": W(0.75, "TCP does not connect"),
        "never-open": W(0.7, "TCP does not connect, or nobody answers"),
        "only-connecting": W(0.7, "TCP does not connect"),
        "connecting-again": W(0.3, "it may yet connect"),
        "connect-failed": W(0.7, "TCP does not connect"),
        "ipsec-is-up": W(0.4, "it is BGP's own trouble"),
        "settings-clash": W(0.8, "nobody lives at that address"),
        "ipsec-is-down": W(-0.6, "without IPsec nothing is reachable"),
        "was-reached": W(-0.7, "TCP did connect"),
    },
    "healthy": {
        "is-up": W(0.8, "AWS's own verdict"),
        "up-without-routes": W(0.4, "up, but of no use"),
        "is-down": W(-1.0, "AWS's own verdict"),
        "log-ends-up": W(0.55, "the log ends well; it may end too early"),
        "up-until-stopped": W(0.5, "a stop in order is no fault"),
        "routine": W(0.35, "what a healthy tunnel logs"),
        "fault": W(-0.8, "a fault is no health"),
        "nothing-comes-in": W(-0.5, "a tunnel that carries nothing is of no use"),
        "nat-without-udp": W(-0.6, "ESP does not pass NAT without UDP"),
        "narrowed": W(-0.6, "a configured network has no way through the SA"),
        "route-denied": W(-0.5, "AWS does not take a route"),
        "was-lost": W(-0.6, "it is up again, and it will happen again"),
    },
}
