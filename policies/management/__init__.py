"""What is done from the command line: `manage.py <name>`, a module of this name in commands/.

first_run              the policies in content/ and a first account, on an empty site
import_policies        files become drafts, and are published if that is said
export_policies        what is in force, as Markdown
export_site            every public URL, as files for another server
migrate                Django's own, with the walls put up behind it
verify                 proves that what is stored is what was published
rerender               stored HTML anew, after Markdown, bleach or nh3 were updated
backup, restore        the whole site in one file
send_reminders         mails of reviews that are due, and those that could not be sent
forget_log_ins         sessions that have ended, and old failures
create_demo_staff      three people for a tour

describe_architecture, describe_workflow   what `make docs` writes
"""
