"""Letters of scripts that put no spaces between words. Pure.

Each is written as ranges for a character class of a regular expression.
"""

# Thai, Lao, Burmese, Khmer, Hiragana, Chinese characters.
UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3041-\u309f\u3400-\u9fff\uf900-\ufaff"
    "\U00020000-\U0003ffff"
)
# No spaces either, but each run of them is in effect one word.
KATAKANA = "\u30a1-\u30fa\u30fc-\u30ff\uff66-\uff9f"
