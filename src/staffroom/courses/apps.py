"""The Django app of course pages; it keeps no tables of its own."""

from django.apps import AppConfig


class CoursesConfig(AppConfig):
    name = "staffroom.courses"
    label = "courses"
