"""Entry points for running inside AWS, importable with nothing but the base dependencies."""
