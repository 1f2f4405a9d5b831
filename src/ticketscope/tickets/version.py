"""Which way of training tickets have: what makes them stale beside their data and settings.

A training may cost days on many GPUs, so it does not depend on a fingerprint of the code, as cheap
jobs do: a message that is worded anew would train everything again.
tests/tickets/test_training_version.py watches over the modules that decide a ticket's bytes.
"""

# Raise it when LTH0, a cut or a retraining gives other bytes, and say so in CHANGELOG.md.
TRAINING_VERSION = 3
