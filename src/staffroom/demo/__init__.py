"""An invented university: its files in the real formats, its people, and the flow of ``staffroom demo``."""
