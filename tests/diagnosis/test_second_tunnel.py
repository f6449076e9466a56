"""A tunnel that the device was never given: a text without it proves nothing by itself."""

from datetime import timedelta
from typing import Any

import pytest
from tests.diagnosis.lab import AWS, BEGIN, NOW, OTHER, activity, connection, evidence, swanctl

from bothup.engine.diagnose import diagnose
from bothup.model.diagnosis import CauseVerdict
from bothup.read.bundle import bundle_of

TEXT = swanctl()[0]["text"].split("  tunnel2")[0].replace(AWS, OTHER) + "}\n"
BEFORE = BEGIN - timedelta(hours=3)
CREATED: dict[str, Any] = {
    "changes": [{"eventName": "CreateVpnConnection", "eventTime": BEGIN.isoformat()}]
}


def measured(*values: float) -> dict[str, Any]:
    points = [
        [int((BEFORE + timedelta(hours=number)).timestamp()), value]
        for number, value in enumerate(values)
    ]
    return {
        "metrics": [{"tunnel": AWS, "name": "TunnelState", "period": 3600, "points": points}],
    }


def verdict(text: str, **more: Any) -> CauseVerdict:
    config = [{"vendor": "strongswan", "text": text}]
    bundle = {**evidence([], connection(), device_config=config), **more}
    found = diagnose(bundle_of(bundle, now=NOW), now=NOW)
    (down,) = (each for each in found.tunnels if each.outside_ip == AWS)
    return next(each for each in down.causes if each.id == "second-tunnel-not-configured")


@pytest.mark.parametrize("sign", [CREATED, measured(0, 0, 0, 0, 0)], ids=["created", "metrics"])
def test_a_text_and_a_tunnel_that_never_lived_confirm(sign: dict[str, Any]) -> None:
    assert verdict(TEXT, **sign).verdict == "confirmed"


@pytest.mark.parametrize(
    "sign",
    [{}, measured(1, 1, 1, 0, 0), {"logs": [activity()]}, {"changes": []}],
    ids=["text alone", "was up", "silent log", "created long ago"],
)
def test_a_text_of_one_of_two_routers_confirms_nothing(sign: dict[str, Any]) -> None:
    assert verdict(TEXT, **sign).verdict != "confirmed"


@pytest.mark.parametrize(
    "text",
    [
        TEXT + "<--- More --->\n",
        TEXT.replace("\n", "\n --More-- \n", 1),
        TEXT + "---(more 40%)---\n",
        TEXT + "  tunnel2 {\n    remote_ad",
    ],
)
def test_a_text_that_is_cut_confirms_nothing(text: str) -> None:
    assert verdict(text, **CREATED).verdict == "likely"
