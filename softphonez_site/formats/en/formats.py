"""Date formats as in legal documents: the month in full, where Django abbreviates most months."""

DATE_FORMAT = "F j, Y"
DATETIME_FORMAT = "F j, Y, H:i"
