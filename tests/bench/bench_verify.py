"""What verification costs, in time and memory. Runs on the site that bench_workflow has made."""

import os
import subprocess
import sys
import time

from tests.bench import dataset, site

VERIFY = """
import resource, sys
import django
django.setup()
from policies import ledger
report = ledger.verify(jobs=int(sys.argv[1]))
assert report.is_sound, report.problems[:3]
# Not ru_maxrss: that includes the memory of the process that started this one.
own = next(line for line in open("/proc/self/status") if line.startswith("VmHWM"))
child = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
print(report.versions, int(own.split()[1]) // 1024, child // 1024)
"""


def verify(jobs):
    """Verify in a process of its own.

    Returns versions, seconds, and the peak memory of that process and of a renderer, in MB.
    """
    began = time.perf_counter()
    answer = subprocess.run(
        [sys.executable, "-c", VERIFY, str(jobs)],
        cwd=site.ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    versions, own, child = map(int, answer.stdout.split())
    return versions, time.perf_counter() - began, own, child


def run():
    from policies.models import Policy

    if not Policy.objects.exists():
        dataset.make_policy("has-10000", versions=10_000, marked=dataset.seed())
    versions, seconds, own, child = verify(os.cpu_count() or 1)
    per_version = 1000 * seconds / versions
    return [
        (f"verify {versions} versions", f"{seconds:.1f} s", "< 60 s for 10,000 on two cores"),
        ("  of which each", f"{per_version:.2f} ms", "< 6 ms"),
        ("  memory of the verifying process", f"{own} MB", "does not grow"),
        ("  memory of a rendering process", f"{child} MB", "does not grow"),
    ]
