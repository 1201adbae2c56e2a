"""The shapes of answers, for OpenAPI: those of metrics are made from their columns."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from staffroom.metrics.declaration import Column, Kind, Metric

_FIELDS: dict[Kind, type[serializers.Field[Any, Any, Any, Any]]] = {
    Kind.COURSE: serializers.CharField,
    Kind.LEARNER: serializers.CharField,
    Kind.TEXT: serializers.CharField,
    Kind.BLOCK: serializers.CharField,
    Kind.DAY: serializers.DateField,
    Kind.WEEK: serializers.DateField,
    Kind.INSTANT: serializers.DateTimeField,
    Kind.COUNT: serializers.IntegerField,
    Kind.SECONDS: serializers.IntegerField,
    Kind.OFFSET: serializers.FloatField,
    Kind.RATIO: serializers.FloatField,
    Kind.SHARE: serializers.FloatField,
    Kind.FLAG: serializers.BooleanField,
}


class Problem(serializers.Serializer[Any]):
    """An error, as RFC 9457 tells it."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField(required=False)
    instance = serializers.CharField()
    request_id = serializers.CharField(help_text="Names this request in the logs of those who run the site.")


class Course(serializers.Serializer[Any]):
    course_id = serializers.CharField(help_text="The course's whole key.")
    name = serializers.CharField()
    starts_on = serializers.DateField(allow_null=True)
    ends_on = serializers.DateField(allow_null=True)
    enrolled = serializers.IntegerField(
        allow_null=True, help_text="Learners enrolled on the last day with data; null where not known."
    )
    active_last_week = serializers.IntegerField(
        allow_null=True, help_text="Learners active in the last full week; null where not known."
    )
    url = serializers.URLField()
    metrics = serializers.URLField(help_text="The address of the list of what can be asked.")


class CourseWithPage(Course):
    role = serializers.CharField(
        help_text="Why you may see it: administrator, staff, instructor, researcher."
    )
    page = serializers.URLField(help_text="The address of the course's page for people.")
    through = serializers.DateField(allow_null=True, help_text="The last day whose data is in the numbers.")
    computed_at = serializers.DateTimeField(allow_null=True, help_text="When the numbers were made.")


class MetricColumn(serializers.Serializer[Any]):
    name = serializers.CharField(help_text="The key in JSON and the header in CSV.")
    title = serializers.CharField()
    kind = serializers.ChoiceField(choices=[kind.value for kind in Kind])
    unit = serializers.CharField()


class CourseMetric(serializers.Serializer[Any]):
    name = serializers.CharField()
    title = serializers.CharField()
    question = serializers.CharField(help_text="The question that the metric answers.")
    rule = serializers.CharField(help_text="How it is counted.")
    names_learners = serializers.BooleanField(help_text="True where reading it is noted in the audit trail.")
    columns = MetricColumn(many=True)
    through = serializers.DateField(allow_null=True)
    computed_at = serializers.DateTimeField(allow_null=True)
    url = serializers.URLField()


def list_of(shape: type[serializers.Serializer[Any]], **more: Any) -> type[serializers.Serializer[Any]]:
    """A list's answer: how many rows there are, the next address, and the rows."""
    fields = {
        "__doc__": f"A part of a list of {shape.__name__}.",
        "count": serializers.IntegerField(help_text="How many rows there are in all."),
        "next": serializers.URLField(allow_null=True, help_text="The address of the following rows."),
        **more,
        "results": shape(many=True),
    }
    return type(f"{shape.__name__}List", (serializers.Serializer,), fields)


def rows_of(metric: Metric) -> type[serializers.Serializer[Any]]:
    """The answer of a metric's resource."""
    fields = {column.name: _field(column, key=column.name in metric.key) for column in metric.columns}
    name = "".join(word.title() for word in metric.name.split("_"))
    row = type(name, (serializers.Serializer,), {"__doc__": metric.rule, **fields})
    return list_of(
        row,
        through=serializers.DateField(
            allow_null=True, help_text="The last day whose data is in the numbers."
        ),
        computed_at=serializers.DateTimeField(allow_null=True, help_text="When the numbers were made."),
    )


def _field(column: Column, *, key: bool) -> serializers.Field[Any, Any, Any, Any]:
    unit = f" In {column.unit}." if column.unit else ""
    return _FIELDS[column.kind](
        allow_null=not key,
        help_text=f"{column.title}. {column.help}".strip() + unit,
    )
