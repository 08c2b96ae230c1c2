"""The command line: one subcommand per verb, generated from the list of verbs."""
