# Wat de portemonnee op een pagina zegt.
wallet-not-built = Deze node is gebouwd zonder de portemonnee, dus geen sleutel in deze browser kan hier ondertekenen.
wallet-making = Uw sleutels worden in deze browser gemaakt…
wallet-confirming = Uw adres wordt bevestigd…
wallet-signing = Uw portemonnee controleert wat ondertekend is en ondertekent dan…
wallet-checking = Handtekeningen, keten en logboek worden in deze browser gecontroleerd…
wallet-no-keys = De sleutels van dit account zijn niet in deze browser. Gebruik het apparaat waarop u begon, of het apparaat dat u hebt toegevoegd.
wallet-unreachable = De node antwoordt niet. Controleer uw verbinding en probeer het opnieuw.
wallet-code-wrong = Dit is niet de code. Kijk hem teken voor teken na; hij heeft acht tekens.
wallet-declined = De node heeft het niet aangenomen ({ $code }). Er is niets veranderd.
wallet-refused = Uw portemonnee heeft niet ondertekend: wat de node toont is niet wat ondertekend is ({ $code }). Er is niets verzonden. Meld het aan de beheerder.
wallet-failed = Deze browser kon het niet ({ $code }). Een actuele versie van Chrome, Edge, Firefox of Safari kan het wel.
wallet-intact-what = Uw browser kan zelf controleren dat niemand een deel van deze registratie heeft veranderd of weggehaald.
wallet-intact-check = Controleer of de registratie intact is
wallet-intact = De registratie is intact. Gecontroleerde ondertekende stukken: { $records }. Elk sluit aan op het vorige, en alle staan in het logboek zoals het was op { $time }.
wallet-broken = De registratie is niet intact ({ $code }). Bewaar het bewijs en meld het aan de toezichthouder of de beheerder.
wallet-sign-in-what = Deze browser heeft de sleutels van een account.
wallet-sign-in = Inloggen met de sleutel in deze browser
