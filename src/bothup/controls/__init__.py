"""One file per Control; the file's docstring is the control's page. Nothing to register.

A control's file holds a docstring (title on its first line, then the four `##` sections that every
page has), `CONTROL`, and `judge`, whose parameters declare by their types the evidence it reads.
"""
