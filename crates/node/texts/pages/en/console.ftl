# The console of an organisation.
console-services = Services
console-webhooks = Webhooks
console-lead = What your organisation offers here, what people have agreed to, and what you owe them.
console-services-none = You have registered no service yet. Describe one, check it here, and register it with your key.
console-new-service = Describe a new service
console-next-version = Write the next version
console-party = Your organisation is known here as
console-api-keys = There are no API keys to keep: programs sign each request with the key of your organisation.
console-drafts = Drafts
draft-draft = Draft
draft-registered = Registered
draft-superseded = Superseded
console-version = Version of a description
console-version-number = Version { $name }
console-versions = Versions
console-older = Older
console-service-id = Service
console-current = Current version
console-digest = Digest of the description
console-machine = The same for programs
console-consents = Consents
console-consents-none = No consent is like that.
console-counts = Consents by purpose and status
console-purpose = Purpose
console-status = Status
console-all = All
console-show = Show
console-pseudonym = Pseudonym
console-since = Since
console-consent = Consent
console-cut = Only the newest { $count } consents were looked at; there are older ones.
console-signed-read = gives the same to programs that sign with your key.
console-status-active = Active
console-status-paused = Paused
console-status-withdrawn = Withdrawn
console-status-superseded = Superseded
console-status-expired = Expired
console-owed = Acknowledgements owed
console-owed-count = { $count ->
    [one] One acknowledgement is owed.
   *[other] { $count } acknowledgements are owed.
}
console-overdue-count = { $count ->
    [one] One is overdue.
   *[other] { $count } are overdue.
}
console-owed-why = When a consent ends, the service confirms with its key that it has stopped. What is late is recorded in the log.
console-owed-how = Your key signs the acknowledgement:
console-deadline = Deadline
console-overdue = Overdue
console-editor = Description of a service
editor-lead = Write down what your service does, which data it needs and on which conditions. People see these words before they decide.
editor-text = Description (JSON)
editor-how = Buttons below add a dataset or a purpose with all fields that it must have.
editor-save = Save as a draft
editor-check = Check
editor-add-dataset = Add a dataset
editor-add-purpose = Add a purpose
editor-delete = Delete the draft
editor-register = Register
editor-register-how = Only your key can register a description. Download the file and run this where the key is:
editor-register-not-yet = When nothing is wrong any more, the file and the command that registers it stand here.
editor-good = Nothing is wrong with this description. It can be registered.
editor-wrong = { $count ->
    [one] One thing is wrong
   *[other] { $count } things are wrong
}
editor-line = Line { $name }
editor-not-json = The text is not JSON from here on. Look for a missing comma, quote or bracket.
editor-too-long = The text is longer than 100 kB.
editor-too-many = There are fifty drafts already. Delete one first.
editor-other-party = This has to be your own organisation.
console-webhook = Webhook
webhook-lead = Messages that tell your service that a consent, request or link of its own has changed. They never carry personal data.
webhook-none = Nobody is told yet. Make an endpoint below.
webhook-new = New endpoint
webhook-url = Address
webhook-make = Make the endpoint
webhook-key = Messages are signed; check them with the public key
webhook-enabled = In use
webhook-disabled = Not in use
webhook-enable = Use it again
webhook-disable = Stop using it
webhook-remove = Remove it
webhook-test = Send a test message
webhook-replay = Send again
webhook-replay-one = Send { $name } again
webhook-replay-failed = Send what failed again
webhook-replay-how = Of the newest hundred messages, those that failed are sent again one after the other; look at this page again for what became of them.
webhook-deliveries = Messages and attempts
webhook-deliveries-none = Nothing has been sent here yet.
webhook-next = Next attempt: { $name }
webhook-state-pending = Waiting
webhook-state-delivered = Delivered
webhook-state-failed = Failed
webhook-address-refused = This address is not called: it has to be a public one, by https.
webhook-too-many = The service has as many endpoints as it may have.
