"""A remote file comes here: begun, resumed, read while it grows, verified."""
