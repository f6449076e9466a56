"""One file per kind of call that changes something: what it sends, and what it must be allowed.

Nothing but `bothup apply` and `bothup undo` makes these calls.
"""
