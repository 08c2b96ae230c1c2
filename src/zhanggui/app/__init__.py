"""Puts the faces together: the ``zhanggui`` command, the server with its jobs, the demo."""
