"""What whoever runs the site needs.

backups/      the whole site in one file, and back
exporting/    the public site as a folder of files
imports.py    what becomes of an imported file: which policy, whether new, when in effect
reminders.py  who is reminded of a periodic check
health.py     /healthz and /readyz
metrics.py    /metrics, for Prometheus
"""
