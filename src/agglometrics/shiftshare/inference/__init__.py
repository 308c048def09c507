"""Inference for shift-share designs: AKM, shock-level, jackknife, null imposed, randomisation."""
