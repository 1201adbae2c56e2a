"""Texts marked for translation, found in Python by its syntax tree and in templates by Django's reader."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.utils.translation.template import templatize

from staffroom.operations.sections import plain

_POSITIONS: tuple[tuple[frozenset[str], tuple[int | None, int | None, int | None]], ...] = (
    (frozenset({"_", "gettext", "gettext_lazy", "gettext_noop", "msg"}), (0, None, None)),
    (frozenset({"ngettext", "ngettext_lazy", "plural"}), (0, 1, None)),
    (frozenset({"pgettext", "pgettext_lazy"}), (1, None, 0)),
    (frozenset({"npgettext", "npgettext_lazy"}), (1, 2, 0)),
)
"""Names of marks, and at which positions their calls hold text, plural and context."""
SETTINGS_IN_FORMS = {
    "loader/settings.py": ("LoaderSettings", "ApiSettings"),
    "intake/servers/settings.py": ("SftpSettings", "S3Settings"),
}
"""Settings that a page has people change, by file and class: what stands under each is shown there."""
_CALL = re.compile(r"\b(?:n?p?gettext|_)\(")


@dataclass(frozen=True, slots=True, order=True)
class Message:
    """What is looked up: a text, with its plural and context where it has them (else empty)."""

    text: str
    plural: str = ""
    context: str = ""


class NotAConstant(ValueError):
    """A mark around something that is not a plain text, which no catalogue can hold."""


def messages_of(root: Path) -> dict[Message, set[str]]:
    """Every marked text under ``root`` and the files that hold it, as paths relative to ``root``."""
    found: dict[Message, set[str]] = {}
    for path in sorted([*root.rglob("*.py"), *root.rglob("*.html"), *root.rglob("*.txt")]):
        source = path.read_text("utf-8")
        place = path.relative_to(root).as_posix()
        read = messages_in_python if path.suffix == ".py" else messages_in_template
        for message in read(source, place):
            found.setdefault(message, set()).add(place)
    return found


def messages_in_python(source: str, place: str) -> Iterator[Message]:
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield from _marked(node, place)
    for shape in tree.body:
        if isinstance(shape, ast.ClassDef) and shape.name in SETTINGS_IN_FORMS.get(place, ()):
            yield from _meanings(shape)


def _meanings(shape: ast.ClassDef) -> Iterator[Message]:
    """What stands under each field of a settings dataclass, as its form shows it."""
    for field, after in zip(shape.body, shape.body[1:], strict=False):
        match field, after:
            case ast.AnnAssign(), ast.Expr(ast.Constant(str(text))):
                yield Message(plain(text))


def messages_in_template(source: str, place: str) -> Iterator[Message]:
    """Django turns a template into calls among other characters; each call is parsed by itself."""
    code = templatize(source)
    for start in _CALL.finditer(code):
        for end in re.finditer(r"\)", code[start.start() :]):
            try:
                node = ast.parse(code[start.start() : start.start() + end.end()], mode="eval").body
            except SyntaxError:
                continue
            if isinstance(node, ast.Call):
                yield from _marked(node, place)
            break


def _marked(call: ast.Call, place: str) -> Iterator[Message]:
    """The message of a call; none where it translates a variable, which is marked elsewhere."""
    name = call.func.id if isinstance(call.func, ast.Name) else ""
    for names, positions in _POSITIONS:
        if name in names:
            text, plural, context = (
                "" if position is None else _constant(call, position, place) for position in positions
            )
            if text:
                yield Message(text, plural, context)


def _constant(call: ast.Call, index: int, place: str) -> str:
    node = call.args[index] if index < len(call.args) else None
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr | ast.BinOp):
        raise NotAConstant(f"{place}:{call.lineno}: only a plain text can be translated.")
    return ""
