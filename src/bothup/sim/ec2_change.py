"""EC2's calls that change a connection: one tunnel at a time, one change at a time."""

from typing import Any

from bothup.sim.context import Context, Operation
from bothup.sim.ec2_read import end_dry_run, find_connection, find_tunnel
from bothup.sim.options import check_options, described
from bothup.sim.refusal import LeftToMoto, Refusal
from bothup.sim.shown import show_connection
from bothup.sim.vpn import SimConnection, SimTunnel

Params = dict[str, Any]

_LIFECYCLE = "EnableTunnelLifecycleControl"


def modify_vpn_tunnel_options(context: Context, params: Params) -> Params:
    """Change the named options of one tunnel and replace its endpoint; the others stay.

    LogOptions is one option: it is taken as a whole, so that what it leaves out ends.
    """
    connection, tunnel = find_tunnel(context, params)
    wanted = params.get("TunnelOptions")
    if not wanted:
        raise Refusal("MissingParameter", "The request must contain the parameter TunnelOptions")
    check_options(wanted, tunnel.options)
    skip = _may_skip_replacement(params, wanted, tunnel)
    end_dry_run(params)
    _check_idle(connection)
    if skip:
        context.world.machine.set_options(tunnel, described(wanted))
    else:
        context.world.machine.modify(connection, tunnel, described(wanted))
    return {"VpnConnection": show_connection(context.place, connection, secrets=True)}


def replace_vpn_tunnel(context: Context, params: Params) -> Params:
    """Replace one tunnel's endpoint, options and address kept."""
    connection, tunnel = find_tunnel(context, params)
    end_dry_run(params)
    _check_idle(connection)
    context.world.machine.replace(connection, tunnel)
    return {"Return": True}


def delete_vpn_connection(context: Context, params: Params) -> Params:
    """Delete a connection; it stays listed as deleting and deleted for a while."""
    connection = find_connection(context, params)
    end_dry_run(params)
    if connection.state == "modifying":
        raise _incorrect_state(connection)
    context.world.machine.delete(connection, lambda: context.world.remove(connection))
    return {}


def _may_skip_replacement(params: Params, wanted: Params, tunnel: SimTunnel) -> bool:
    """Whether the endpoint stays: only where lifecycle control alone is switched, and if asked."""
    if not params.get("SkipTunnelReplacement") or set(wanted) != {_LIFECYCLE}:
        return False
    if tunnel.maintenance_pending and not wanted[_LIFECYCLE]:
        raise Refusal(
            "InvalidParameterCombination",
            "SkipTunnelReplacement cannot be used to turn tunnel endpoint lifecycle control off "
            "while maintenance is pending",
        )
    return True


def _check_idle(connection: SimConnection) -> None:
    if connection.state != "available":
        raise _incorrect_state(connection)


def _incorrect_state(connection: SimConnection) -> Refusal:
    return Refusal(
        "IncorrectState",
        f"The VPN connection {connection.id} is in state {connection.state}, not available",
    )


def modify_instance_metadata_options(context: Context, params: Params) -> Params:  # noqa: ARG001
    """moto's to change; but moto knows no dry run of it, and would change it."""
    end_dry_run(params)
    raise LeftToMoto


CHANGES: dict[str, Operation] = {
    "ModifyInstanceMetadataOptions": modify_instance_metadata_options,
    "ModifyVpnTunnelOptions": modify_vpn_tunnel_options,
    "ReplaceVpnTunnel": replace_vpn_tunnel,
    "DeleteVpnConnection": delete_vpn_connection,
}
