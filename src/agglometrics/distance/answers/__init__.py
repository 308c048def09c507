"""What is answered: a curve with its envelopes, curves of several industries, their pictures."""
