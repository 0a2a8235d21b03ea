"""What is done from the command line: `manage.py <name>`, each command a module of its name."""
