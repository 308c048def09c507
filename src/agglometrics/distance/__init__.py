"""Distance-based measures: Duranton-Overman, Marcon-Puech, Ripley; where clusters are."""
