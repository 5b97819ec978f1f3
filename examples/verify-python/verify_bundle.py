#!/usr/bin/env python3
"""Verifies an evidence bundle offline, without any code of the product that made it.

It follows docs/reference/evidence.md step by step. The exit code is 0 for a bundle that is verified
and 1 for any other.
"""

import argparse
import json
import sys
from datetime import datetime, timezone

from case import Case
from proofs import has_status, is_included, verify_checkpoint
from shapes import BUNDLE, LEAF
from statements import Rejected, canonical, decode64, digest, read, require, verify_statement

FORMAT = "assent-evidence/1"


def verify_bundle(data, operator=None, checkpoint_key=None):
    """Verifies the bytes of a bundle and reports what it proves.

    The operator's party id and the `x` of the checkpoint key are compared where they are given.
    """
    bundle, leaves = read_document(data)
    genesis = verify_statement("genesis", leaves[0]["event"]["what"]["genesis"])
    said = genesis.content
    require(operator in (None, said["operator"]), "log-untrusted")
    require(checkpoint_key in (None, said["checkpoint_key"]["x"]), "log-untrusted")
    checkpoint = verify_checkpoint(bundle["checkpoint"], said["checkpoint_key"])
    verify_log(bundle["entries"], leaves, checkpoint)
    case = Case(bundle, genesis)
    for leaf in leaves:
        case.take(leaf)
    verify_end(case, checkpoint, bundle["status"])
    return report(case, checkpoint, leaves, is_pinned=bool(operator or checkpoint_key))


def read_document(data):
    """Step 1: the bundle, and its leaves, of which the first opens the log."""
    try:
        text = data.decode()
    except UnicodeDecodeError:
        raise Rejected("bundle-malformed") from None
    bundle = read(text, BUNDLE, "bundle-malformed")
    require(bundle["format"] == FORMAT, "bundle-format-unknown")
    leaves = []
    for entry in bundle["entries"]:
        leaf = read(entry["leaf"], LEAF, "entry-unreadable")
        require(leaf["index"] == entry["index"], "entry-misplaced")
        leaves.append(leaf)
    require(leaves and leaves[0]["index"] == 0, "genesis-missing")
    require(event_of(leaves[0]) == ("identity", "opened"), "genesis-missing")
    return bundle, leaves


def event_of(leaf):
    return leaf["event"]["component"], leaf["event"]["what"]["type"]


def verify_log(entries, leaves, checkpoint):
    """Step 2: every entry is in the log, and they are in its order."""
    last = leaves[-1]
    bounds = [*leaves, {**last, "height": checkpoint.height, "time": checkpoint.time}]
    for before, after in zip(bounds, bounds[1:]):
        require(before["index"] < after["index"] or after is bounds[-1], "entry-misplaced")
        require(before["height"] <= after["height"], "entry-misplaced")
        require(before["time"] <= after["time"], "entry-misplaced")
    for entry in entries:
        is_there = is_included(entry["leaf"], entry["index"], entry["proof"], checkpoint)
        require(is_there, "entry-not-included")


def verify_end(case, checkpoint, proof):
    """Step 5: nothing is missing, nothing is superfluous, and the last status is the current one."""
    history = case.history
    is_pair = case.request is not None and "source" in case.request
    require(case.primary and (case.source or not is_pair) and history, "bundle-incomplete")
    require(history.successor or not history.superseded, "bundle-incomplete")
    status = decode64(digest(canonical({"head": history.head, "status": history.status})))
    is_current = has_status(checkpoint.status_root, case.subject, status, proof)
    require(is_current, "status-not-proven")
    require(not any(party.unneeded for party in case.parties.values()), "entry-superfluous")
    require(all(service.is_named for service in case.services.values()), "entry-superfluous")
    require(not case.descriptions, "description-mismatch")


def report(case, checkpoint, leaves, is_pinned):
    """What a verified bundle proves, as JSON."""
    history, service = case.history, case.service(case.request["service"])
    answer = {
        "verified": True,
        "cr_id": case.subject,
        "status": history.status,
        "resource_set": history.resource_set,
        "purpose_id": case.request["purpose_id"],
        "requester": service.description["name"],
        "source": case.holder.description["name"],
        "surrogate_id": history.said["surrogate_id"],
        "custody": history.said["custody"],
        "valid_from": history.said["valid_from"],
        "valid_until": history.said.get("valid_until"),
        "acknowledgement": "owed" if history.owed_until else "missed" if history.is_missed else None,
        "operator": case.genesis["operator"],
        "operator_is_pinned": is_pinned,
        "checkpoint": {
            "origin": checkpoint.origin,
            "size": checkpoint.size,
            "height": checkpoint.height,
            "time": checkpoint.time,
        },
        "events": [{"time": leaf["time"], "event": ".".join(event_of(leaf))} for leaf in leaves],
        "receipts": case.receipts,
    }
    return answer


def instant(milliseconds):
    if milliseconds is None:
        return "no end"
    try:
        moment = datetime.fromtimestamp(milliseconds / 1000, timezone.utc)
        return moment.isoformat(sep=" ", timespec="seconds")
    except (OverflowError, ValueError):
        return f"{milliseconds} ms after 1970"


def print_for_people(answer):
    if not answer["verified"]:
        print(f"NOT VERIFIED: {answer['code']}")
        return
    checkpoint = answer["checkpoint"]
    print(f"VERIFIED: consent {answer['cr_id']} is {answer['status']}")
    print(f"  as of      {instant(checkpoint['time'])}, log {checkpoint['origin']}, "
          f"{checkpoint['size']} entries")  # fmt: skip
    print(f"  requester  {answer['requester']}, for {answer['purpose_id']}")
    print(f"  source     {answer['source']}")
    print(f"  person     {answer['surrogate_id']}, key custody {answer['custody']}")
    for dataset, concepts in answer["resource_set"].items():
        print(f"  data       {dataset}: {', '.join(concepts)}")
    print(f"  valid      {instant(answer['valid_from'])} to {instant(answer['valid_until'])}")
    if answer["acknowledgement"]:
        print(f"  the service's acknowledgement of the end is {answer['acknowledgement']}")
    print("  history")
    for event in answer["events"]:
        print(f"    {instant(event['time'])}  {event['event']}")
    print("  uses, in the words of the operator")
    for receipt in answer["receipts"]:
        refusal = f", {receipt['refusal']}" if "refusal" in receipt else ""
        print(f"    {instant(receipt['at'])}  {receipt['action']}{refusal}")
    pinned = "as given" if answer["operator_is_pinned"] else "compare it with the one you know"
    print(f"  operator   {answer['operator']}, {pinned}")


def judge(path, arguments):
    with sys.stdin.buffer if path == "-" else open(path, "rb") as source:
        data = source.read()
    try:
        return verify_bundle(data, arguments.operator, arguments.checkpoint_key)
    except Rejected as rejected:
        return {"verified": False, "code": rejected.code}


def main():
    parser = argparse.ArgumentParser(description="Verifies evidence bundles offline.")
    parser.add_argument("bundles", nargs="+", help="a file, or - for standard input")
    parser.add_argument("--json", action="store_true", help="print one JSON object for each bundle")
    parser.add_argument("--operator", metavar="PRT", help="the party id that the operator must have")
    parser.add_argument("--checkpoint-key", metavar="X", help="the `x` that its key must have")
    arguments = parser.parse_args()
    answers = [judge(path, arguments) for path in arguments.bundles]
    for answer in answers:
        print(json.dumps(answer)) if arguments.json else print_for_people(answer)
    return 0 if all(answer["verified"] for answer in answers) else 1


if __name__ == "__main__":
    sys.exit(main())
