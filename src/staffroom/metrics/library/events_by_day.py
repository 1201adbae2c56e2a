"""How much was recorded each day: the first thing to look at when other numbers surprise."""

from __future__ import annotations

from dataclasses import replace

from staffroom.metrics.columns import DAY
from staffroom.metrics.declaration import Column, Kind, Metric, Unit, Visibility, msg

METRIC = Metric(
    name="events_by_day",
    title=msg("Events by day"),
    question=msg("How many events were recorded each day?"),
    rule=msg(
        "Every event in the store counts once, on the day on which it happened, whoever caused it and "
        "whether or not it belongs to a course. Lines that could not be read are not events; they are among "
        "the rejects."
    ),
    columns=(
        replace(DAY, visible_to=Visibility.ADMINISTRATORS),
        Column(
            "events",
            msg("Events"),
            Kind.COUNT,
            msg("Events that happened on that day."),
            unit=msg("events"),
            visible_to=Visibility.ADMINISTRATORS,
        ),
    ),
    key=("day",),
    inputs=("events",),
    unit=Unit.DAY,
    differs=(
        msg("An event that was delivered twice counts once; the edX pipeline counts each line."),
        msg("Days are those of the institution's time zone, where the edX pipeline knows only UTC."),
    ),
    late_event=msg("An event that arrives late is added to the day on which it happened."),
    fast=True,
)
