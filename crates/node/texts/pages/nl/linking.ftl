# Linking with a service.
link-title = { $name } wil met u koppelen
link-address = Adres
link-meaning = Wat een koppeling betekent
link-no-data = Er worden geen gegevens gegeven. De dienst kan u om toestemming vragen, en u antwoordt elke keer.
link-pseudonym = De dienst kent u hier onder een nummer dat geen andere dienst heeft.
link-removal = U kunt de koppeling altijd verwijderen in Mijn Huis; daarmee pauzeert elke toestemming die eraan hangt.
link-custody-independent = Uw sleutels zijn alleen bij u. Open deze pagina in uw eigen portemonnee om te koppelen.
link-give = Koppelen
link-refuse = Niet koppelen
link-done-title = Bijna klaar
link-done = U hebt de koppeling met { $name } ondertekend. Ga daarheen terug om af te ronden; ze geldt zodra { $name } ook heeft ondertekend.
link-refused-title = Niet gekoppeld
link-refused = { $name } krijgt geen koppeling.
link-own-key-title = Uw eigen sleutel moet ondertekenen
link-own-key = Een knop alleen kan u niet met { $name } koppelen: uw sleutel is bij u. Ga terug en koppel met JavaScript aan of met uw eigen portemonnee.
link-question = Vraag voor uw wallet
link-record = Antwoord van uw wallet
