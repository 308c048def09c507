"""What a policy did: estimators of an effect on treated units, each with its size and power.

`panel` reads the table, and every estimator of the room starts from it; `requirements` are what it
asks of the panel, and `size` is what each result says of itself. `results/` holds what estimators
answer, `pictures/` how answers are drawn; `synthetic/`, `event/` and `permuting/` hold kernels,
variances and calibrations. The modules beside these folders are the public functions.
"""
