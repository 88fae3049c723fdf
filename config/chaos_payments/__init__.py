"""Random histories of money over the three gateways, with everything going wrong; then it is asked whether all is well.

The gateways' own SDKs speak with companies in this process (`payments.local_gateways`), without a network. Time, ids
and chance belong to the history: the same seed plays the same again. `python3 dev.py chaos payments`; a small one is
a test.
"""
