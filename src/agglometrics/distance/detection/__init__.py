"""Where clusters are: around single plants, and among regions."""
