"""The site: pages written from the code, the notebooks and the tests, then built by Sphinx."""
