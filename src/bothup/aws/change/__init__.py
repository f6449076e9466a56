"""One file per kind of call that changes something: what it sends, and what it must be allowed.

Nothing but `bothup apply`, `undo`, `alarms apply`, `alarms drill` and `findings import` makes these
calls.
"""
