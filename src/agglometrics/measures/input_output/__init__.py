"""Input-output linkages and local supply."""
