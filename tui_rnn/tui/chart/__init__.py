"""The chart of the loss: what is drawn (series), where (axes), the curve's dots, the words beside it, the drawing."""
