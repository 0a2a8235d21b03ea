"""How long publishing takes, and whether that grows with the number of versions."""

import statistics
import time
from datetime import timedelta

from tests.bench import dataset

ROUNDS = 30


def publish_milliseconds(slug):
    """Return the median time that `publish` takes on a policy, its draft ready and approved."""
    from policies import workflow
    from policies.models import Policy, Revision
    from tests.factories import make_document, make_revision, make_user

    policy = Policy.objects.get(slug=slug)
    newest = Revision.objects.numbered().filter(policy=policy).order_by("-number").first()
    at = newest.effective_at if newest and newest.effective_at else dataset.START
    document = newest.document() if newest else make_document()
    publisher = make_user("Publishers")
    spent = []
    for number in range(ROUNDS):
        at += timedelta(days=1)
        changed = type(document)(document.title, f"Round {number}.", document.sections)
        revision = make_revision(status="approved", policy=policy, document=changed, at=at)
        began = time.perf_counter()
        workflow.publish(revision.pk, by=publisher, at=at, change_note="Another round.")
        spent.append(1000 * (time.perf_counter() - began))
    return statistics.median(spent)


def run():
    rows = []
    for versions in (10, 10_000):
        slug = f"has-{versions}"
        dataset.make_policy(slug, versions=versions, marked=dataset.seed())
        rows.append((versions, publish_milliseconds(slug)))
    ratio = rows[1][1] / rows[0][1]
    return [
        *(
            (f"publish the seed, {versions} versions before it", f"{spent:.1f} ms", "< 50 ms")
            for versions, spent in rows
        ),
        ("ratio of the two", f"{ratio:.2f}", "about 1"),
    ]
