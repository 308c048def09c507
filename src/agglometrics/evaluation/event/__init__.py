"""Event studies and honest bounds as arrays: estimators, weights, influences, confidence sets."""
