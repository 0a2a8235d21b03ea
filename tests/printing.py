"""Printers of PDFs that take no time, and what is on the pages of a real PDF."""

import io

import pikepdf


class PaperlessPrinter:
    """Returns bytes that begin like a PDF, and keeps the pages that it was given."""

    __slots__ = ("pages",)
    is_installed = True

    def __init__(self):
        self.pages = []

    def print_page(self, page):
        self.pages.append(page)
        return f"%PDF {page['identifier']}".encode()


class NoPrinter:
    """A site that can't make PDFs."""

    __slots__ = ()
    is_installed = False

    def print_page(self, page):
        raise AssertionError("Nothing can be printed here.")


def lines_of_pages(pdf):
    """Return how many lines of text each page has, besides the one that numbers the page."""
    counts = []
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        for page in opened.pages:
            heights = set()
            transform, kept = pikepdf.Matrix(), []
            for operands, operator in pikepdf.parse_content_stream(page):
                name = str(operator)
                if name == "q":
                    kept.append(transform)
                elif name == "Q":
                    transform = kept.pop()
                elif name == "cm":
                    transform = pikepdf.Matrix(*map(float, operands)) @ transform
                elif name == "Tm":
                    placed = pikepdf.Matrix(*map(float, operands)) @ transform
                    heights.add(round(placed.f))
            counts.append(len(heights) - 1)
    return counts
