"""Recounts the Online Retail file by itself: shares no code and no rounding with Millrace or its mapping.

    python3 test/support/recount-online-retail.py online_retail.csv.gz > answers.json

Python's standard library only. Money is summed in exact decimals an invoice and rounded half-even to pence; a day is
the UTC day of an invoice's first line; a person-day is a customer with a sale above 0 on that day; a sign-up is a
customer's first sale above 0.
"""

import csv
import gzip
import json
import sys
from collections import Counter, defaultdict
from datetime import date, timedelta
from decimal import ROUND_HALF_EVEN, Decimal

CODES = dict(
    pair.split("=")
    for pair in """Australia=AU|Austria=AT|Bahrain=BH|Belgium=BE|Brazil=BR|Canada=CA|Channel Islands=ZZ|Cyprus=CY
|Czech Republic=CZ|Denmark=DK|EIRE=IE|European Community=ZZ|Finland=FI|France=FR|Germany=DE|Greece=GR|Hong Kong=HK
|Iceland=IS|Israel=IL|Italy=IT|Japan=JP|Lebanon=LB|Lithuania=LT|Malta=MT|Netherlands=NL|Norway=NO|Poland=PL|Portugal=PT
|RSA=ZA|Saudi Arabia=SA|Singapore=SG|Spain=ES|Sweden=SE|Switzerland=CH|USA=US|United Arab Emirates=AE
|United Kingdom=GB|Unspecified=ZZ""".replace("\n", "").split("|")
)


def read_invoices(path):
    """One entry an invoice, wherever its lines stand: first time, customer, country, exact amount in pounds."""
    invoices = {}
    with gzip.open(path, "rt", encoding="utf-8-sig", newline="") as file:
        for line in csv.DictReader(file):
            amount = Decimal(line["Quantity"]) * Decimal(line["UnitPrice"])
            seen = invoices.get(line["InvoiceNo"])
            if seen is None:
                invoices[line["InvoiceNo"]] = {
                    "first": line["InvoiceDate"],
                    "customer": line["CustomerID"],
                    "country": line["Country"],
                    "amount": amount,
                    "lines": 1,
                }
                continue
            seen["amount"] += amount
            seen["lines"] += 1
            seen["first"] = min(seen["first"], line["InvoiceDate"])
            if (seen["customer"], seen["country"]) != (line["CustomerID"], line["Country"]):
                raise SystemExit(f"invoice {line['InvoiceNo']} has two customers or countries")
    return invoices


def pence(amount):
    return int((amount * 100).quantize(Decimal(1), rounding=ROUND_HALF_EVEN))


def recount(invoices):
    days = defaultdict(Counter)
    customers_of_day = defaultdict(set)
    first_sale = {}
    sale_lines = 0
    net_of_country = Counter()
    orders_of_country = Counter()
    for number, invoice in invoices.items():
        day = invoice["first"][:10]
        amount = pence(invoice["amount"])
        counts = days[day]
        if number[0] == "A":
            counts["badDebtAdjusted"] += 1
        elif number[0] == "C":
            if amount >= 0:
                raise SystemExit(f"cancellation {number} gives nothing back")
            counts["refundEvents"] += 1
            counts["refundsPence"] -= amount
            net_of_country[CODES[invoice["country"]]] += amount
        elif invoice["amount"] > 0:
            counts["orders"] += 1
            counts["grossPence"] += amount
            sale_lines += invoice["lines"]
            net_of_country[CODES[invoice["country"]]] += amount
            orders_of_country[CODES[invoice["country"]]] += 1
            if invoice["customer"]:
                customers_of_day[day].add(invoice["customer"])
                known = first_sale.get(invoice["customer"], day)
                first_sale[invoice["customer"]] = min(known, day)
        else:
            if invoice["amount"] < 0:
                raise SystemExit(f"sale {number} is below 0")
            counts["stockAdjusted"] += 1
    for day in first_sale.values():
        days[day]["signUps"] += 1
    for day in calendar(days):
        counts = days[day]
        for name, width in (("dau", 1), ("wau", 7), ("mau", 30)):
            counts[name] = len(active_within(customers_of_day, day, width))
    return days, sale_lines, net_of_country, orders_of_country


def calendar(days):
    """Every day from the first with data to the last on which somebody counts as active within 30 days."""
    first, last = date.fromisoformat(min(days)), date.fromisoformat(max(days))
    return [str(first + timedelta(n)) for n in range((last - first).days + 30)]


def active_within(customers_of_day, day, width):
    until = date.fromisoformat(day)
    return set().union(*(customers_of_day.get(str(until - timedelta(n)), ()) for n in range(width)))


COUNTS = (
    "orders",
    "grossPence",
    "refundEvents",
    "refundsPence",
    "signUps",
    "stockAdjusted",
    "badDebtAdjusted",
    "dau",
    "wau",
    "mau",
)


def main():
    if len(sys.argv) != 2:
        raise SystemExit("usage: recount-online-retail.py FILE.csv.gz")
    days, sale_lines, net_of_country, orders_of_country = recount(read_invoices(sys.argv[1]))
    answers = {
        "source": "UCI Online Retail, CC0 (CRAN package onlineretail), recounted by recount-online-retail.py",
        "totals": {name: sum(day[name] for day in days.values()) for name in COUNTS[:8]} | {"saleLines": sale_lines},
        "netPenceByCountry": dict(sorted(net_of_country.items())),
        "ordersByCountry": dict(sorted(orders_of_country.items())),
        "columns": COUNTS,
    }
    # One day a line, so that a difference shows as the line of its day.
    rows = (f"{json.dumps(day)}: {json.dumps([days[day][name] for name in COUNTS])}" for day in sorted(days))
    head = json.dumps(answers, indent=2)[:-2]
    print(head + ',\n  "days": {\n    ' + ",\n    ".join(rows) + "\n  }\n}")


main()
