"""Tables, figures and the registry of numbers of a study."""
