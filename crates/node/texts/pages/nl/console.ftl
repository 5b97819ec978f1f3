# The console of an organisation.
console-services = Diensten
console-webhooks = Webhooks
console-lead = Wat uw organisatie hier aanbiedt, waarmee mensen hebben ingestemd, en wat u hun verschuldigd bent.
console-services-none = U hebt nog geen dienst geregistreerd. Beschrijf er een, controleer die hier, en registreer die met uw sleutel.
console-new-service = Een nieuwe dienst beschrijven
console-next-version = De volgende versie schrijven
console-party = Uw organisatie is hier bekend als
console-api-keys = Er zijn geen API-sleutels om te bewaren: programma’s ondertekenen elk verzoek met de sleutel van uw organisatie.
console-drafts = Concepten
draft-draft = Concept
draft-registered = Geregistreerd
draft-superseded = Vervangen
console-version = Versie van een beschrijving
console-version-number = Versie { $name }
console-versions = Versies
console-older = Ouder
console-service-id = Dienst
console-current = Huidige versie
console-digest = Hash van de beschrijving
console-machine = Hetzelfde voor programma’s
console-consents = Toestemmingen
console-consents-none = Er is geen toestemming zoals gevraagd.
console-counts = Toestemmingen naar doel en status
console-purpose = Doel
console-status = Status
console-all = Alle
console-show = Tonen
console-pseudonym = Pseudoniem
console-since = Sinds
console-consent = Toestemming
console-cut = Alleen de nieuwste { $count } toestemmingen zijn bekeken; er zijn oudere.
console-signed-read = geeft hetzelfde aan programma’s die met uw sleutel ondertekenen.
console-status-active = Actief
console-status-paused = Gepauzeerd
console-status-withdrawn = Ingetrokken
console-status-superseded = Vervangen
console-status-expired = Verlopen
console-owed = Verschuldigde bevestigingen
console-owed-count = { $count ->
    [one] Eén bevestiging is verschuldigd.
   *[other] { $count } bevestigingen zijn verschuldigd.
}
console-overdue-count = { $count ->
    [one] Eén is te laat.
   *[other] { $count } zijn te laat.
}
console-owed-why = Als een toestemming eindigt, bevestigt de dienst met zijn sleutel dat hij is gestopt. Wat te laat is, komt in het logboek.
console-owed-how = Uw sleutel ondertekent de bevestiging:
console-deadline = Uiterlijk
console-overdue = Te laat
console-editor = Beschrijving van een dienst
editor-lead = Schrijf op wat uw dienst doet, welke gegevens hij nodig heeft en onder welke voorwaarden. Mensen zien deze woorden voordat ze beslissen.
editor-text = Beschrijving (JSON)
editor-how = Knoppen hieronder voegen een dataset of een doel toe met alle verplichte velden.
editor-save = Als concept bewaren
editor-check = Controleren
editor-add-dataset = Dataset toevoegen
editor-add-purpose = Doel toevoegen
editor-delete = Concept verwijderen
editor-register = Registreren
editor-register-how = Alleen uw sleutel kan een beschrijving registreren. Download het bestand en voer dit uit waar de sleutel is:
editor-register-not-yet = Als er niets meer mis is, staan hier het bestand en het commando dat het registreert.
editor-good = Er is niets mis met deze beschrijving. Die kan worden geregistreerd.
editor-wrong = { $count ->
    [one] Eén ding is niet goed
   *[other] { $count } dingen zijn niet goed
}
editor-line = Regel { $name }
editor-not-json = Vanaf hier is de tekst geen JSON. Zoek een ontbrekende komma, een aanhalingsteken of een haakje.
editor-too-long = De tekst is langer dan 100 kB.
editor-too-many = Er zijn al vijftig concepten. Verwijder er eerst een.
editor-other-party = Dit moet uw eigen organisatie zijn.
console-webhook = Webhook
webhook-lead = Berichten die uw dienst vertellen dat een toestemming, verzoek of koppeling is veranderd. Ze bevatten nooit persoonsgegevens.
webhook-none = Er wordt nog niemand ingelicht. Maak hieronder een adres aan.
webhook-new = Nieuw adres
webhook-url = Adres
webhook-make = Adres aanmaken
webhook-key = Berichten zijn ondertekend; controleer ze met de openbare sleutel
webhook-enabled = In gebruik
webhook-disabled = Niet in gebruik
webhook-enable = Weer gebruiken
webhook-disable = Niet meer gebruiken
webhook-remove = Verwijderen
webhook-test = Testbericht sturen
webhook-replay = Opnieuw sturen
webhook-replay-one = { $name } opnieuw sturen
webhook-replay-failed = Mislukte opnieuw sturen
webhook-replay-how = Van de nieuwste honderd berichten worden de mislukte een voor een opnieuw gestuurd; bekijk deze pagina opnieuw om te zien wat ervan werd.
webhook-deliveries = Berichten en pogingen
webhook-deliveries-none = Er is hier nog niets naartoe gestuurd.
webhook-next = Volgende poging: { $name }
webhook-state-pending = Wacht
webhook-state-delivered = Afgeleverd
webhook-state-failed = Mislukt
webhook-address-refused = Dit adres wordt niet gebruikt: het moet openbaar zijn, met https.
webhook-too-many = De dienst heeft al het hoogste aantal adressen.
