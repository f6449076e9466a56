"""One file per check: its docstring is its page, `flaws` yields what is wrong."""
