"""Where a text has a sign next, in linear time however often it is asked. Pure."""


class Following:
    """Finds signs in one text; it remembers where each was found last.

    A text may ask a thousand times for an end that is far away, or nowhere.
    """

    def __init__(self, text: str) -> None:
        self._text = text
        self._found: dict[str, tuple[int, int]] = {}

    def place(self, sign: str, start: int) -> int:
        """Return the first index from `start` on that has the sign; the text's length if none."""
        since, place = self._found.get(sign, (0, -1))
        if not since <= start <= place:
            place = self._text.find(sign, start)
            place = place if place >= 0 else len(self._text)
            self._found[sign] = (start, place)
        return place
