"""What a policy did: estimators of an effect on treated units, each with its size and power.

`panel` reads the table, and every estimator of the room starts from it. `size` is what each
result says of itself. `synthetic/` holds the kernels, variances and calibrations of synthetic
control and synthetic difference in differences; the modules beside it are the public functions.
"""
