"""The registry's interface for programs: its own under /api/v1/, and the one that older loaders know."""
