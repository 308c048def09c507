"""Pictures of evaluations, in the package's style; each returns a figure that is laid out."""
