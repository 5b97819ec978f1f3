# What letters say: a subject, and paragraphs between empty lines. A paragraph that is { $code } or { $link } alone is shown large.

letter-contact-code-subject = Bekræft din e-mailadresse
letter-contact-code-text =
    Nogen, sandsynligvis dig, vil kunne findes via denne e-mailadresse hos { $link }.

    Din kode er

    { $code }

    Indtast den inden for { $minutes } minutter der, hvor du blev bedt om den. Den virker én gang.

    Var det ikke dig, skal du ikke gøre noget: uden koden ændres intet. Giv aldrig koden til nogen, der beder dig om den.

letter-contact-confirmed-subject = Din e-mailadresse er bekræftet
letter-contact-confirmed-text =
    Du kan nu findes via denne e-mailadresse hos { $link }.

    Var det ikke dig, der bekræftede den, kan en anden læse din e-mail: skift adgangskoden til din postkasse, og bekræft derefter selv adressen igen.

letter-contact-removed-subject = Din e-mailadresse er fjernet
letter-contact-removed-text =
    Hos { $link } fører denne e-mailadresse ikke længere til den konto, som den førte til. En anden adresse blev bekræftet for den konto, eller denne adresse blev bekræftet for en anden konto.

    Var det ikke dig, så bekræft selv adressen igen.

letter-sign-in-subject = Dit link til at logge ind
letter-sign-in-text =
    Følg dette link for at logge ind:

    { $link }

    Det virker én gang, inden for { $minutes } minutter.

    Har du ikke bedt om det, så gør ingenting: uden linket bliver ingen logget ind. Giv det aldrig videre.

letter-sign-up-code-subject = Din kode til at oprette en konto
letter-sign-up-code-text =
    Nogen, sandsynligvis dig, vil oprette en konto hos { $link } med denne e-mailadresse.

    Din kode er

    { $code }

    Indtast den inden for { $minutes } minutter der, hvor du blev bedt om den. Den virker én gang.

    Var det ikke dig, skal du ikke gøre noget: uden koden oprettes ingen konto. Giv aldrig koden til nogen, der beder dig om den.

letter-sign-up-known-subject = Du har allerede en konto
letter-sign-up-known-text =
    Nogen, sandsynligvis dig, ville oprette en konto med denne e-mailadresse. Den har allerede en, og intet er ændret.

    Følg dette link for at logge ind på den:

    { $link }

    Det virker én gang, inden for { $minutes } minutter. Var det ikke dig, skal du ikke gøre noget. Giv aldrig linket videre.

letter-lost-key-code-subject = Stop dine samtykker uden din nøgle
letter-lost-key-code-text =
    Nogen, sandsynligvis dig, har meddelt { $link }, at nøglen til din konto er gået tabt, og vil sætte samtykker på pause eller trække dem tilbage.

    Din kode er

    { $code }

    Indtast den inden for { $minutes } minutter der, hvor du blev bedt om den. Den virker én gang. Med den kan samtykker kun stoppes, aldrig gives eller genoptages.

    Var det ikke dig, skal du ikke gøre noget: uden koden ændres intet. Giv aldrig koden til nogen, der beder dig om den.

letter-pass-code-subject = Din kode til at hente dine nøgler til en tegnebog
letter-pass-code-text =
    Nogen, sandsynligvis dig, vil hente nøglerne til din konto hos { $link } til en tegnebog på en anden enhed.

    Din kode er

    { $code }

    Indtast den inden for { $minutes } minutter i den tegnebog, der beder om den. Den virker én gang. Den giver ikke dine nøgler væk: det skal en enhed, der har dem, eller dit gendannelsessæt gøre.

    Var det ikke dig, skal du ikke gøre noget. Giv aldrig koden til nogen, der beder dig om den.

letter-consents-stopped-subject = Dine samtykker er stoppet
letter-consents-stopped-text =
    Med den kode, som vi sendte dig, er samtykker på din konto hos { $link } sat på pause eller trukket tilbage.

    Var det ikke dig, kan en anden læse din e-mail: skift adgangskoden til din postkasse. Det, der er sat på pause, kan du genoptage med din nøgle; det, der er trukket tilbage, kan du give igen.

letter-consent-given-subject = Din kvittering for et samtykke
letter-consent-given-text =
    Du har givet et samtykke. Dette brev er din kvittering; gem det.

    Samtykkets nummer: { $consent }

    SHA-256 af den meddelelse, du fik vist: { $notice }

    Med disse to kan ingen senere vise dig en anden tekst. Hvad du har sagt ja til, i sin helhed, til at læse, udskrive eller gemme, står her, når du er logget ind:

    { $link }

    Du kan til enhver tid sætte samtykket på pause eller trække det tilbage der, lige så let som du gav det.

    Hvis det ikke var dig, så log ind, træk samtykket tilbage, og se hvilke enheder der kan underskrive for dig.

letter-acknowledgement-overdue-subject = En bekræftelse er forsinket
letter-acknowledgement-overdue-text =
    Et samtykke, som en af dine tjenester havde, er ophørt. Din bekræftelse af det er forsinket, og det fremgår af loggen. Hvad I mangler at bekræfte, står her, når du er logget ind:

    { $link }

    Stop det, I gør med dataene, og underskriv derefter bekræftelsen: assent acknowledge. En sen bekræftelse registreres også.

letter-endpoint-failing-subject = En af dine webhook-adresser fejler
letter-endpoint-failing-text =
    I et døgn har intet kunnet leveres til en af dine webhook-adresser. Fortsætter det, slås den fra om { $days } dage. Hvad der blev sendt, og hvad din server svarede, står her, når du er logget ind:

    { $link }

    Når din server svarer igen, kan de beskeder, der mislykkedes, sendes igen derfra.

letter-endpoint-off-subject = En af dine webhook-adresser er slået fra
letter-endpoint-off-text =
    En af dine webhook-adresser er slået fra: den svarede, at den er væk for altid, eller intet kunne leveres til den i flere dage. Den får ingen beskeder, før du slår den til igen, her, når du er logget ind:

    { $link }

    De beskeder, der mislykkedes, kan derefter sendes igen.

letter-invitation-subject = Du er inviteret til at holde øje med et hjem
letter-invitation-text =
    En, der kender denne adresse, inviterer dig til på { $link } at se, hvem der bruger vedkommendes data og til hvad. Hvem det er, ser du der, når du er logget ind med denne e-mailadresse.

    Invitationen gælder i 7 dage, én gang og kun for denne adresse. Der sker intet, hvis du ikke tager imod den. Kender du ingen, der ville invitere dig, så gør ingenting.

letter-notice-request-subject = En tjeneste venter på dit svar
letter-notice-request-text =
    En tjeneste har bedt om at bruge dine data og venter på dit svar. Læs, hvad den vil have og til hvad, og svar, som du vil:

    { $link }

    Intet bruges, før du siger ja. Du behøver ikke at svare.

letter-notice-first-access-subject = Dine data er brugt for første gang
letter-notice-first-access-text =
    Data er for første gang blevet brugt på et af dine samtykker. Hvilke data, af hvem og til hvad står her:

    { $link }

    Der kan du når som helst sætte samtykket på pause eller trække det tilbage. Senere brug står i Mit Hjem og kommer uden brev.

letter-notice-expiry-soon-subject = Et af dine samtykker slutter om to uger
letter-notice-expiry-soon-text =
    Et af dine samtykker slutter snart, som du aftalte. Hvilket det er, står her:

    { $link }

    Du behøver ikke at gøre noget: det slutter af sig selv. Vil du have, at det fortsætter, skal tjenesten spørge dig på ny.

letter-notice-conditions-changed-subject = En tjeneste har ændret sine vilkår
letter-notice-conditions-changed-text =
    En tjeneste, der må bruge dine data, har ændret de vilkår, som den beder folk om at gå med til. Dit samtykke bliver, som du gav det, på de daværende vilkår. Vil tjenesten have, at de nye gælder for dig, skal den spørge dig, og du ser, hvad der er ændret.

    { $link }

letter-notice-overdue-subject = En tjeneste bekræftede ikke i tide, at det er slut
letter-notice-overdue-text =
    Du afsluttede et samtykke, og en tjeneste skulle med sin underskrift have bekræftet, at den har set det. Det gjorde den ikke i tide, og det er skrevet i loggen. Ingen får alligevel data på det samtykke.

    Hvem du kan skrive til, står her:

    { $link }

letter-notice-signed-in-subject = Nogen er logget ind på din konto
letter-notice-signed-in-text =
    Nogen, sandsynligvis dig selv, er logget ind på din konto. Mere står her:

    { $link }

    Var det ikke dig, så log ind, tryk på "Log ud overalt" på den side, og skift dine nøgler.

letter-notice-keys-changed-subject = Nøglerne til din konto er ændret
letter-notice-keys-changed-text =
    Nøglerne til din konto er skiftet ud, eller en ny er sat ind med din gendannelsesnøgle. Mere står her:

    { $link }

    Var det ikke dig, har en anden dine nøgler eller din gendannelsesnøgle. Log ind med det samme, og træk det tilbage, som du ikke længere vil.

letter-notice-delegate-acted-subject = En, du har lukket ind, har gjort noget
letter-notice-delegate-acted-text =
    En, som du lader holde øje med dit hjem, har taget imod din invitation eller sat et samtykke på pause. Hvad der er gjort, står her:

    { $link }

    Du kan gøre det om der, eller ikke længere lukke vedkommende ind.

letter-open = Åbn i Assent
letter-foot = Dette brev kommer fra Assent på { $node }. Der bedes ikke om en adgangskode, og intet indlæses, når det åbnes.
letter-foot-optional = Du kan slå breve af denne slags fra: { $off }

letter-device-added-subject = En enhed kan nu underskrive for dig
letter-device-added-text =
    Endnu en enhed har dine nøgler og kan underskrive for dig. Alle dine enheder er her:

    { $link }

    Var det ikke dig, så fjern enheden der med det samme, og se, hvad der er sagt ja til siden.

letter-recovery-kit-made-subject = Der er lavet et gendannelsessæt
letter-recovery-kit-made-text =
    Der er lavet et gendannelsessæt: den, der har koden og kan logge ind som dig, får dine nøgler. Alt, der åbner dine nøgler, er her:

    { $link }

    Var det ikke dig, så fjern sættet der med det samme.

letter-key-passkey-added-subject = En adgangsnøgle åbner nu dine nøgler
letter-key-passkey-added-text =
    Endnu en adgangsnøgle åbner dine nøgler. Alt, der åbner dem, er her:

    { $link }

    Var det ikke dig, så fjern den der med det samme, og fjern adgangsnøglen fra din konto.

letter-device-removed-subject = En enhed er fjernet
letter-device-removed-text =
    Noget, der åbnede dine nøgler, en enhed eller et sæt, gør det ikke længere. Det, der stadig åbner dem, er her:

    { $link }

    Var det ikke dig, kan en anden handle med dine nøgler: se dine enheder der, og se, hvad der er sagt ja til for nylig.

letter-passkey-added-subject = En adgangsnøgle blev føjet til din konto
letter-passkey-added-text =
    En adgangsnøgle blev føjet til din konto hos { $link }. Den, der har nøglen, kan logge ind der.

    Var det ikke dig, så log ind med et link, fjern adgangsnøglen under Konto, og log ud overalt. Derefter kan ingen logge ind med den.

letter-passkey-stopped-subject = En adgangsnøgle til din konto er stoppet
letter-passkey-stopped-text =
    En af dine adgangsnøgler hos { $link } blev brugt på en måde, der viser, at der måske findes en kopi af den. Den er stoppet: ingen kan logge ind med den mere, og ingen blev lukket ind.

    Log ind med et link eller en anden adgangsnøgle, fjern den stoppede under Konto, og lav en ny.
