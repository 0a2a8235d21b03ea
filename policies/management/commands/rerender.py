"""`manage.py rerender`: render every text again after an update of the renderer or sanitiser."""

import difflib
from argparse import ArgumentParser
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction
from django.utils import timezone

from policies import ledger
from policies.database import triggers
from policies.ledger import removed_anchors
from policies.models import Policy, Revision
from policies.public import comparisons, kept_files
from policies.text.document import DocumentError
from policies.text.short_text import counted
from policies.workflow import Incomplete, texts


class Command(BaseCommand):
    help = (
        "Render every stored text again, drafts and published versions alike, and report whose "
        "HTML changed. Run it after Markdown, bleach or nh3 were updated. Texts never change."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--diff", action="store_true", help="show what changed, line by line")

    def handle(self, *args: Any, diff: bool, **options: Any) -> None:
        if not triggers.can_be_removed(connection):
            raise CommandError(
                "The HTML of published versions is guarded by rules that this account can't lift. "
                f"{triggers.AS_OWNER}"
            )
        at, looked_at, changed, failed = timezone.now(), 0, 0, 0
        revisions = Revision.objects.select_related("policy").prefetch_related("sections")
        for revision in revisions.order_by("pk").iterator(chunk_size=100):
            looked_at += 1
            try:
                before = texts.render_again(revision, at=at)
            except (DocumentError, Incomplete) as error:
                failed += 1
                self.stderr.write(f"{revision} (revision {revision.pk}) keeps its HTML: {error}")
                continue
            if before:
                changed += 1
                self.stdout.write(f"{revision} (revision {revision.pk}): the HTML changed.")
                if diff:
                    lines = before.splitlines(), revision.html.splitlines()
                    for line in difflib.unified_diff(*lines, "before", "now", lineterm="", n=0):
                        self.stdout.write(line)
        self._renew(at=at)
        self.stdout.write(f"{counted(looked_at, 'text')} rendered again, {changed} changed.")
        if failed:
            raise CommandError(
                f"{counted(failed, 'text')} could not be rendered. The reasons are above."
            )

    def _renew(self, *, at: datetime) -> None:
        """Renew what is derived from HTML, for every policy, changed or not: an earlier run may
        have been broken off before this.
        """
        comparisons.forget_all()
        kept_files.forget_all()
        for policy in Policy.objects.order_by("pk"):
            with transaction.atomic():
                if not removed_anchors.record_anew(policy):
                    continue
                # Pages in memory are outdated now: an entry in the audit ends their state.
                ledger.record_act("rerender", policy, by=None, at=at)
            self.stdout.write(f"{policy}: the list of removed anchors changed.")
