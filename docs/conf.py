"""Sphinx's settings. The pages are written by ``python -m docs.site``, which calls Sphinx."""

from importlib.metadata import version as installed

project = "agglometrics"
author = "The agglometrics developers"
copyright = "The agglometrics developers"
version = release = installed("agglometrics")
language = "en"

extensions = [
    "myst_nb",
    "sphinx.ext.autodoc",
    "numpydoc",
    "docs.site.docstrings",
    "docs.site.mathml",
]
source_suffix = {".rst": "restructuredtext", ".md": "myst-nb", ".ipynb": "myst-nb"}
exclude_patterns = ["static", "extra"]
html_extra_path = ["extra"]  # pictures of the gallery, index.json, llms.txt, verification.json

# notebooks come executed; nothing runs while the site is built
nb_execution_mode = "off"
nb_merge_streams = True
nb_mime_priority_overrides = [("html", "image/png", 0), ("html", "text/html", 10)]
myst_enable_extensions = ["dollarmath", "amsmath"]
myst_heading_anchors = 3

autodoc_typehints = "none"
autodoc_member_order = "bysource"
autodoc_type_aliases = {"Array": "Array"}
numpydoc_show_class_members = False
numpydoc_class_members_toctree = False
numpydoc_xref_param_type = False
default_role = "py:obj"

html_math_renderer = "mathml"
html_theme = "furo"
html_title = "agglometrics"
html_static_path = ["static"]
html_css_files = ["fonts.css", "site.css"]
html_copy_source = False
html_show_sourcelink = False
html_show_sphinx = False
html_last_updated_fmt = None
html_theme_options = {
    "light_css_variables": {
        "font-stack": '-apple-system, "Segoe UI", Helvetica, Arial, "Noto Sans CJK SC", sans-serif'
    },
    "dark_css_variables": {},
}
suppress_warnings = ["mystnb.unknown_mime_type", "ref.python"]
