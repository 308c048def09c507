"""Symbols, indices and shapes: the vocabulary of every docstring.

Indices and lengths
-------------------
=====  ======================================================================
``r``  region, one of ``R`` (province, city, county, labour market)
``i``  industry (sector), one of ``I``
``t``  period, one of ``T``
``k``  plant (establishment), one of ``N`` in an industry; pairs ``(k, l)``
``d``  distance, one of ``D``
``n``  observation of a regression, one of ``N``; regressors ``K``
``b``  draw of a simulation or bootstrap, one of ``B``
=====  ======================================================================

Areal data
----------
=========  ============  =====================================================
symbol     shape         meaning
=========  ============  =====================================================
``E``      (T, R, I)     activity of industry i in region r at time t
``E_r``    (T, R)        region total, the sum of E over industries
``E_i``    (T, I)        industry total, the sum of E over regions
``E_tot``  (T,)          total over regions and industries
``s``      (T, R, I)     region r's share of industry i: E / E_i
``x``      (T, R)        region r's share of the reference aggregate
``q``      (T, R, I)     industry i's share of region r: E / E_r
``p``      (T, I)        industry i's share of the total: E_i / E_tot
``LQ``     (T, R, I)     location quotient: q / p = s / x
``G``      (T, I)        raw concentration: sum over r of (s - x)^2
``H``      (T, I)        plant Herfindahl: sum over k of (size / industry size)^2
``gamma``  (T, I)        Ellison-Glaeser index of excess concentration
=========  ============  =====================================================

Point data
----------
=========  ============  =====================================================
``xy``     (N, 2)        coordinates, in the unit of the distances
``w``      (N,)          weight of a point (employment); 1 where none is given
``Kd``     (D,)          density of bilateral distances (Duranton-Overman)
``M``      (D,)          relative cumulative concentration (Marcon-Puech)
=========  ============  =====================================================

Shift-share
-----------
=========  ============  =====================================================
``W``      (N, I)        share of sector i in location n (rows may sum to < 1)
``g``      (I,)          shock to sector i
``z``      (N,)          shift-share instrument: W @ g
``y``      (N,)          outcome
``x``      (N,)          treatment (endogenous regressor)
``Q``      (N, K)        controls
``omega``  (N,)          regression weights
``s_i``    (I,)          exposure of sector i: sum over n of omega w_ni
``alpha``  (I,)          Rotemberg weight of sector i; they sum to one
``beta``   scalar, (I,)  effect; just-identified estimate of sector i
=========  ============  =====================================================

Panel regression
----------------
=========  ============  =====================================================
``y``      (N,)          outcome
``X``      (N, K)        regressors
``Z``      (N, L)        instruments, L >= K
``D``      (N, F)        fixed-effect dummies, never formed in full
``u``      (N,)          residual
``V``      (K, K)        estimated covariance of the coefficients
=========  ============  =====================================================

Evaluation of a policy
----------------------
=========  ============  =====================================================
``Y``      (N, T)        outcome of N units over T periods
``first``  (N,)          first treated period of a unit; T if it is never treated
``W``      (M, m, N)     weights of donors, M assignments of m treated units
``omega``  (N0,)         weights of donors; they sum to one
``lam``    (T0,)         weights of periods before treatment; they sum to one
``tau``    scalar, (B,)  effect on the treated; its placebos or reassignments
=========  ============  =====================================================

Vocabulary of tables
--------------------
*Cells* are a long frame, one row per (region, industry[, time]), with a value column.
*Plants* are a long frame, one row per plant[-time]. A missing row is zero activity; a
NaN is unknown. A statistic's column has a machine name (``lq``, ``gamma``); labels in
English or Chinese (``agglometrics.labels``) are passed in where it is printed.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Codes = NDArray[np.intp]
