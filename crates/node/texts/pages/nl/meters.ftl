# Meters: apparaten thuis die publiceren wat ze meten, en wie het mag lezen.
nav-meters = Meters
meters-title = Meters
meters-lead = Een meter die aan u gekoppeld is, publiceert versleuteld wat hij meet. Alleen diensten die u toestemming gaf, kunnen het lezen, en alleen zolang de toestemming geldt.
meters-done-paired = De meter is aan u gekoppeld.
meters-done-unpaired = De meter is ontkoppeld. Hij publiceert niets meer voor u.
meters-own-title = Koppelen met uw eigen sleutels
meters-own = Alleen u hebt uw sleutels, in een wallet waar geen pagina van deze node bij kan. Koppel de meter met de opdrachtregel, daar waar uw wallet is. Daar zegt u ook welke toestemmingen hem mogen lezen, en ontkoppelt u hem:
meters-none = Er is nog geen meter gekoppeld
meters-none-what = Een slimme meter met een P1-poort weet wat uw huis verbruikt en teruglevert. Is hij gekoppeld, dan vertelt hij het de diensten die u kiest, en niemand anders.
meters-none-reader = Steek de lezer in de meter en zet hem aan. Hij toont een code van acht letters.
meters-none-code = Voeg de meter hier toe met die code. Wie meeluistert, heeft er niets aan.
meters-none-consent = Geef een dienst toestemming voor de gegevens. Trekt u die in, dan is de dienst binnen een seconde buitengesloten.
meters-open = Gekoppeld
meters-closed = Ontkoppeld
meters-records = { $count ->
    [0] Er is nog niets van gekomen.
    [one] Er is één record van gekomen.
   *[other] Er zijn { $count } records van gekomen.
}
meters-readers = Wat hem leest
meters-readers-none = Nog niets. Een dienst vraagt u om toestemming; in wat u geeft, staat welke gegevens van de meter hij leest.
meters-grant = Laten lezen
meters-grant-named = { $name } laten lezen
meters-done-granted = De meter weet het: de dienst mag hem lezen zolang de toestemming geldt.
meters-history = { $name } ook eerdere metingen laten lezen
meters-history-means = Wat de meter eerder publiceerde, vanaf deze dag (UTC), voor zover deze node het nog heeft. Wat eenmaal gelezen is, kunt u niet terugnemen. Dagen waarop niemand de meter las, zijn er alleen als hij ze archiveert.
meters-history-from = Eerste dag:
meters-history-give = Deze ook geven
meters-history-since = Hij mag ook lezen wat eerder gemeten is, vanaf { $day }.
meters-history-wrong = Kies een dag die al begonnen is. Er is niets veranderd.
meters-unpair = Ontkoppelen
meters-unpair-named = { $name } ontkoppelen
meters-add = Meter toevoegen
meters-add-title = Meter toevoegen
meters-add-lead = De lezer bij uw meter toont een code. Die is tien minuten geldig en alleen voor u: geef hem aan niemand door.
meters-code = Code die de lezer toont:
meters-code-form = Acht letters, zoals BCDF-GHJK. Hoofdletters en kleine letters zijn gelijk.
meters-look = Zoeken
meters-back = Meters
meters-found = Is dit de meter waar u voor staat?
meters-confirm-means = Koppelt u hem, dan bepaalt u alleen wie leest wat hij meet. In het logboek staat dat iemand hem heeft, en niet wie.
meters-confirm-waits = De lezer moet aan staan. Dit duurt enkele seconden.
meters-confirm = Aan mij koppelen
meters-confirm-not = Niet doen
meters-unsigned = Uw sleutel is in deze browser en heeft niet ondertekend, dus er is niets gekoppeld. Zet JavaScript aan en voer de code opnieuw in.
meters-code-mistyped = Dit is geen code. Een code heeft acht letters en geen klinkers. Controleer hem letter voor letter.
meters-code-unknown = Geen lezer toont deze code. Controleer hem letter voor letter; na tien minuten toont de lezer een andere.
meters-code-wrong = De lezer toont een andere code, of er zit iemand tussen. Er is niets gekoppeld. Controleer de code letter voor letter; na drie pogingen toont de lezer een andere.
meters-spent = Deze code is niet meer geldig. Voer de nieuwe in die de lezer toont.
meters-busy = Iemand voert deze code op dit moment in. Zorg dat u alleen voor de lezer staat en probeer het over een minuut opnieuw.
meters-silent = De lezer gaf geen antwoord. Controleer of hij aan staat en verbonden is, en voer de code in die hij nu toont.
meters-unanswered = De lezer zweeg op het laatste moment. Kijk over een minuut bij uw meters: misschien is hij toch gekoppeld.
meters-not-recorded = Het logboek nam de koppeling niet op. Laat de lezer een andere code tonen.
unpair-title = Deze meter ontkoppelen?
unpair-means = Hij houdt meteen op voor u te publiceren, en elke dienst die hem leest, wordt buitengesloten. Wat ze gelezen hebben, houden ze, zoals hun voorwaarden zeggen. Uw toestemmingen blijven.
unpair-final = Er is geen weg terug: koppelt u de meter opnieuw, dan begint hij opnieuw, en lezen diensten hem pas als u dat toelaat.
unpair-now = Nu ontkoppelen
