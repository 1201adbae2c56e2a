"""Rows of SIS exports become typed rows, or rejects with their line and reason. Plain Python, no database."""
