"""Errors, money and numbers, periods and calendar, words in two languages, the registry. Imports nothing of ours."""
