"""What the people who run the site need.

backups/         the whole site in one file, and back
exporting/       the public site as a folder of files
policy_files.py  what becomes of a policy file: which policy, whether new
file_findings.py what a lawyer should look at in it
known_texts.py   whether the site has its text already
source_lines.py  on which line of it a finding is
file_dates.py    which dates its version gets
reminders.py     who is reminded of a periodic check
subscriber_notices.py  which readers are sent what about a change
job_runs.py      when each regular job last ran
bounces.py       reports that an e-mail to a reader could not be delivered
health.py        /healthz, /readyz and, for Prometheus, /metrics
"""
