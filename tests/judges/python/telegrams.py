"""Reads P1 telegrams with dsmr_parser, and says what they report.

Reads one JSON object a line from standard input: `name`, the `specification` of dsmr_parser to read
by, and the `telegram`. Prints one JSON object a line: `name`, and `objects`, a list of lists of
code, value, unit and time in UTC; or `reason` where dsmr_parser refuses the telegram.
"""

import json
import re
import sys
from datetime import datetime, timezone
from decimal import Decimal

from dsmr_parser import parsers, telegram_specifications
from dsmr_parser.objects import CosemObject, MBusObject, ProfileGenericObject, Telegram


class Collected(Telegram):
    """A telegram that keeps every object, also those that share a name."""

    def __init__(self):
        super().__init__()
        self.objects = []

    def add(self, obis_reference, dsmr_object, obis_name):
        # A log of months is a plain list of its entries.
        found = dsmr_object if isinstance(dsmr_object, list) else [dsmr_object]
        self.objects.extend((obis_reference, each) for each in found)
        super().add(obis_reference, dsmr_object, obis_name)


parsers.Telegram = Collected


def code(reference, dsmr_object):
    """The OBIS code of an object: dsmr_parser keeps A and B, and has the rest in its expression.

    Where the expression leaves a digit open, the code has a question mark.
    """
    rest = re.search(r":([^+\r\n]+)", reference)[1].removesuffix(".").rstrip("(\\")
    rest = re.sub(r"\[[^]]*\]|\\d", "?", rest).replace("\\", "")
    medium, channel = dsmr_object.obis_id_code
    return f"{medium}-{channel}:{rest}"


def plain(value):
    if isinstance(value, datetime):
        return value.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    if isinstance(value, (int, Decimal)):
        return f"{value:f}" if isinstance(value, Decimal) else str(value)
    return value


def rows(reference, dsmr_object):
    if isinstance(dsmr_object, ProfileGenericObject):
        each = dsmr_object.buffer
    else:
        each = [dsmr_object]
    for entry in each:
        if isinstance(entry, MBusObject):
            time = plain(entry.datetime)
        elif isinstance(entry, CosemObject):
            time = None
        else:
            time = plain(entry.datetime)
        yield [code(reference, dsmr_object), plain(entry.value), entry.unit, time]


def read(line):
    # What is read here is never encrypted, whatever the meter does on its wire.
    specification = getattr(telegram_specifications, line["specification"])
    specification = {**specification, "general_global_cipher": False}
    telegram = parsers.TelegramParser(specification).parse(line["telegram"], throw_ex=True)
    return [row for reference, each in telegram.objects for row in rows(reference, each)]


def main():
    for text in sys.stdin:
        line = json.loads(text)
        try:
            verdict = {"name": line["name"], "objects": read(line)}
        except Exception as error:  # Whatever the library raises is its refusal.
            verdict = {"name": line["name"], "reason": str(error) or type(error).__name__}
        print(json.dumps(verdict))


if __name__ == "__main__":
    main()
