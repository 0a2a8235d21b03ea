"""The site's commands: `manage.py <name>` runs the module of this name in commands/.

first_run              imports the policies in content/ and makes a first account, on an empty site
import_policies        turns files into drafts and, with --publish, publishes them
export_policies        writes the versions in force as Markdown files
export_site            writes every public URL as a file, for another server
migrate                Django's own, adapted to the walls
verify                 proves that what is stored is what was published
rerender               makes stored HTML anew, after Markdown, bleach or nh3 were updated
backup, restore        the whole site in one file
send_reminders         mails about checks that are due, and mails that could not be sent before
forget_log_ins         deletes sessions that have ended, and old failed log-ins
create_demo_staff      makes three accounts for a tour

describe_architecture, describe_workflow   write what `make docs` needs
"""
