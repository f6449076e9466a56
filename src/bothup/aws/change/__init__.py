"""One file per kind of call that changes something: what it sends, and what it must be allowed.

Nothing but `bothup apply`, `bothup undo` and `bothup findings import` makes these calls.
"""
