"""What Security Hub is to be told of a scan, and where what it holds disagrees with it: pure.

Findings of Security Hub are plain values here, as GetFindings tells them (ASFF).
"""
