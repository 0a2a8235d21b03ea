"""Dates as a legal document writes them: the month in full (Django shortens most of them)."""

DATE_FORMAT = "F j, Y"
DATETIME_FORMAT = "F j, Y, H:i"
