"""The site's commands: `manage.py <name>` runs the module of this name in commands/.

first_run              imports the policies in content/ and makes a first account, on an empty site
import_policies        imports files as drafts or, with --publish, publishes them
examine                prints what a lawyer should look at in policy files
export_policies        writes the versions in force as Markdown files
export_site            writes every public URL as a file, for another server
migrate                Django's own, adapted to the rules in the database
verify                 proves that what is stored is what was published
rerender               renders every text again, after Markdown, bleach or nh3 were updated
backup, restore        the whole site in one file
send_reminders         e-mails about checks that are due, and e-mails that failed before
send_notices           e-mails to readers who have subscribed, about changes
subscribers            how many they are; all about one of them; deletes one; renews encryption
bounces                deletes those whose address a report says does not exist
send_webhooks          informs other systems of what was published or took effect
forget_log_ins         deletes sessions that have ended, and old failed log-ins
create_demo_staff      makes three accounts for a tour

arguments.py is what their command lines share, finding_lines.py how findings are printed.
"""
