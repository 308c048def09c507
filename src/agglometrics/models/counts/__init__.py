"""The parts of Poisson pseudo-maximum likelihood: separation, iterations, control function."""
