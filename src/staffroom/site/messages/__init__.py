"""The texts of all rooms, collected from code and templates, and their translations.

``python -m staffroom.site.messages`` brings the catalogues up to date; ``--check`` changes nothing and
fails where they are not, or where a translation is missing. It needs no gettext tools.
"""
