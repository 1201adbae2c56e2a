"""OneRoster 1.1 and 1.2 CSV as another format of the same sources: it gives the same typed rows."""
