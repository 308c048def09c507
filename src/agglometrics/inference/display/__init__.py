"""How an estimate shows itself: its printed summary, and what maketables asks for."""
