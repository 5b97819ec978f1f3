nav-services = Tjenester
nav-account = Konto
services-title = Tjenester
services-lead = De tjenester, der kender dig her, hver under et eget navn, som ingen anden tjeneste kender.
services-none = Du er endnu ikke forbundet med nogen tjeneste. En tjeneste sender dig hertil, når du forbinder den på dens eget websted.
services-linked = Forbundet
services-removed = Fjernet
services-remove = Fjern forbindelsen
services-restore = Gendan forbindelsen
services-own-key = Dine nøgler er dine egne. Ændr forbindelsen dér, hvor de er:
unlink-title = Fjern forbindelsen?
unlink-means = Tjenesten kan ikke længere spørge dig om noget. Det, du tillod over denne forbindelse, sættes straks på pause.
unlink-pauses = { $count ->
    [0] Intet aktivt samtykke hænger på den.
    [one] Et aktivt samtykke sættes på pause med den.
   *[other] { $count } aktive samtykker sættes på pause med den.
}
unlink-now = Fjern forbindelsen
unlink-back = Lad den være
account-title = Konto
account-email = E-mail
account-no-email = Ingen er bekræftet
account-id = Din kontos nummer
account-keys = Hvem opbevarer dine nøgler
account-keys-hosted = Operatøren opbevarer dem forseglet og underskriver det, du svarer her.
account-keys-page = Denne browser opbevarer dem. Operatøren kan ikke underskrive for dig.
account-keys-independent = Du opbevarer dem i din egen wallet. Operatøren kan ikke underskrive for dig.
account-export = Tag det hele med
account-export-what = Én fil med alt, hvad der vides om dig her: samtykker, anmodninger, formularer, brug og hvad der skete.
account-export-now = Hent
account-sessions = Logget ind et andet sted?
account-sessions-what = Logger kontoen ud i alle browsere og gør links ugyldige, der venter i din indbakke.
account-sessions-end = Log ud overalt
account-erase-what = Sletter, hvad der vides om dig her. Der er ingen vej tilbage.
account-erase = Slet min konto
erase-title = Slet min konto
erase-lead = Der er ingen vej tilbage. Tag dine data med først.
erase-goes = Slettes: din e-mailadresse, dine svar på formularer, hvilke navne hos tjenester der er dine, og nøgler der opbevares her.
erase-stays = Tilbage bliver: den underskrevne log. Den indeholder numre og underskrifter og intet, der nævner dig.
erase-first = Alle dine samtykker skal være afsluttet først. Træk dem tilbage, der stadig er aktive eller på pause.
erase-type = Skriv din kontos nummer for at bekræfte:
erase-mistyped = Det er ikke din kontos nummer. Intet blev slettet.
erase-now = Slet for altid
erase-back = Behold min konto
erased-title = Din konto er slettet
erased = Her opbevares ikke længere noget, der nævner dig. Du er logget ud.
consent-receipt = Kvittering
