"""The live screen."""


def check_theme(t):
    pass


def train(job):
    raise NotImplementedError
