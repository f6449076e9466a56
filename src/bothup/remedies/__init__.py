"""One file per Remedy; the file's docstring is the remedy's page. Nothing to register.

A remedy's file holds a docstring (title on its first line, then `## What it does`, `## When`,
`## Risk` and `## How to undo`), `REMEDY`, and `propose`, whose parameters declare by their types
the evidence that it reads: the first is what it is about, a Tunnel or a ClientVpnEndpoint. It
yields at most one Proposal or Refusal, nothing where there is nothing to do.
"""
