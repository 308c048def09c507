"""Regressions of cluster effects, and the result class they share.

Estimators: `panel`, `poisson`, `iv`, `dynamic_panel`, `spatial_panel`. Each returns `Estimates`;
its covariance is a value (`Cluster("region")`, `Conley(km=200)`) and can be changed afterwards,
``fit.with_cov(DriscollKraay(2))``. The small-sample rule, and how those of other programs differ,
are in `agglometrics.inference.small_sample`.

After an estimate: `hausman`, `robust_hausman`; `weak_instruments`, `anderson_rubin`,
`overidentification`, `wild_iv`; `impacts`, `lagrange_multipliers`; `detectable_effect`,
`without_each`, `oster`, `u_test`.
"""
