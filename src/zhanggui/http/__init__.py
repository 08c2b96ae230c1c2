"""The HTTP face: every verb under ``/api``, described by OpenAPI, behind a guard."""
