"""What descriptions make: outline, offer and notice. See docs/reference/evidence.md, steps 3 and 4."""

from encoding import canonical, digest

RIGHTS = [
    "You can withdraw this consent at any time, as easily as you give it."
    " Withdrawal does not affect what was lawful before.",
    "You can ask the provider for access to your data,"
    " and to correct, erase, restrict or hand over your data.",
    "You can object to the processing, and complain to the supervisory authority.",
]


# By the primary subtag of the language; English for all others.
RIGHTS_BY_LANGUAGE = {
    "nl": [
        "U kunt deze toestemming altijd intrekken, even makkelijk "
        "als u haar geeft. Wat daarvoor rechtmatig was, blijft dat.",
        "U kunt de aanbieder vragen om inzage in uw gegevens, en om ze te ve"
        "rbeteren, te wissen, de verwerking te beperken of ze over te dragen.",
        "U kunt bezwaar maken tegen de verwerking en"
        " een klacht indienen bij de toezichthouder.",
    ],
    "da": [
        "Du kan til enhver tid trække dette samtykke tilbage, lige så "
        "let som du giver det. Det, der var lovligt før, berøres ikke.",
        "Du kan bede udbyderen om indsigt i dine data og om a"
        "t få dem rettet, slettet, begrænset eller udleveret.",
        "Du kan gøre indsigelse mod behandlin"
        "gen og klage til tilsynsmyndigheden.",
    ],
}


HOW_OFTEN = {
    "second": "every second",
    "quarter-hour": "every quarter of an hour",
    "day": "once a day",
}
HOW_OFTEN_BY_LANGUAGE = {
    "nl": {"second": "elke seconde", "quarter-hour": "elk kwartier", "day": "één keer per dag"},
    "da": {"second": "hvert sekund", "quarter-hour": "hvert kvarter", "day": "én gang om dagen"},
}
AGE_RULE = (
    "From the age of {years} you decide about this consent yourself."
    " For anybody younger, a parent or guardian decides."
)
AGE_RULE_BY_LANGUAGE = {
    "nl": "Vanaf {years} jaar beslist u zelf over deze toestemming."
    " Voor wie jonger is, beslist een ouder of voogd.",
    "da": "Fra {years} år bestemmer du selv over dette samtykke."
    " For den, der er yngre, bestemmer en forælder eller værge.",
}
AGE_STATEMENT = "I am {years} years old or older."
AGE_STATEMENT_BY_LANGUAGE = {
    "nl": "Ik ben {years} jaar of ouder.",
    "da": "Jeg er {years} år eller ældre.",
}
# From coarse to fine; what has none is a document.
RESOLUTIONS = [None, "day", "quarter-hour", "second"]


def rights(language):
    """What every notice says about the rights of the person."""
    return RIGHTS_BY_LANGUAGE.get(language.split("-")[0], RIGHTS)


def find(items, member, wanted):
    """The first item with this id, or None."""
    return next((item for item in items if item[member] == wanted), None)


def outline(description):
    """What the rules read of a description."""
    datasets = [
        {
            "dataset_id": dataset["dataset_id"],
            "concepts": sorted({mapping["concept_id"] for mapping in dataset["data_mappings"]}),
            **resolution(dataset),
        }
        for dataset in description["datasets"]
    ]
    purposes = [
        {
            "purpose_id": purpose["purpose_id"],
            "legal_basis": purpose["legal_basis"],
            "conditions": digest(canonical(purpose)),
            "required": purpose["required_concepts"],
            "optional": purpose.get("optional_concepts", []),
            **resolution(purpose),
        }
        for purpose in description["purposes"]
    ]
    return {"datasets": datasets, "purposes": purposes}


def resolution(of):
    """How fine streams are or have to be, as a member, if at all."""
    return {"resolution": of["resolution"]} if "resolution" in of else {}


def holder_of(concept, wanted, datasets):
    """The dataset that a concept is read from, or None.

    What streams hold comes from the first that is exactly as fine as wanted. Where nothing is
    wanted, documents come first, then the coarsest stream.
    """
    holders = [dataset for dataset in datasets if concept in dataset["concepts"]]
    if wanted and any("resolution" in dataset for dataset in holders):
        return find([d for d in holders if "resolution" in d], "resolution", wanted)
    return min(holders, key=lambda d: RESOLUTIONS.index(d.get("resolution")), default=None)


def make_offer(purpose, datasets):
    """The concepts that a purpose wants, each in the dataset that it is read from.

    None where a required concept is in no dataset.
    """
    offer = {}
    for kind in ("required", "optional"):
        for concept in purpose[kind]:
            holder = holder_of(concept, purpose.get("resolution"), datasets)
            if holder:
                offered = offer.setdefault(holder["dataset_id"], {"required": [], "optional": []})
                offered[kind].append(concept)
            elif kind == "required":
                return None
    return offer


def is_choice(chosen, offer):
    """Whether everything chosen is offered, and everything required chosen."""
    for dataset, concepts in chosen.items():
        offered = offer.get(dataset, {"required": [], "optional": []})
        if not concepts or not set(concepts) <= {*offered["required"], *offered["optional"]}:
            return False
    return all(
        set(offered["required"]) <= set(chosen.get(dataset, ()))
        for dataset, offered in offer.items()
    )


def make_notice(request, offer, service, holder, language):
    """The notice that the person was shown.

    `service` is the description of the service that asks, `holder` that of the source or, without
    one, the same.
    """
    purpose = find(service["purposes"], "purpose_id", request["purpose_id"])
    notice = {
        "version": 1,
        "language": language,
        "service_name": service["name"],
        "service": request["service"],
        "provider": service["provider"],
        "purpose": purpose,
        "datasets": [
            notice_dataset(holder, dataset, offer[dataset], language) for dataset in sorted(offer)
        ],
        "rights": rights(language),
    }
    if "source" in request:
        names = {"name": holder["name"], "provider": holder["provider"]}
        notice["source"] = {"service": request["source"], **names}
    if "minimum_age" in service:
        notice["minimum_age"] = notice_age(service["minimum_age"], language)
    if "valid_until_max" in request:
        notice["valid_until_max"] = request["valid_until_max"]
    return notice


def notice_age(years, language):
    """The rule of age, and what the person confirms."""
    primary = language.split("-")[0]
    rule = AGE_RULE_BY_LANGUAGE.get(primary, AGE_RULE)
    statement = AGE_STATEMENT_BY_LANGUAGE.get(primary, AGE_STATEMENT)
    return {
        "years": years,
        "rule": rule.format(years=years),
        "statement": statement.format(years=years),
    }


def notice_dataset(holder, dataset_id, offered, language):
    dataset = find(holder["datasets"], "dataset_id", dataset_id)

    def name(concept):
        return pick(find(dataset["data_mappings"], "concept_id", concept)["name"], language)

    often = HOW_OFTEN_BY_LANGUAGE.get(language.split("-")[0], HOW_OFTEN)
    return {
        "dataset_id": dataset_id,
        "title": pick(dataset["title"], language),
        **({"how_often": often[dataset["resolution"]]} if "resolution" in dataset else {}),
        "required": {concept: name(concept) for concept in offered["required"]},
        "optional": {concept: name(concept) for concept in offered["optional"]},
    }


def pick(texts, language):
    """The text in this language, else in English, else in the first language in byte order."""
    return texts[next(tag for tag in (language, "en", *sorted(texts)) if tag in texts)]
