"""How often a diagnosis names the right cause: `python -m benchmarks.diagnosis --cases DIR`."""
