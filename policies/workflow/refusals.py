"""The exceptions by which a verb refuses. Each is worded for the person who reads it."""


class Refused(Exception):
    """A verb was refused and changed nothing. Its text says what, why and what to do.

    about: the arguments of the verb that have to be mended, as "change_note", if it is about any.
    A form marks its fields with these ids.
    """

    def __init__(self, words: str, *about: str) -> None:
        super().__init__(words)
        self.about = tuple(filter(None, about))


class NotThere(Exception):
    """What a verb is to be done to is not there, or not any more. No refusal: nobody did wrong."""


class NotAllowed(Refused):
    """This person may not do this."""


class WrongState(Refused):
    """The revision or the policy is in a state that has no such move, often since just now."""


class SavedMeanwhile(Refused):
    """Somebody saved the draft after this person had read it."""


class TextChanged(Refused):
    """The text is not the one that was seen, saved or approved."""


class Unfinished(Refused):
    """The text has findings that must be mended, or answered for, before it is published."""


class Incomplete(Refused):
    """Something that the verb needs is missing or makes no sense."""
