"""One file per kind of evidence: what it calls, what that needs permission for, what it yields."""
