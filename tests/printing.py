"""A printer of PDFs that is always installed and takes no time."""


class PaperlessPrinter:
    """Returns bytes that begin like a PDF, and keeps the pages that it was given."""

    __slots__ = ("pages",)
    is_installed = True

    def __init__(self) -> None:
        self.pages: list[dict[str, str]] = []

    def print_page(self, page: dict[str, str]) -> bytes:
        self.pages.append(page)
        return f"%PDF {page['identifier']}".encode()


class NoPrinter:
    """A site that can't make PDFs."""

    __slots__ = ()
    is_installed = False

    def print_page(self, page: dict[str, str]) -> bytes:
        raise AssertionError("Nothing can be printed here.")
