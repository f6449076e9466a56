"""What alarms a connection wants, what is wrong with those that exist, and how to make them right.

Everything here is a function from values to values; `bothup.aws` reads and writes.
"""
