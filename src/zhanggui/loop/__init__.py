"""The closed loop of the manager: measure, monitor, diagnose, decide, act, verify; the verbs of every face."""
