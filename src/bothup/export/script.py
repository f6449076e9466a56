"""A bash script with the AWS CLI, for where nothing else may run: the checks and waits included.

It keeps no journal and takes nothing back; `bothup apply` is the better way where it can be had.
"""

import shlex
from collections.abc import Iterator

from bothup.export._order import by_resource
from bothup.export._window import guard
from bothup.model.call import calls
from bothup.model.connection import Routing
from bothup.model.plan import Action, Plan, Step
from bothup.report._look import Look, printable

_HEAD = r"""#!/usr/bin/env bash
# {title}
#
# Needs bash and the AWS CLI, with credentials of the account that each part names. Every tunnel is
# changed only while its sibling is UP, over BGP with routes, and has been so for SETTLE seconds;
# then it is waited for.
set -uo pipefail

SETTLE=${{SETTLE:-120}}            # seconds that a tunnel must stay UP
POLL=${{POLL:-15}}                 # seconds between two looks
AVAILABLE=${{AVAILABLE:-1800}}     # seconds that AWS is given for a change
COME_BACK=${{COME_BACK:-600}}      # seconds that a tunnel is given to come back up
stopped=0

say() {{ echo "$(date +%H:%M:%S) $*" >&2; }}

account() {{ # the credentials at hand are of this account
  [[ $(aws sts get-caller-identity --query Account --output text) == "$1" ]] && return
  say "the credentials are not of account $1: its steps are left out"
  return 1
}}

look() {{ # region, connection, query
  aws ec2 describe-vpn-connections --region "$1" --vpn-connection-ids "$2" \
    --query "VpnConnections[0].$3" --output text
}}

tunnel() {{ # region, connection, outside IP, routing: its status, and since when
  local carries=''
  [[ ${{4:-}} != bgp ]] || carries=" && AcceptedRouteCount != \`0\`"
  look "$1" "$2" "VgwTelemetry[?OutsideIpAddress=='$3'$carries].[Status, LastStatusChange]"
}}

steady() {{ # region, connection, outside IP, seconds to become UP, what it was before, routing
  local begun=$SECONDS since=$SECONDS last='' now
  while :; do
    now=$(tunnel "$1" "$2" "$3" "${{6:-}}") || now=''
    if [[ $now == UP* && $now != "${{5:-}}" ]]; then
      [[ $now == "$last" ]] || {{ since=$SECONDS; last=$now; }}
      (( SECONDS - since < SETTLE )) || return 0
    else
      last=''
      (( SECONDS - begun < $4 )) || return 1
    fi
    (( SECONDS - begun < $4 + 2 * SETTLE + 60 )) || return 1
    sleep "$POLL"
  done
}}

available() {{ # region, connection
  local begun=$SECONDS
  until [[ $(look "$1" "$2" State) == available ]]; do
    (( SECONDS - begun < AVAILABLE )) || return 1
    sleep "$POLL"
  done
}}

change() {{ # region, connection, tunnel, its sibling, the routing, the call
  local region=$1 vpn=$2 here=$3 sibling=$4 routing=$5 before
  shift 5
  in_window || {{ say "$vpn: outside the window"; return 1; }}
  available "$region" "$vpn" || {{ say "$vpn is not available"; return 1; }}
  steady "$region" "$vpn" "$sibling" 0 '' "$routing" ||
    {{ say "$vpn: $sibling does not carry it, so $here stays as it is"; return 1; }}
  before=$(tunnel "$region" "$vpn" "$here") || {{ say "$vpn cannot be read"; return 1; }}
  [[ $(look "$region" "$vpn" State) == available ]] ||
    {{ say "$vpn is not available any more"; return 1; }}
  [[ $(tunnel "$region" "$vpn" "$sibling" "$routing") == UP* ]] ||
    {{ say "$vpn: $sibling does not carry it any more"; return 1; }}
  "$@" > /dev/null || {{ say "$vpn: the call failed: look before running this again"; return 1; }}
  say "$vpn: $here is changed"
  sleep "$POLL"
  available "$region" "$vpn" || {{ say "$vpn did not become available"; return 1; }}
  steady "$region" "$vpn" "$here" "$COME_BACK" "$before" && return
  if [[ $before == UP* ]]; then
    say "$vpn: $here did not come back up"
    return 1
  fi
  say "$vpn: $here is still down, as it was before"
}}
"""


def render(plan: Plan, look: Look) -> Iterator[str]:  # noqa: ARG001 - data looks the same to all
    """Yield the script; each connection's steps are a function, and stop at the first problem."""
    yield _HEAD.format(title=f"Plan {plan.id}, made at {plan.made_at:%Y-%m-%d %H:%M} UTC by bothup")
    yield from guard(plan.window)
    siblings = {
        (connection.id, tunnel.outside_ip): other.outside_ip
        for connection in plan.connections
        for tunnel in connection.tunnels
        for other in connection.tunnels
        if other.outside_ip != tunnel.outside_ip
    }
    routing = {connection.id: connection.routing for connection in plan.connections}
    names: list[str] = []
    for number, (account, region, resource, steps) in enumerate(by_resource(plan), 1):
        names.append(f"part_{number}")
        yield f"\n{names[-1]}() {{ # {printable(resource)} in {region}\n"
        yield f"  account {shlex.quote(account)} || return\n"
        if plan.window is not None:
            said = shlex.quote(f"{resource}: outside the window")
            yield f"  in_window || {{ say {said}; return 1; }}\n"
        for step in steps:
            sibling = siblings.get((resource, step.tunnel or ""), "")
            yield from _step(step, sibling, routing.get(resource, Routing.UNKNOWN))
        yield "}\n"
    yield "\n"
    for name in names:
        yield f"{name} || stopped=5\n"
    yield 'exit "$stopped"\n'


def _step(step: Step, sibling: str, routing: Routing) -> Iterator[str]:
    for line in (step.remedy, *filter(None, (step.why,))):
        yield f"  # {printable(line)}\n"
    for call in calls(step):
        command = call.command
        if step.action is Action.CREATE_LOG_GROUP and call.operation == "CreateLogGroup":
            name = shlex.quote(step.resource)
            query = shlex.quote(f"logGroups[?logGroupName=='{step.resource}']")
            yield f"  if [[ -z $(aws logs describe-log-groups --region {step.region} \\\n"
            yield f"    --log-group-name-prefix {name} --query {query} --output text) ]]; then\n"
            yield f"    {command} || return\n"
        elif step.action is Action.CREATE_LOG_GROUP:
            yield f"    {command} || return\n"
        elif step.action is Action.CREATE_LOG_STREAM:
            yield f"  {command} 2> /dev/null || true # it may be there\n"
        elif step.interrupts:
            where = (step.region, step.resource, step.tunnel or "", sibling, routing)
            words = map(shlex.quote, where)
            yield f"  change {' '.join(words)} \\\n    {command} || return\n"
        else:
            yield f"  {command} > /dev/null || return\n"
    if step.action is Action.CREATE_LOG_GROUP:
        yield "  fi\n"
