"""Inference on location quotients of counts: each interval names its random experiment.

A provincial table of output is complete, and its quotients have no sampling error. Counts of
plants or persons can be seen as draws; what is drawn, and what is held fixed, is the caller's
statement, made by the choice of the object and of its ``unit``.
"""
