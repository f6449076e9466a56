"""The baseline: what a person writes with boto3 in a few lines. One thread for each Region.

Reads the Regions named on the command line, or else all that the account has, and prints how many
tunnels are UP and how many DOWN.
"""

import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import boto3


def count(ec2: Any) -> Counter[str]:
    """The tunnels of one Region by status."""
    answer = ec2.describe_vpn_connections()
    return Counter(
        tunnel["Status"]
        for connection in answer["VpnConnections"]
        for tunnel in connection["VgwTelemetry"]
    )


def main(regions: list[str]) -> None:
    """Clients are made one after the other, which is what boto3 asks for; the calls overlap."""
    session = boto3.Session()
    if not regions:
        answer = session.client("ec2").describe_regions()
        regions = [region["RegionName"] for region in answer["Regions"]]
    tunnels: Counter[str] = Counter()
    with ThreadPoolExecutor(len(regions)) as pool:
        clients = (session.client("ec2", region_name=region) for region in regions)
        for future in [pool.submit(count, client) for client in clients]:
            tunnels += future.result()
    print(tunnels["UP"], "UP", tunnels["DOWN"], "DOWN")


main(sys.argv[1:])
