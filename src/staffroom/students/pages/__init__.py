"""Pages of students; each asks ``students.access`` first."""
