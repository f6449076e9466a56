"""A fleet with everything that a format has to carry: all statuses, mutes, causes, other resources,
text that tries the quoting, and Targets that were not read."""

from datetime import date

import msgspec
from tests.report.test_formats import fleet

from bothup.engine.assemble import assemble
from bothup.model.diagnosis import Certainty
from bothup.model.finding import (
    Finding,
    FoundCause,
    Mute,
    Reason,
    Resource,
    Severity,
    Status,
)
from bothup.model.scan import Scan
from bothup.model.target import Coverage, CoverageStatus

GROUP = Finding(
    id="bothup/EC2.13/111122223333/us-east-1/sg-0a1b2c3d",
    control="EC2.13",
    title="Security groups should not allow ingress from 0.0.0.0/0 or ::/0 to port 22",
    severity=Severity.HIGH,
    status=Status.FAILED,
    account="111122223333",
    region="us-east-1",
    resource=Resource(
        type="AWS::EC2::SecurityGroup",
        id="sg-0a1b2c3d",
        arn="arn:aws:ec2:us-east-1:111122223333:security-group/sg-0a1b2c3d",
        tags={"empty": "", "aws:who": "somebody", "<i>": "]]>&"},
    ),
    reasons=(Reason(code="open", text="rule sgr-1 lets 0.0.0.0/0 in to port 22 ]]> <script>"),),
)
SNAPSHOT = msgspec.structs.replace(
    GROUP,
    id="bothup/EC2.1/111122223333/us-east-1/snap-0a1b2c3d",
    control="EC2.1",
    status=Status.PASSED,
    resource=Resource(type="AWS::EC2::Snapshot", id="snap-0a1b2c3d", name="\x00\ufffe\n" * 200),
    reasons=(Reason(code="closed", text=""),) * 30,
)


def whole_fleet() -> Scan:
    base = fleet()
    findings = [*base.findings, GROUP, SNAPSHOT]
    failed = [n for n, each in enumerate(findings) if each.status is Status.FAILED]
    muted = Mute(reason="one tunnel <only>", expires=date(2099, 6, 30))
    findings[failed[0]] = msgspec.structs.replace(findings[failed[0]], muted=muted)
    one = findings[failed[1]]
    down = next(each for each in one.tunnels or () if each.status == "DOWN")
    cause = FoundCause(
        tunnel=down.outside_ip,
        id="psk-mismatch",
        title="The pre-shared keys differ",
        verdict=Certainty.CONFIRMED,
        score=0.93,
        do_on_aws=("Look at `SecretsManager`",),
        do_on_device=("Set the key <again>",),
    )
    findings[failed[1]] = msgspec.structs.replace(one, causes=(cause,))
    unclear = next(n for n, each in enumerate(findings) if each.status is Status.NOT_AVAILABLE)
    findings[unclear] = msgspec.structs.replace(findings[unclear], muted=muted)
    coverage = [*base.coverage, Coverage(account="555566667777", status=CoverageStatus.UNREACHABLE)]
    return assemble(
        findings,
        coverage,
        scope=base.scope,
        started_at=base.started_at,
        finished_at=base.finished_at,
    )
