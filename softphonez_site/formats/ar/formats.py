"""Arabic date formats as in Unicode's CLDR: without the comma that Django adds to dates."""

DATE_FORMAT = "j F Y"
DATETIME_FORMAT = "j F Y، H:i"
