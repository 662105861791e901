"""The engine: a character RNN, its gradients and its training loop, in NumPy alone.

It knows no screen and prints nothing: requests go in, events come out.
"""

import os

# BLAS runs on one thread unless the user asked otherwise: at these sizes a second thread is slower, and it changes
# the last bits of a sum. It must be said before NumPy is first imported.
for _variable in ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OMP_NUM_THREADS", "VECLIB_MAXIMUM_THREADS"):
    os.environ.setdefault(_variable, "1")
