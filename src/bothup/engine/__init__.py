"""Discovery of the rules, and the pure stages between reading and reporting."""
