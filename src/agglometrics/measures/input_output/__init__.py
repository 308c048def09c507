"""Input-output tables: multipliers, linkages, chains, local shares and local supply rates."""
