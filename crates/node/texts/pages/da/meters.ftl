# Målere: enheder i hjemmet, der offentliggør, hvad de måler, og hvem der må læse det.
nav-meters = Målere
meters-title = Målere
meters-lead = En måler, der er parret med dig, offentliggør krypteret, hvad den måler. Kun tjenester, som du har givet samtykke, kan læse det, og kun så længe samtykket gælder.
meters-done-paired = Måleren er parret med dig.
meters-done-unpaired = Parringen er ophævet. Måleren offentliggør intet mere for dig.
meters-own-title = Par med dine egne nøgler
meters-own = Kun du har dine nøgler, i en tegnebog, som ingen side på denne node når. Par måleren fra kommandolinjen, hvor din tegnebog er. Der siger du også, hvilke samtykker der må læse den, og ophæver parringen:
meters-none = Ingen måler er parret endnu
meters-none-what = En fjernaflæst måler med P1-port ved, hvad dit hjem bruger og leverer tilbage. Når den er parret, fortæller den det til de tjenester, du vælger, og ingen andre.
meters-none-reader = Sæt læseren i måleren, og tænd den. Den viser en kode på otte bogstaver.
meters-none-code = Tilføj måleren her med den kode. Den, der lytter med, får intet ud af den.
meters-none-consent = Giv en tjeneste samtykke til dataene. Trækker du det tilbage, er tjenesten lukket ude inden for et sekund.
meters-open = Parret
meters-closed = Ikke længere parret
meters-records = { $count ->
    [0] Der er intet kommet fra den endnu.
    [one] Der er kommet én post fra den.
   *[other] Der er kommet { $count } poster fra den.
}
meters-readers = Hvad der læser den
meters-readers-none = Intet endnu. En tjeneste beder dig om samtykke; i det, du giver, står, hvilke af målerens data den læser.
meters-grant = Lad den læse
meters-grant-named = Lad { $name } læse
meters-done-granted = Måleren har fået besked: tjenesten må læse den, så længe samtykket gælder.
meters-history = Lad { $name } også læse tidligere målinger
meters-history-means = Det, måleren har offentliggjort før, fra denne dag (UTC), så langt denne node stadig har det. Hvad der er læst, kan ikke tages tilbage. Dage, hvor ingen læste måleren, er der kun, hvis den arkiverer dem.
meters-history-from = Første dag:
meters-history-give = Giv også disse
meters-history-since = Den må også læse, hvad der blev målt før, fra { $day }.
meters-history-wrong = Vælg en dag, der er begyndt. Intet blev ændret.
meters-unpair = Ophæv parringen
meters-unpair-named = Ophæv parringen med { $name }
meters-add = Tilføj en måler
meters-add-title = Tilføj en måler
meters-add-lead = Læseren ved din måler viser en kode. Den gælder i ti minutter og kun for dig: giv den ikke til nogen.
meters-code = Koden, som læseren viser:
meters-code-form = Otte bogstaver, for eksempel BCDF-GHJK. Store og små bogstaver er ens.
meters-look = Find den
meters-back = Målere
meters-found = Er det den måler, du står foran?
meters-confirm-means = Parrer du den, bestemmer du alene, hvem der læser, hvad den måler. I loggen står, at nogen har den, og ikke hvem.
meters-confirm-waits = Læseren skal være tændt. Det tager nogle sekunder.
meters-confirm = Par den med mig
meters-confirm-not = Gør det ikke
meters-unsigned = Din nøgle er i denne browser og har ikke underskrevet, så intet blev parret. Slå JavaScript til, og skriv koden igen.
meters-code-mistyped = Det er ikke en kode. En kode har otte bogstaver og ingen vokaler. Kontrollér den bogstav for bogstav.
meters-code-unknown = Ingen læser viser denne kode. Kontrollér den bogstav for bogstav; efter ti minutter viser læseren en anden.
meters-code-wrong = Læseren viser en anden kode, eller der er nogen imellem. Intet blev parret. Kontrollér koden bogstav for bogstav; efter tre forsøg viser læseren en anden.
meters-spent = Denne kode gælder ikke længere. Skriv den nye, som læseren viser.
meters-busy = Nogen er ved at skrive denne kode. Sørg for, at du står alene foran læseren, og prøv igen om et minut.
meters-silent = Læseren svarede ikke. Kontrollér, at den er tændt og forbundet, og skriv den kode, den viser nu.
meters-unanswered = Læseren blev tavs i sidste øjeblik. Se dine målere om et minut: måske er den parret alligevel.
meters-not-recorded = Loggen tog ikke imod parringen. Lad læseren vise en anden kode.
unpair-title = Vil du ophæve parringen?
unpair-means = Måleren holder straks op med at offentliggøre for dig, og alle tjenester, der læser den, lukkes ude. Hvad de har læst, beholder de, som deres vilkår siger. Dine samtykker består.
unpair-final = Der er ingen vej tilbage: parrer du måleren igen, begynder den forfra, og tjenester læser den først, når du tillader det.
unpair-now = Ophæv parringen nu
