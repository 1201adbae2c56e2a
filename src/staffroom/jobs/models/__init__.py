from staffroom.jobs.models.run import Run, State
from staffroom.jobs.models.tick import Tick

__all__ = ["Run", "State", "Tick"]
