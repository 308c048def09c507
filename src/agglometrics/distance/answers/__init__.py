"""What measures return: a curve with envelopes, curves of several industries, their pictures."""
