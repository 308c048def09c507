"""Figures that a journal prints: vector, readable in grey, labelled in English or Chinese.

Each ``plot_*`` takes a table (or an estimate) and returns a matplotlib ``Figure`` that is already
laid out; its axes are ``figure.axes``. No text is smaller than 7 points and no label overlaps
another. Classes of a value are shades of one hue whose lightness falls steadily, and series differ
by marker, dash or hatch as well as colour, so that nothing is lost in grey. `save_figure` writes a
figure as .svg, .pdf and .png, with the same bytes every time.
"""
