"""Pages of a Region with very many resources: whole HTTP answers, ready to send."""

from collections.abc import Callable

from benchmarks.answers import ec2

OWNER = "100000000000"
RULES = 50  # in each security group
UNENCRYPTED = 5  # one volume in so many
OPEN = 100  # one group in so many lets everybody reach port 22
_PAGE = {"DescribeVolumes": 500, "DescribeSecurityGroups": 100, "DescribeSnapshots": 1000}


def of_each(count: int) -> dict[str, list[bytes]]:
    """Make the pages of so many volumes, rules (in groups) and snapshots, by action."""
    return {
        "DescribeVolumes": _pages("DescribeVolumes", "volumeSet", count, _volume),
        "DescribeSecurityGroups": _pages(
            "DescribeSecurityGroups", "securityGroupInfo", count // RULES, _group
        ),
        "DescribeSnapshots": _pages("DescribeSnapshots", "snapshotSet", count, _snapshot),
    }


def public_snapshot() -> bytes:
    """DescribeSnapshotAttribute of a snapshot that everybody may restore."""
    permission = "<createVolumePermission><item><group>all</group></item></createVolumePermission>"
    return ec2("DescribeSnapshotAttribute", permission)


def _pages(action: str, listed: str, count: int, item: Callable[[int], str]) -> list[bytes]:
    size = _PAGE[action]
    pages = []
    for first in range(0, max(count, 1), size):
        items = "".join(f"<item>{item(n)}</item>" for n in range(first, min(first + size, count)))
        more = first + size < count
        token = f"<nextToken>{len(pages) + 1}</nextToken>" if more else ""
        pages.append(ec2(action, f"<{listed}>{items}</{listed}>{token}"))
    return pages


def _volume(number: int) -> str:
    encrypted = "false" if number % UNENCRYPTED == 0 else "true"
    return (
        f"<volumeId>vol-{number:017x}</volumeId><size>8</size><snapshotId/>"
        "<availabilityZone>eu-west-1a</availabilityZone><status>in-use</status>"
        "<createTime>2026-01-01T00:00:00.000Z</createTime>"
        f"<attachmentSet><item><volumeId>vol-{number:017x}</volumeId>"
        f"<instanceId>i-{number:017x}</instanceId><device>/dev/sdf</device>"
        "<status>attached</status><deleteOnTermination>true</deleteOnTermination></item>"
        f"</attachmentSet><tagSet><item><key>Name</key><value>disk {number}</value></item></tagSet>"
        f"<volumeType>gp3</volumeType><iops>3000</iops><encrypted>{encrypted}</encrypted>"
    )


def _group(number: int) -> str:
    peer = "0.0.0.0/0" if number % OPEN == 0 else "192.0.2.0/24"
    rules = "".join(
        f"<item><ipProtocol>tcp</ipProtocol><fromPort>{22 + place}</fromPort>"
        f"<toPort>{22 + place}</toPort><groups/><ipRanges><item><cidrIp>{peer}</cidrIp></item>"
        "</ipRanges><ipv6Ranges/><prefixListIds/></item>"
        for place in range(RULES)
    )
    return (
        f"<ownerId>{OWNER}</ownerId><groupId>sg-{number:017x}</groupId>"
        f"<groupName>group {number}</groupName><groupDescription>x</groupDescription>"
        f"<vpcId>vpc-1</vpcId><ipPermissions>{rules}</ipPermissions><ipPermissionsEgress/>"
    )


def _snapshot(number: int) -> str:
    return (
        f"<snapshotId>snap-{number:017x}</snapshotId><volumeId>vol-{number:017x}</volumeId>"
        "<status>completed</status><startTime>2026-01-01T00:00:00.000Z</startTime>"
        f"<progress>100%</progress><ownerId>{OWNER}</ownerId><volumeSize>8</volumeSize>"
        "<description>nightly</description><encrypted>false</encrypted>"
    )
