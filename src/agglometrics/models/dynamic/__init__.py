"""Dynamic panels by GMM: moments, instruments, Windmeijer's correction."""
