# What people are told without asking. What is told stands behind notification-, with -words where it names a service.
nav-notifications = Berichten
nav-unseen = { $count ->
    [10] 10 of meer nieuw
   *[other] { $count } nieuw
}
notifications-title = Berichten
notifications-none = Er zijn geen berichten. U hoort hier wanneer een dienst u iets vraagt, wanneer gegevens voor het eerst worden gebruikt, voordat een toestemming eindigt, en telkens als er wordt ingelogd.
notifications-see = Ik heb deze gezien
notifications-new = Nieuw
notifications-settings = Hoe wilt u het horen?
notifications-address = Brieven gaan naar
notifications-no-address = U hebt geen e-mailadres bevestigd, dus er kan niets worden verstuurd. Alles staat hier.
notifications-always = Altijd hier en per e-mail: zo merkt u het als iemand anders in uw account bezig is. Dit kan niet uit.
notifications-on-page = Hier in Mijn Huis
notifications-by-letter = Per e-mail
notifications-save = Opslaan
notifications-saved = Opgeslagen.
notification-request = Een dienst vraagt om mijn toestemming
notification-first-access = Mijn gegevens worden voor het eerst op een toestemming gebruikt
notification-expiry-soon = Een toestemming eindigt over 14 dagen
notification-conditions-changed = Een dienst heeft zijn voorwaarden gewijzigd
notification-overdue = Een dienst bevestigde een einde niet op tijd
notification-signed-in = Er wordt op mijn account ingelogd
notification-keys-changed = De sleutels van mijn account wijzigen
notification-delegate-acted = Iemand die ik binnenliet doet iets
notification-request-words = { $name } vraagt om uw toestemming
notification-first-access-words = Op uw toestemming voor { $name } zijn voor het eerst gegevens gebruikt
notification-expiry-soon-words = Uw toestemming voor { $name } eindigt over 14 dagen
notification-conditions-changed-words = { $name } heeft zijn voorwaarden gewijzigd. Uw toestemming blijft zoals u haar gaf
notification-overdue-words = Het einde van uw toestemming voor { $name } is niet op tijd bevestigd
notification-signed-in-words = Er is op uw account ingelogd. Was u het niet, log dan overal uit
notification-keys-changed-words = De sleutels van uw account zijn gewijzigd
notification-delegate-acted-words = Iemand die u binnenliet heeft iets gedaan
unsubscribe-title = Deze brieven niet meer?
unsubscribe-lead = U krijgt hierover brieven:
unsubscribe-now = Stuur me deze niet meer
unsubscribe-done = U krijgt deze brieven niet meer. In Mijn Huis ziet u het nog wel.
unsubscribe-settings = Alle instellingen van berichten (inloggen)
