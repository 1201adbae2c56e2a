from django.apps import AppConfig


class OperationsConfig(AppConfig):
    name = "staffroom.operations"
    label = "operations"
