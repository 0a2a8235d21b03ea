"""How Word writes a number: in digits, letters, Roman numerals, words. Pure.

ISO/IEC 29500-1, 17.18.59 names the forms. Beyond what is given here, LibreOffice's labels are the
measure (tests/policies/text/test_list_labels.py).
"""

from collections.abc import Callable
from functools import partial

from policies.text.importing.html.list_markers import in_alphabet
from policies.text.markdown import roman

# Known here: their numbers are as LibreOffice prints them. Of any other form, only the digits.
_ALPHABETS = {
    "arabicAlpha": "أبتثجحخدذرزسشصضطظعغفقكلمنهوى",
    "hebrew2": "אבגדהוזחטיכלמנסעפצקרשת",
    "russianLower": "абвгдежзиклмнопрстуфхцчшщыэюя",
    "thaiLetters": "กขคงจฉชซฌญฎฏฐฑฒณดตถทธนบปผฝพฟภมยรฤลฦวศษสหฬอฮ",
}
_DIGITS = ("decimal", "decimalZero", "decimalFullWidth", "numberInDash", "")
_CARDINALS = """
    One Two Three Four Five Six Seven Eight Nine Ten Eleven Twelve Thirteen Fourteen Fifteen Sixteen
    Seventeen Eighteen Nineteen
"""
_ORDINALS = """
    First Second Third Fourth Fifth Sixth Seventh Eighth Ninth Tenth Eleventh Twelfth Thirteenth
    Fourteenth Fifteenth Sixteenth Seventeenth Eighteenth Nineteenth
"""
_TENS = ("Twenty", "Thirty", "Forty", "Fifty", "Sixty", "Seventy", "Eighty", "Ninety")
_CIRCLES = [chr(0x2460 + n) for n in range(20)] + [chr(0x3251 + n) for n in range(15)]
_CIRCLES += [chr(0x32B1 + n) for n in range(15)]


def written(count: int, form: str) -> str:
    """Return a number in a form, the value of w:numFmt; "" if it can't be written in it here."""
    if form in _DIGITS or count < 1:
        return f"{count:02}" if form == "decimalZero" else str(count)
    if form.startswith(("upper", "russianUpper")):
        return written(count, form.replace("upper", "lower").replace("Upper", "Lower")).upper()
    if form == "lowerLetter" and count <= 780:
        return chr(ord("a") + (count - 1) % 26) * ((count - 1) // 26 + 1)
    if form == "lowerRoman" and count < 4000:
        return roman.written(count)
    if form in _ALPHABETS:
        return in_alphabet(count, _ALPHABETS[form])
    special = _SPECIAL.get(form)
    return special(count) if special else ""


def _ordinal(count: int) -> str:
    is_teen = count % 100 in (11, 12, 13)
    return f"{count}{'th' if is_teen else {1: 'st', 2: 'nd', 3: 'rd'}.get(count % 10, 'th')}"


def _chicago(count: int) -> str:
    if count > 400:
        return ""
    again, at = divmod(count - 1, 4)
    return "*†‡§"[at] * (again + 1)


def _hebrew(count: int) -> str:
    """Return Hebrew numerals below 100; 15 and 16 are 9 + 6 and 9 + 7."""
    tens, ones = divmod(count, 10)
    if count >= 100:
        return ""
    if count in (15, 16):
        return "ט" + "וז"[count - 15]
    return " יכלמנסעפצ"[tens].strip() + " אבגדהוזחט"[ones].strip()


def _circled(count: int) -> str:
    return _CIRCLES[count - 1] if count <= len(_CIRCLES) else str(count)


def _in_words(words: str, tenth: str, count: int) -> str:
    """Return a number below 100 in words. tenth: what the "y" of a round number becomes."""
    below, (tens, ones) = words.split(), divmod(count, 10)
    if count <= len(below):
        return below[count - 1]
    if count >= 100:
        return ""
    ten = _TENS[tens - 2]
    return f"{ten}-{below[ones - 1].lower()}" if ones else f"{ten[:-1]}{tenth}"


_SPECIAL: dict[str, Callable[[int], str]] = {
    "cardinalText": partial(_in_words, _CARDINALS, "y"),
    "chicago": _chicago,
    "decimalEnclosedCircle": _circled,
    "hebrew1": _hebrew,
    "ordinal": _ordinal,
    "ordinalText": partial(_in_words, _ORDINALS, "ieth"),
}
