"""Evidence: what AWS records of tunnels, besides how they are now.

Logs, metrics, CloudTrail and Health events are worked out when somebody asks for them, from what
is known of each tunnel: what it was before the simulation began (`past`) and what happened since
(`chronicle`).
"""
