"""The loss chart: its scales, the curve, the words beside it, and the panel."""
