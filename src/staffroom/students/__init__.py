"""Students and those who support them: who they are, who may see them, and why."""
