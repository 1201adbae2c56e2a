"""Collecting texts and compiling their translations."""

from __future__ import annotations

import gettext
import io
from pathlib import Path

import pytest

from staffroom.site.messages.catalogue import Catalogue
from staffroom.site.messages.extraction import (
    Message,
    NotAConstant,
    messages_in_python,
    messages_in_template,
    messages_of,
)

PYTHON = """
title = msg("Courses of " "the day")
count = plural("{count} course", "{count} courses")
day = pgettext("a format", "j M")
other = _("Save")
free = say(variable)
"""
TEMPLATE = """{% translate "Sign in" %} {{ title|default:_("Nothing") }}
{% blocktranslate trimmed count n=n %}one {{ n }}{% plural %}many {{ n }}{% endblocktranslate %}
{% translate 'It (really) is' context "a context" %}"""


def test_marks_in_python_are_found() -> None:
    assert set(messages_in_python(PYTHON, "x.py")) == {
        Message("Courses of the day"),
        Message("{count} course", plural="{count} courses"),
        Message("j M", context="a format"),
        Message("Save"),
    }


def test_marks_in_templates_are_found() -> None:
    assert set(messages_in_template(TEMPLATE, "x.html")) == {
        Message("Sign in"),
        Message("Nothing"),
        Message("one %(n)s", plural="many %(n)s"),
        Message("It (really) is", context="a context"),
    }


def test_a_mark_around_a_made_up_text_is_an_error() -> None:
    with pytest.raises(NotAConstant):
        list(messages_in_python('msg(f"{count} courses")', "x.py"))


@pytest.fixture
def locale(tmp_path: Path) -> Path:
    folder = tmp_path / "es" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "django.po").write_text(
        'msgid ""\nmsgstr ""\n"Language: es\\n"\n\n'
        'msgctxt "a format"\nmsgid "j M"\nmsgstr "j b"\n\n'
        'msgid "{count} course"\nmsgid_plural "{count} courses"\n'
        'msgstr[0] "{count} curso"\nmsgstr[1] "{count} cursos"\n\n'
        'msgid "Save"\nmsgstr ""\n"Gua"\n"rdar"\n\n'
        'msgid "Gone"\nmsgstr "Ido"\n',
        "utf-8",
    )
    return tmp_path


def test_a_compiled_catalogue_is_read_by_gettext(locale: Path) -> None:
    found = list(messages_in_python(PYTHON, "x.py"))
    compiled = gettext.GNUTranslations(io.BytesIO(Catalogue.read(locale, "es").mo(found)))
    assert compiled.gettext("Save") == "Guardar"
    assert compiled.pgettext("a format", "j M") == "j b"
    assert [compiled.ngettext("{count} course", "{count} courses", n) for n in (1, 2)] == [
        "{count} curso",
        "{count} cursos",
    ]
    assert compiled.gettext("Gone") == "Gone"


def test_writing_and_reading_keeps_translations_and_drops_what_is_gone(locale: Path) -> None:
    found = {message: {"x.py"} for message in messages_in_python(PYTHON, "x.py")}
    catalogue = Catalogue.read(locale, "es")
    text = catalogue.po(found)
    (catalogue.folder / "django.po").write_text(text, "utf-8")
    again = Catalogue.read(locale, "es")
    assert again.po(found) == text
    assert "Gone" not in text
    assert again.translations[Message("Save")] == ("Guardar",)


def test_what_is_missing_or_lost_its_placeholder_is_told(locale: Path) -> None:
    found = {Message("Save"), Message("New"), Message("{count} course", "{count} courses")}
    catalogue = Catalogue.read(locale, "es")
    assert catalogue.faults(found) == ["es: 'New' is not translated."]
    worse = Catalogue("es", catalogue.folder, {Message("{n} of {m}"): ("{n} de",), Message("x"): ("{y}",)})
    assert worse.faults(worse.translations) == [
        "es: 'x' has other placeholders.",
        "es: '{n} of {m}' lacks a placeholder.",
    ]


def test_every_file_of_a_folder_is_read(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text('msg("One")')
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "c.html").write_text('{% translate "One" %}{% translate "Two" %}')
    assert messages_of(tmp_path) == {Message("One"): {"a.py", "b/c.html"}, Message("Two"): {"b/c.html"}}
