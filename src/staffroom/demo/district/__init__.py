"""The demo's school district: its people, and the exports of its student information system."""
