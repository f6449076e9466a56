"""One file per output format; the file's name is the format's name. Nothing to register.

A format's file has `render(scan, look)`, which yields the pieces of the document's text. Formats
show values as they are; they judge nothing.
"""
