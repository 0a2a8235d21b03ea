"""`manage.py subscribers`: how many readers get e-mails, and all about one of them."""

import json
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from policies.mail import subscriptions
from policies.mail.addresses import validate_address
from policies.management import arguments
from policies.text.short_text import counted


class Command(BaseCommand):
    help = "Count, export or erase readers who have subscribed to e-mails about changes."

    def add_arguments(self, parser: ArgumentParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        actions.add_parser("count", help="print how many each policy has")
        for name, does in {
            "export": "print all that is stored about an address, as JSON",
            "erase": "delete all that is stored about an address",
        }.items():
            of_one = actions.add_parser(name, help=does)
            of_one.add_argument("address", type=arguments.not_empty)
        actions.add_parser(
            "encrypt-anew",
            help="encrypt all addresses with the first key of SUBSCRIPTION_KEY, so that the others "
            "can be removed",
        )

    def handle(self, *args: Any, action: str, address: str = "", **options: Any) -> None:
        if not settings.SUBSCRIPTION_KEYS:
            raise CommandError("SUBSCRIPTION_KEY is not set, so no address can be read.")
        if address:
            try:
                validate_address(address)
            except ValidationError as error:
                raise CommandError("This is not an e-mail address.") from error
        match action:
            case "count":
                for slug, language, number in subscriptions.counts():
                    self.stdout.write(f"{slug} ({language}): {number}")
            case "export":
                found = subscriptions.export(address)
                self.stdout.write(json.dumps(found, ensure_ascii=False, indent=2))
            case "erase":
                number = subscriptions.erase(address)
                self.stdout.write(f"{counted(number, 'subscription')} deleted.")
            case "encrypt-anew":
                number = subscriptions.encrypt_anew()
                self.stdout.write(f"{counted(number, 'row')} encrypted anew.")
