"""stub"""
from staffroom.tally import Counts
def take_exports(*a, **k): return Counts()
