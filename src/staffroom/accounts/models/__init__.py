"""The nouns kept about people: who they are, what they may open, and the tokens they hold."""

from staffroom.accounts.models.course_role import CourseRole
from staffroom.accounts.models.person import Person
from staffroom.accounts.models.token import Token

__all__ = ["CourseRole", "Person", "Token"]
