"""The log and the map of current statuses: docs/reference/log.md and status-map.md."""

import base64
import re
from collections import namedtuple

from cryptography.exceptions import InvalidSignature
from jwcrypto import jwk

from curves import is_strong_point
from encoding import Rejected, decode64, require, sha256, tagged

Checkpoint = namedtuple("Checkpoint", "origin size root status_root height time")

NUMBER = "(0|[1-9][0-9]*)"
TEXT = rf"([^\s+]+)\n{NUMBER}\n(\S+)\nstatus (\S+)\nheight {NUMBER}\ntime {NUMBER}\n"
NOTE = re.compile(rf"({TEXT})\n((?:— \S+ \S+\n)+)")


def verify_checkpoint(note, key):
    """The checkpoint in a signed note: signed with this key, the key of the log, and no other."""
    code = "checkpoint-invalid"
    try:
        found = NOTE.fullmatch(note)
        require(found, code)
        text, origin, size, root, status_root, height, time, lines = found.groups()
        public = decode64(key["x"])
        id_of_key = sha256(origin.encode() + b"\n\x01" + public)[:4]
        signatures = [line.split(" ")[1:] for line in lines.splitlines()]
        named = [decode_padded(signature) for name, signature in signatures if name == origin]
        own = [signature[4:] for signature in named if signature[:4] == id_of_key]
        require(own, code)
        for signature in own:
            require(is_strong_point(signature[:32]), code)
            jwk.JWK(**key).get_op_key("verify").verify(signature, text.encode())
        require(len(signatures) == 1, "checkpoint-cosigned")
        roots = decode_padded(root), decode_padded(status_root)
        require(all(len(root) == 32 for root in roots), code)
        return Checkpoint(origin, int(size), *roots, int(height), int(time))
    except (ValueError, InvalidSignature):
        raise Rejected(code) from None


def decode_padded(text):
    data = base64.b64decode(text, validate=True)
    if base64.b64encode(data).decode() != text:
        raise ValueError("not canonical base64")
    return data


def is_included(leaf, index, proof, checkpoint):
    """RFC 9162, section 2.1.3.2."""
    if index >= checkpoint.size:
        return False
    node, last, root = index, checkpoint.size - 1, sha256(b"\x00" + leaf.encode())
    for sibling in map(decode64, proof):
        if last == 0:
            return False
        if node % 2 == 1 or node == last:
            root = sha256(b"\x01" + sibling + root)
            while node % 2 == 0 and node != 0:
                node, last = node // 2, last // 2
        else:
            root = sha256(b"\x01" + root + sibling)
        node, last = node // 2, last // 2
    return last == 0 and root == checkpoint.root


def has_status(root, subject, status, proof):
    """Whether a proof shows that a subject has this status."""
    if "other" in proof or len(proof["siblings"]) > 256:
        return False
    key = tagged("assent/v1/status-key", subject.encode())
    reached = tagged("assent/v1/status-leaf", key, status)
    way = f"{int.from_bytes(key, 'big'):0256b}"[: len(proof["siblings"])]
    for bit, sibling in zip(reversed(way), map(decode64, proof["siblings"])):
        pair = (sibling, reached) if bit == "1" else (reached, sibling)
        reached = tagged("assent/v1/status-node", *pair)
    return reached == root
