"""What a service description looks like: schema/service-description.schema.json, without its limits
of length. What is optional is left out where it would be empty."""

from shapes import SHAPES, filled, list_of, map_of, matching, members, words

SHAPES["texts"] = map_of(SHAPES["language"], SHAPES["text"])
SHAPES["some_texts"] = filled(SHAPES["texts"])
SHAPES["some_lines"] = filled(SHAPES["lines"])
SHAPES["some_concepts"] = filled(SHAPES["concepts"])

SHAPES["provider"] = members(
    "party_id:prt business_id:text name:text address:text jurisdiction:text contact:text"
    " data_protection_officer?:text representative?:text supervisory_authority:text"
)
SHAPES["instance"] = members(
    "url:text linking_redirect_uris?:some_lines consent_redirect_uris?:some_lines"
    " data_endpoint?:text"
)

SHAPES["value_kind"] = matching("text|quantity|time|image|video|audio")
SHAPES["mappings"] = list_of(members("property:text concept_id:concept name:texts kind:value_kind"))
SHAPES["datasets"] = list_of(
    members(
        "dataset_id:name title:texts description:texts publisher?:text contact_point?:text"
        " keywords?:some_lines spatial?:text data_structure_specification?:text issued?:text"
        " modified?:text resolution?:resolution data_mappings:mappings"
    )
)

SHAPES["category"] = matching(
    "service-provision|service-personalisation|service-optimisation|requested-service-provision"
    "|research-and-development|marketing|fraud-prevention-and-detection|legal-compliance"
    "|public-benefit|customer-management|payment-management|enforce-security"
)
SHAPES["processing"] = words(
    "collect|obtain|record|store|structure|adapt|analyse|combine|consult|profile|use|disclose"
    "|share|transfer|anonymise|pseudonymise|erase"
)
SHAPES["recipients"] = words("ours|delivery|same|other-recipient|unrelated|public")
SHAPES["collection"] = matching(
    "from-the-person|observed|from-a-device|from-another-service|derived"
)
SHAPES["location"] = matching(
    "controller-servers|eu|third-countries|our-servers|processor-servers|third-party"
)
SHAPES["duration"] = matching(
    "business-practices|legal-requirement|stated-purpose|indefinitely"
)
SHAPES["storage"] = members("location:location duration:duration period:texts")
SHAPES["policy"] = members("policy_ref:text policy_version:text policy_hash:digest")
SHAPES["share_with"] = filled(
    list_of(members("org_name:text org_url:text business_type:text required:boolean"))
)
SHAPES["obligations"] = filled(list_of(members("event:text activity:text")))
SHAPES["purposes"] = list_of(
    members(
        "purpose_id:name name:texts description:texts category:category legal_basis:legal_basis"
        " processing_categories:processing required_concepts:concepts"
        " optional_concepts?:some_concepts resolution?:resolution policy:policy"
        " storage:storage recipients:recipients"
        " share_with?:share_with obligations?:obligations collection_method:collection"
        " termination:texts automated_decisions?:some_texts consequences_of_refusal?:some_texts"
        " risks?:some_texts special_categories:boolean"
    )
)

DESCRIPTION = members(
    "service_id:svc version:integer name:text logo?:text description:texts keywords?:some_lines"
    " provider:provider instance:instance minimum_age?:minimum_age datasets:datasets purposes:purposes"
)
