# Hvad tegnebogen på en side siger.
wallet-not-built = Denne node er bygget uden tegnebogen, så ingen nøgle i denne browser kan underskrive her.
wallet-making = Dine nøgler laves i denne browser…
wallet-confirming = Din adresse bekræftes…
wallet-signing = Din tegnebog kontrollerer, hvad der er underskrevet, og underskriver så…
wallet-checking = Underskrifter, kæde og log kontrolleres i denne browser…
wallet-no-keys = Nøglerne til denne konto er ikke i denne browser. Brug den enhed, hvor du begyndte, eller den, som du har tilføjet.
wallet-unreachable = Noden svarer ikke. Kontrollér din forbindelse, og prøv igen.
wallet-code-wrong = Dette er ikke koden. Tjek den tegn for tegn; den har otte tegn.
wallet-declined = Noden tog ikke imod det ({ $code }). Intet er ændret.
wallet-refused = Din tegnebog har ikke underskrevet: det, noden viser, er ikke det, der er underskrevet ({ $code }). Intet er sendt. Sig det til operatøren.
wallet-failed = Denne browser kunne ikke gøre det ({ $code }). En aktuel udgave af Chrome, Edge, Firefox eller Safari kan.
wallet-intact-what = Din browser kan selv kontrollere, at ingen har ændret eller fjernet en del af denne registrering.
wallet-intact-check = Kontrollér, at registreringen er intakt
wallet-intact = Registreringen er intakt. Kontrollerede underskrevne dele: { $records }. Hver fortsætter den forrige, og alle er i loggen, som den var den { $time }.
wallet-broken = Registreringen er ikke intakt ({ $code }). Gem beviset, og sig det til tilsynsmyndigheden eller operatøren.
wallet-sign-in-what = Denne browser har nøglerne til en konto.
wallet-sign-in = Log ind med nøglen i denne browser
