nav-services = Diensten
nav-account = Account
services-title = Diensten
services-lead = De diensten die u hier kennen, elk onder een eigen naam die geen andere dienst kent.
services-none = U bent nog met geen dienst gekoppeld. Een dienst stuurt u hierheen als u hem op zijn eigen site koppelt.
services-linked = Gekoppeld
services-removed = Verwijderd
services-remove = Koppeling verwijderen
services-restore = Koppeling herstellen
services-own-key = Uw sleutels zijn van u. Wijzig de koppeling waar ze zijn:
unlink-title = De koppeling verwijderen?
unlink-means = De dienst kan u niets meer vragen. Wat u via deze koppeling toestond, wordt meteen gepauzeerd.
unlink-pauses = { $count ->
    [0] Er hangt geen actieve toestemming aan.
    [one] Eén actieve toestemming wordt mee gepauzeerd.
   *[other] { $count } actieve toestemmingen worden mee gepauzeerd.
}
unlink-now = Koppeling verwijderen
unlink-back = Laten zoals het is
account-title = Account
account-email = E-mail
account-no-email = Geen bevestigd adres
account-id = Nummer van uw account
account-keys = Wie uw sleutels bewaart
account-keys-hosted = De beheerder bewaart ze, verzegeld, en ondertekent wat u hier antwoordt.
account-keys-page = Deze browser bewaart ze. De beheerder kan niet voor u ondertekenen.
account-keys-independent = U bewaart ze in een eigen wallet. De beheerder kan niet voor u ondertekenen.
account-export = Alles meenemen
account-export-what = Eén bestand met alles wat hier over u bekend is: toestemmingen, verzoeken, formulieren, gebruik, en wat er gebeurde.
account-export-now = Downloaden
account-sessions = Ergens anders ingelogd?
account-sessions-what = Logt dit account in elke browser uit en maakt links ongeldig die in uw mailbox wachten.
account-sessions-end = Overal uitloggen
account-erase-what = Wist wat hier over u bekend is. Er is geen weg terug.
account-erase = Mijn account wissen
erase-title = Mijn account wissen
erase-lead = Er is geen weg terug. Neem eerst uw gegevens mee.
erase-goes = Gewist: uw e-mailadres, uw antwoorden op formulieren, welke namen bij diensten van u zijn, en sleutels die hier bewaard worden.
erase-stays = Wat blijft: het ondertekende logboek. Daarin staan nummers en handtekeningen, en niets dat u noemt.
erase-first = Al uw toestemmingen moeten eerst beëindigd zijn. Trek in wat nog actief of gepauzeerd is.
erase-type = Typ ter bevestiging het nummer van uw account:
erase-mistyped = Dat is niet het nummer van uw account. Er is niets gewist.
erase-now = Voorgoed wissen
erase-back = Mijn account houden
erased-title = Uw account is gewist
erased = Hier wordt niets meer bewaard dat u noemt. U bent uitgelogd.
consent-receipt = Bewijs van toestemming
