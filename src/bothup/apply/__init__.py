"""Carrying a Plan out: guarded, journaled, one tunnel of a connection at a time.

Every interrupting call goes through `bothup.apply.guard`, and is in the journal before it is made.
"""
