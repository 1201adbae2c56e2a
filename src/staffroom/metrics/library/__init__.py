"""The metrics: a declaration (``<name>.py``) and a SELECT (``<name>.sql``) each."""
