"""The laboratory: real IKE and BGP daemons for the simulated AWS and for a customer gateway.

Everything lives in network namespaces of this machine: two AWS tunnel endpoints, the internet
between, and the gateway. It needs Linux, root, strongSwan, BIRD and nftables (`bothup.lab.probe`
says what is missing) and the extra `lab`.
"""
