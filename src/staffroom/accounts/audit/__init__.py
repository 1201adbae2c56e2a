"""The audit trail's own Django app, so that its rows live in a database of their own."""
