"""History: what was measured, kept in a file of its own."""
