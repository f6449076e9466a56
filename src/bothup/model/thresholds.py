"""How long, how often and how much: every threshold that a cause or a story goes by.

They stand beside the model because causes may read nothing else of ours; what a sign weighs, and
what a score means, stands in `engine/weights.py`.
"""

from datetime import timedelta

# A change or a replacement this close to a change of status belongs to it: AWS takes several
# minutes for either, and telemetry follows a little later.
NEAR = timedelta(hours=1)
# What went down within this has one reason.
TOGETHER = timedelta(minutes=5)

# A DELETE this close after a rekey only clears away the old SA: strongSwan does it at once,
# Openswan after 10 s, others within a minute. Without times, so many events after it.
REKEY_CLEANUP = timedelta(seconds=90)
REKEY_CLEANUP_EVENTS = 6
# Of phase 2 AWS's shortest lifetime is 900 s (EC2 API Reference, VpnTunnelOptionsSpecification); a
# rekey may start a third of it early. Phase 2 SAs that are deleted in quicker succession are
# several at once.
SHORTEST_REKEY = timedelta(seconds=600)
# Two drops have some distance by chance; three that keep time do not.
PERIODIC_DROPS = 3
# How far a drop may be from the lifetime that it is put down to.
EARLY_REKEY, LATE_REKEY = timedelta(seconds=120), timedelta(seconds=300)

# A replacement takes minutes; a path that is cut stays cut longer, or for seconds only.
REPLACED_WITHIN = timedelta(minutes=20)
# AWS gives a device 30 s to answer its checks by default, and some minutes at most.
CHECKED_WITHIN = timedelta(minutes=2)

# In bytes a period: status checks leave a few in every period, idle or not.
QUIET = 5_000.0
# What goes through a tunnel before it closes tells whether it was idle: idle times are minutes.
IDLE_BEFORE = timedelta(minutes=30)
# So many of the latest periods tell which way data goes now.
LATEST_PERIODS = 6

# A path that loses the peer so often in a day is unstable.
FLAPPING_WINDOW = timedelta(days=1)
FEWEST_FLIPS = 4
