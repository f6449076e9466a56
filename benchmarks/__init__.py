"""The speed figures, each measured beside its floor or baseline in the same run."""
