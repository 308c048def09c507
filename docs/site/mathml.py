"""Mathematics without a script: LaTeX becomes MathML when the page is written."""

from __future__ import annotations

from typing import Any

from docutils import nodes


def mathml(latex: str, display: str) -> str:
    """Return a formula as MathML, its LaTeX kept as alternative text."""
    from latex2mathml.converter import convert

    return str(convert(latex.strip(), display=display))


def inline(self: Any, node: nodes.math) -> None:
    self.body.append(mathml(node.astext(), "inline"))
    raise nodes.SkipNode


def block(self: Any, node: nodes.math_block) -> None:
    self.body.append(f'<div class="formula">{mathml(node.astext(), "block")}</div>\n')
    raise nodes.SkipNode


def setup(app: Any) -> dict[str, Any]:
    """Register the renderer under the name ``mathml``."""
    app.add_html_math_renderer(
        "mathml", inline_renderers=(inline, None), block_renderers=(block, None)
    )
    return {"parallel_read_safe": True}
