"""What a verified bundle proves, for programs and for people."""

from datetime import datetime, timezone


def answer_of(case, checkpoint, leaves, is_pinned):
    history, request = case.history, case.request
    return {
        "verified": True,
        "cr_id": case.subject,
        "status": history.status,
        "as_of": checkpoint.time,
        "log": {"origin": checkpoint.origin, "size": checkpoint.size, "height": checkpoint.height},
        "operator": case.genesis["operator"],
        "operator_pinned": is_pinned,
        "requester": case.service(request["service"]).description["name"],
        "source": case.holder.description["name"],
        "purpose_id": request["purpose_id"],
        "surrogate_id": history.said["surrogate_id"],
        "custody": history.said["custody"],
        "resource_set": history.resource_set,
        "valid_from": history.said["valid_from"],
        "valid_until": history.said.get("valid_until"),
        "acknowledgement": acknowledgement_of(history),
        "events": [event_of(leaf) for leaf in leaves],
        "receipts": case.receipts,
    }


def acknowledgement_of(history):
    if history.owed_until is not None:
        return "owed"
    if history.is_missed:
        return "missed"
    return "given" if history.is_acknowledged else "not-owed"


def event_of(leaf):
    event = leaf["event"]
    return {"time": leaf["time"], "type": f"{event['component']} {event['what']['type']}"}


def print_for_people(answer):
    if not answer["verified"]:
        print(f"NOT VERIFIED: {answer['code']}")
        return
    log = answer["log"]
    origin = "as given" if answer["operator_pinned"] else "compare it with the one that you know"
    print(f"VERIFIED: {answer['cr_id']} is {answer['status']}")
    print(f"  as of            {instant(answer['as_of'])}, {log['size']} entries of {log['origin']}")
    print(f"  operator         {answer['operator']} ({origin})")
    print(f"  requester        {answer['requester']}, for the purpose {answer['purpose_id']}")
    print(f"  source           {answer['source']}")
    print(f"  person           {answer['surrogate_id']}, key custody {answer['custody']}")
    for dataset, concepts in answer["resource_set"].items():
        print(f"  data             {dataset}: {', '.join(concepts)}")
    print(f"  valid            {instant(answer['valid_from'])} to {instant(answer['valid_until'])}")
    print(f"  acknowledgement  {answer['acknowledgement']}")
    for event in answer["events"]:
        print(f"  {instant(event['time'])}  {event['type']}")
    for receipt in answer["receipts"]:
        refusal = f": {receipt['refusal']}" if "refusal" in receipt else ""
        print(f"  {instant(receipt['at'])}  use, as the operator says: {receipt['action']}{refusal}")


def instant(milliseconds):
    if milliseconds is None:
        return "no end"
    try:
        moment = datetime.fromtimestamp(milliseconds // 1000, timezone.utc)
    except (OverflowError, ValueError):
        return f"{milliseconds} ms after 1970"
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
