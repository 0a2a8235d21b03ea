"""A process that publishes a version for each line that it reads, while a site runs.

python -m tests.bench.publishing    publishes in the database that the environment names; answers
                                    each line with the number of the version
"""

import subprocess
import sys
from contextlib import contextmanager

from tests.bench.site import ROOT


@contextmanager
def publishing(environment):
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.bench.publishing"],
        cwd=ROOT,
        env=dict(environment),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdin
    assert process.stdout
    asked, said = process.stdin, process.stdout

    def publish():
        asked.write("\n")
        asked.flush()
        return int(said.readline())

    try:
        yield publish
    finally:
        process.communicate()


def main():
    import django

    django.setup()
    from django.core.management import call_command
    from django.utils import timezone

    from policies.models import Policy
    from tests.factories import make_document, make_import, make_policy

    call_command("migrate", verbosity=0)
    policy = Policy.objects.filter(slug="privacy").first() or make_policy(slug="privacy")
    for _ in sys.stdin:
        number = policy.revisions.numbered().count() + 1
        document = make_document(text=f"We keep little {number}. " * 200)
        version = make_import(document, policy=policy, effective_at=timezone.now())
        print(version.number, flush=True)


if __name__ == "__main__":
    main()
