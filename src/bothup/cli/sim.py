"""`bothup sim`: the simulated AWS, to try every verb on without an AWS account."""
