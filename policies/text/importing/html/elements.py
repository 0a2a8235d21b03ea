"""The names of HTML's elements, old ones included, grouped as the conversion needs them."""


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
LISTS = ("ul", "ol", "menu", "dir")

# Elements on lines of their own. The last is ours (footnotes).
BLOCKS = _names("""
    address article aside blockquote body caption center colgroup dd details dialog dir div dl dt
    fieldset figcaption figure footer form frameset h1 h2 h3 h4 h5 h6 header hgroup hr html legend
    li main menu nav noscript ol optgroup option p pre search section summary table tbody td tfoot
    th thead tr ul
    footnote-text
""")

# Elements that hold no words of the text.
SILENT = _names("""
    area base col head link meta param script source style template title track wbr
""")

# Names that make `<name …>` a tag. Any other, such as <company name>, is text in angle brackets.
# The last two lines are SVG's.
ELEMENTS = (
    BLOCKS
    | SILENT
    | _names("""
    a abbr acronym applet audio b basefont bdi bdo bgsound big blink br button canvas cite code
    data datalist del dfn em embed font frame i iframe img input ins kbd label map mark marquee
    math meter nobr object output picture progress q rp rt ruby s samp select slot small span
    strike strong sub sup svg textarea time tt u var video
    circle defs desc ellipse g line path polygon polyline rect stop text tspan use
""")
)
