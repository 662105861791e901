"""The screens: training, and the small ones that open over it."""
