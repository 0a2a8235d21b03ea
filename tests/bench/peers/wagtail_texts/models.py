"""A page with a title and a rich text, as Wagtail's tutorial makes one."""

from wagtail.fields import RichTextField
from wagtail.models import Page


class TextPage(Page):
    body = RichTextField()
    content_panels = [*Page.content_panels, "body"]
