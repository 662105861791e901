"""The words that stand on the screen, each in a plain sentence, for the help."""

GLOSSARY = {
    "nats/char": "−ln of the probability that the network gave to the character that came, on average",
    "bits/char": "the same by log₂; 1 nat is 1.443 bits",
    "loss": "nats of one window: the sum over its T characters, before the update",
    "smooth loss": "0.999 of itself and 0.001 of the newest loss, so it lags behind by about 1,000 updates",
    "recent": "the mean loss of the last 50 updates: it does not lag, and is rougher",
    "raw": "the loss as it is; its band holds 80 % of the points",
    "held out": "the loss on the end of the text, which is never trained on",
    "best": "the weights that had the lowest smooth loss so far; a copy of them is kept",
    "window": "the T = seq_length characters that one update reads",
    "update, step": "one window read, its gradient, and a small change of every weight",
    "epoch": "once through the text",
    "state, hprev": "the hidden values after the last character; the next window begins with them, an epoch with zeros",
    "eta": "the learning rate: how far an update moves the weights",
    "clip": "the bound that every number of the gradient is cut to",
    "saturated": "|h| > 0.9: such a hidden value passes hardly any gradient back",
    "gradient ✓": "numeric derivatives agree with backpropagation; the figure is the worst relative error",
    "uniform": "what guessing all characters alike would reach: ln of their number",
    "n-gram": "what counting runs of n characters reaches, without a network",
    "temp": "the scores are divided by it before a sample is drawn: below 1 the likely gets likelier",
    "top-p": "a sample is drawn from the likeliest characters alone that reach this share together",
}
