#!/usr/bin/env python3
"""Verifies evidence bundles offline, without any code of the product that made them.

It follows docs/reference/evidence.md step by step. The exit code is 0 where every bundle is
verified and 1 where one is not.
"""

import argparse
import json
import sys

from case import Case
from encoding import Rejected, canonical, decode64, digest, read, require
from proofs import has_status, is_included, verify_checkpoint
from report import answer_of, print_for_people
from shapes import BUNDLE, FAMILIES, LEAF
from statements import read_statement, verify_signature

FORMAT = "assent-evidence/1"


def verify_bundle(data, operator=None, checkpoint_key=None):
    """Verifies the bytes of a bundle and answers what it proves.

    The log must be that of the operator with this party id, and of the checkpoint key with this
    `x`, where they are given. Raises `Rejected` at the first rule that does not hold.
    """
    bundle, leaves = read_document(data)
    genesis = leaves[0]["event"]["what"]["genesis"]
    verify_signature(genesis, "statement-invalid")
    key = genesis.content["checkpoint_key"]
    require(operator in (None, genesis.content["operator"]), "log-untrusted")
    require(checkpoint_key in (None, key["x"]), "log-untrusted")
    checkpoint = verify_checkpoint(bundle["checkpoint"], key)
    verify_log(bundle["entries"], leaves, checkpoint)
    case = Case(bundle, genesis)
    for leaf in leaves:
        case.take(leaf)
    verify_end(case, checkpoint, bundle["status"])
    is_pinned = (operator or checkpoint_key) is not None
    return answer_of(case, checkpoint, leaves, is_pinned)


def read_document(data):
    """Step 1: the bundle, and its leaves, of which the first opens the log."""
    try:
        text = data.decode()
    except UnicodeDecodeError:
        raise Rejected("bundle-malformed") from None
    bundle = read(text, BUNDLE, "bundle-malformed")
    require(bundle["format"] == FORMAT, "bundle-format-unknown")
    leaves = [read_leaf(entry) for entry in bundle["entries"]]
    require(leaves and leaves[0]["index"] == 0, "genesis-missing")
    require(kind_of(leaves[0]) == ("identity", "opened"), "genesis-missing")
    return bundle, leaves


def read_leaf(entry):
    """The leaf of an entry. Its statements are read, and verified later."""
    leaf = read(entry["leaf"], LEAF, "entry-unreadable")
    what = leaf["event"]["what"]
    for member, family in FAMILIES.get(kind_of(leaf), {}).items():
        what[member] = read_statement(family, what[member], "entry-unreadable")
    require(leaf["index"] == entry["index"], "entry-misplaced")
    return leaf


def kind_of(leaf):
    return leaf["event"]["component"], leaf["event"]["what"]["type"]


def verify_log(entries, leaves, checkpoint):
    """Step 2: the entries are in the order of the log, and in the log."""
    for before, after in zip(leaves, leaves[1:]):
        require(before["index"] < after["index"], "entry-misplaced")
        require(before["height"] <= after["height"], "entry-misplaced")
        require(before["time"] <= after["time"], "entry-misplaced")
    require(leaves[-1]["height"] <= checkpoint.height, "entry-misplaced")
    require(leaves[-1]["time"] <= checkpoint.time, "entry-misplaced")
    for entry in entries:
        is_there = is_included(entry["leaf"], entry["index"], entry["proof"], checkpoint)
        require(is_there, "entry-not-included")


def verify_end(case, checkpoint, proof):
    """Step 5: nothing is missing or superfluous, and the last status is the current one."""
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


def read_bytes(path):
    if path == "-":
        return sys.stdin.buffer.read()
    with open(path, "rb") as file:
        return file.read()


def main():
    parser = argparse.ArgumentParser(description="Verifies evidence bundles offline.")
    parser.add_argument("bundles", metavar="bundle", nargs="+", help="a file; - is standard input")
    parser.add_argument("--json", action="store_true", help="print one JSON object a bundle")
    parser.add_argument("--operator", metavar="ID", help="the party id that the operator must have")
    parser.add_argument("--checkpoint-key", metavar="X", help="the `x` that its key must have")
    arguments = parser.parse_args()
    exit_code = 0
    for path in arguments.bundles:
        try:
            data = read_bytes(path)
        except OSError as error:
            parser.error(str(error))
        try:
            answer = verify_bundle(data, arguments.operator, arguments.checkpoint_key)
        except Rejected as rejected:
            answer, exit_code = {"verified": False, "code": rejected.code}, 1
        if arguments.json:
            print(json.dumps(answer))
        else:
            print_for_people(answer)
    return exit_code


if __name__ == "__main__":
    sys.exit(main())
