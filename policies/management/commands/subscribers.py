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
        anew = actions.add_parser(
            "encrypt-anew",
            help="encrypt all addresses with the first key of SUBSCRIPTION_KEY, so that the others "
            "can be removed",
        )
        anew.add_argument(
            "--drop-unreadable",
            action="store_true",
            help="delete the addresses that no key fits, because theirs is lost",
        )

    def handle(
        self,
        *args: Any,
        action: str,
        address: str = "",
        drop_unreadable: bool = False,
        **options: Any,
    ) -> None:
        if not settings.SUBSCRIPTION_KEYS:
            raise CommandError("SUBSCRIPTION_KEY is not set, so no address can be read.")
        if address:
            try:
                validate_address(address)
            except ValidationError as error:
                raise CommandError("This is not an e-mail address.") from error
        match action:
            case "count":
                for slug, language, number in subscriptions.subscriber_counts():
                    self.stdout.write(f"{slug} ({language}): {number}")
            case "export":
                found = subscriptions.export(address)
                self.stdout.write(json.dumps(found, ensure_ascii=False, indent=2))
            case "erase":
                number = subscriptions.erase(address)
                self.stdout.write(f"{counted(number, 'subscription')} deleted.")
            case "encrypt-anew":
                self._encrypt_anew(drop_unreadable=drop_unreadable)

    def _encrypt_anew(self, *, drop_unreadable: bool) -> None:
        number, unreadable = subscriptions.encrypt_anew(drop_unreadable=drop_unreadable)
        self.stdout.write(f"{counted(number, 'row')} encrypted anew.")
        if drop_unreadable:
            self.stdout.write(f"{counted(unreadable, 'row')} deleted.")
        elif unreadable:
            raise CommandError(
                f"{counted(unreadable, 'row')} can't be read with any key in SUBSCRIPTION_KEY. Add "
                "the key that they were written with, and run this again. If it is lost, add "
                "--drop-unreadable, which deletes them: these readers get no e-mails until they "
                "subscribe again."
            )
