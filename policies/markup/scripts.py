"""Letters of scripts that put no spaces between words. Pure.

Each a range for a class of characters in a regular expression.
"""

from __future__ import annotations

# Thai, Lao, Burmese, Khmer, Hiragana, Chinese characters.
UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3041-\u309f\u3400-\u9fff\uf900-\ufaff"
    "\U00020000-\U0003ffff"
)
# Put no spaces either; in effect each stretch of them is a word.
KATAKANA = "\u30a1-\u30fa\u30fc-\u30ff\uff66-\uff9f"
