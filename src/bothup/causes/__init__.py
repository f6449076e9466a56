"""The causes of a tunnel that is down: one file each, found by looking into this folder.

A file states `CAUSE` and has `signs(...)`, whose parameters declare by their types the evidence
that it reads and which yields what speaks for or against the cause. The docstring is the cause's
page: the title on its first line, then `## What it is`, `## How it shows`, `## What to do on AWS`,
`## What to do on the device` and `## How to be sure`. The two lists of what to do are shown with
VPN_ID, OUTSIDE_IP and REGION filled in. How much a sign weighs stands in `engine/weights.py`.
"""
