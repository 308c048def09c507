"""What a policy did: estimators of an effect on treated units, each with its size and power.

`panel` reads the table; every estimator of the room starts from it.
"""
