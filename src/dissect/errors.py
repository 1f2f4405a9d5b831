"""The one exception that a user is meant to read."""


class InputError(Exception):
    """Something given to us is wrong: a config key, a file, a download, a diverged training.

    The message is one line that names the file or key, says what is wrong with it and what to do.
    Scripts print it without a traceback; anything else that is raised is a bug of ours.
    """
