"""The configuration file, the environment's settings, and which of them wins."""
