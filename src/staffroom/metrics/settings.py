"""The thresholds of the metrics: section ``[metrics]`` of ``staffroom.toml``."""

from __future__ import annotations

from dataclasses import dataclass, fields

from staffroom.config import SETTINGS_FILE, Instance
from staffroom.errors import SettingsError


@dataclass(frozen=True, slots=True)
class MetricSettings:
    """Thresholds, each with its unit in its name; the defaults are those of the systems replaced."""

    session_gap_seconds: int = 12_600
    """A longer gap between two events of a learner in a course ends the session (3 h 30 min)."""
    login_gap_seconds: int = 600
    """A longer gap ends the session if the learner came back by the sign-in page."""
    dashboard_gap_seconds: int = 900
    """A longer gap ends the session if the learner came back by the dashboard."""
    outlier_gap_seconds: int = 1_800
    """A longer gap within a session is not believed and counts as ``outlier_worth_seconds``."""
    outlier_worth_seconds: int = 600
    last_action_seconds: int = 600
    """What a session's last event counts, unless it closed the page."""
    shortest_stay_seconds: int = 15
    """Shorter stays in a unit are left out."""
    segment_seconds: int = 5
    """The length of a segment of a video's timeline."""
    drop_off_share: float = 0.05
    """A video of unknown length ends where no more than this share of viewers goes on."""
    completed_share: float = 0.95
    """A video is completed by who saw at least this share of it."""
    excluded_usernames: tuple[str, ...] = ()
    """Test accounts, which are counted nowhere."""

    def __post_init__(self) -> None:
        for name in (item.name for item in fields(self) if item.name.endswith("_seconds")):
            least = 1 if name == "segment_seconds" else 0
            if getattr(self, name) < least:
                raise SettingsError(f"{SETTINGS_FILE} [metrics] {name}", f"must be at least {least}.")
        for name in (item.name for item in fields(self) if item.name.endswith("_share")):
            if not 0 <= getattr(self, name) <= 1:
                raise SettingsError(f"{SETTINGS_FILE} [metrics] {name}", "must be from 0 to 1.")


def metric_settings(instance: Instance) -> MetricSettings:
    """The instance's thresholds. Raises SettingsError where one is unknown or impossible."""
    return instance.section("metrics", MetricSettings)
