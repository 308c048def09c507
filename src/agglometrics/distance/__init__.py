"""Distance-based measures of points: Duranton-Overman, Marcon-Puech, Ripley."""
