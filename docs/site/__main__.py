"""Write the sources, build the pages: ``python -m docs.site build/site``."""

from __future__ import annotations

import argparse
import logging
import shutil
import sys
from pathlib import Path

from docs.site import (
    api,
    coming,
    fonts,
    gallery,
    index,
    landing,
    measured,
    methods,
    notebooks,
    verification,
)

DOCS = Path(__file__).parents[1]
WRITERS = (landing, notebooks, api, methods, coming, measured, verification, gallery, index)


def sources(folder: Path) -> None:
    """Write every page's source into an empty folder."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    (folder / "extra").mkdir()
    shutil.copytree(DOCS / "static", folder / "static")
    (folder / "static" / "fonts.css").write_text("", encoding="utf-8")  # filled at the end
    shutil.copy(DOCS / "conf.py", folder / "conf.py")
    for writer in WRITERS:
        writer.write(folder)


def main(target: Path) -> int:
    """Build the site at `target`; 0 where Sphinx has nothing to say."""
    from sphinx.cmd.build import main as sphinx

    logging.getLogger("fontTools").setLevel(logging.WARNING)

    written = target.with_name(f"{target.name}-source")
    sources(written)
    shutil.rmtree(target, ignore_errors=True)
    status = sphinx(["-q", "-W", "--keep-going", "-b", "html", "-d", f"{written}-cache",
                     str(written), str(target)])  # fmt: skip
    fonts.write(target)
    for leftover in (".buildinfo", "objects.inv", ".doctrees"):
        (target / leftover).unlink(missing_ok=True)
    return int(status)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("target", type=Path)
    sys.exit(main(parser.parse_args().target))
