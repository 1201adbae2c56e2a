"""The Django app of students; its tables live with what people enter, in the database ``default``."""

from django.apps import AppConfig


class StudentsConfig(AppConfig):
    name = "staffroom.students"
    label = "students"
    default_auto_field = "django.db.models.BigAutoField"
