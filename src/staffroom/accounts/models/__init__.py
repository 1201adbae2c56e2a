"""The nouns kept about people: who they are, what they may open, the tokens they hold and what they saw."""

from staffroom.accounts.models.course_role import CourseRole
from staffroom.accounts.models.person import Person
from staffroom.accounts.models.registry_role import RegistryRole
from staffroom.accounts.models.token import Token
from staffroom.accounts.models.view import View

__all__ = ["CourseRole", "Person", "RegistryRole", "Token", "View"]
