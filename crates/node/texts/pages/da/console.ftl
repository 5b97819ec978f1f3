# The console of an organisation.
console-services = Tjenester
console-webhooks = Webhooks
console-lead = Hvad din organisation tilbyder her, hvad folk har sagt ja til, og hvad I skylder dem.
console-services-none = I har endnu ikke registreret en tjeneste. Beskriv en, kontroller den her, og registrer den med jeres nøgle.
console-new-service = Beskriv en ny tjeneste
console-next-version = Skriv den næste version
console-party = Jeres organisation er kendt her som
console-api-keys = Der er ingen API-nøgler at opbevare: programmer underskriver hver forespørgsel med organisationens nøgle.
console-drafts = Kladder
draft-draft = Kladde
draft-registered = Registreret
draft-superseded = Erstattet
console-version = Version af en beskrivelse
console-version-number = Version { $name }
console-versions = Versioner
console-older = Ældre
console-service-id = Tjeneste
console-current = Aktuel version
console-digest = Hash af beskrivelsen
console-machine = Det samme for programmer
console-consents = Samtykker
console-consents-none = Intet samtykke er sådan.
console-counts = Samtykker efter formål og status
console-purpose = Formål
console-status = Status
console-all = Alle
console-show = Vis
console-pseudonym = Pseudonym
console-since = Siden
console-consent = Samtykke
console-cut = Kun de nyeste { $count } samtykker er gennemgået; der er ældre.
console-signed-read = giver det samme til programmer, der underskriver med jeres nøgle.
console-status-active = Aktivt
console-status-paused = På pause
console-status-withdrawn = Trukket tilbage
console-status-superseded = Erstattet
console-status-expired = Udløbet
console-owed = Skyldige bekræftelser
console-owed-count = { $count ->
    [one] Der skyldes én bekræftelse.
   *[other] Der skyldes { $count } bekræftelser.
}
console-overdue-count = { $count ->
    [one] Én er for sen.
   *[other] { $count } er for sene.
}
console-owed-why = Når et samtykke ophører, bekræfter tjenesten med sin nøgle, at den er stoppet. Det, der er for sent, skrives i loggen.
console-owed-how = Jeres nøgle underskriver bekræftelsen:
console-deadline = Frist
console-overdue = For sen
console-editor = Beskrivelse af en tjeneste
editor-lead = Skriv, hvad tjenesten gør, hvilke data den behøver og på hvilke betingelser. Folk ser disse ord, før de beslutter sig.
editor-text = Beskrivelse (JSON)
editor-how = Knapperne nedenfor tilføjer et datasæt eller et formål med alle krævede felter.
editor-save = Gem som kladde
editor-check = Kontroller
editor-add-dataset = Tilføj datasæt
editor-add-purpose = Tilføj formål
editor-delete = Slet kladden
editor-register = Registrer
editor-register-how = Kun jeres nøgle kan registrere en beskrivelse. Hent filen og kør dette, hvor nøglen er:
editor-register-not-yet = Når intet er galt længere, står filen og kommandoen, der registrerer den, her.
editor-good = Der er intet galt med beskrivelsen. Den kan registreres.
editor-wrong = { $count ->
    [one] Én ting er forkert
   *[other] { $count } ting er forkerte
}
editor-line = Linje { $name }
editor-not-json = Herfra er teksten ikke JSON. Se efter et manglende komma, anførselstegn eller en parentes.
editor-too-long = Teksten er længere end 100 kB.
editor-too-many = Der er allerede halvtreds kladder. Slet en først.
editor-other-party = Det skal være jeres egen organisation.
console-webhook = Webhook
webhook-lead = Beskeder, der fortæller tjenesten, at et samtykke, en anmodning eller en tilknytning er ændret. De indeholder aldrig persondata.
webhook-none = Ingen får besked endnu. Opret en adresse nedenfor.
webhook-new = Ny adresse
webhook-url = Adresse
webhook-make = Opret adressen
webhook-key = Beskeder er underskrevet; kontroller dem med den offentlige nøgle
webhook-enabled = I brug
webhook-disabled = Ikke i brug
webhook-enable = Brug den igen
webhook-disable = Hold op med at bruge den
webhook-remove = Fjern den
webhook-test = Send en testbesked
webhook-replay = Send igen
webhook-replay-one = Send { $name } igen
webhook-replay-failed = Send mislykkede igen
webhook-replay-how = Af de nyeste hundrede beskeder sendes de mislykkede igen en efter en; se siden igen for at se, hvordan det gik.
webhook-deliveries = Beskeder og forsøg
webhook-deliveries-none = Der er endnu ikke sendt noget hertil.
webhook-next = Næste forsøg: { $name }
webhook-state-pending = Venter
webhook-state-delivered = Leveret
webhook-state-failed = Mislykket
webhook-address-refused = Denne adresse bruges ikke: den skal være offentlig, med https.
webhook-too-many = Tjenesten har så mange adresser, som den må have.
