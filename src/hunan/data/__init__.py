"""The raw tables of the study: readers, checks against the manifest."""
