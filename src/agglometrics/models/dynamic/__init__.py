"""Dynamic panels by GMM."""
