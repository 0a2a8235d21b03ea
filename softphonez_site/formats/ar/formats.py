"""Dates as Unicode's CLDR has them for Arabic: without the comma that Django sets."""

DATE_FORMAT = "j F Y"
DATETIME_FORMAT = "j F Y, H:i"
