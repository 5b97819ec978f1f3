# What people are told without asking. What is told stands behind notification-, with -words where it names a service.
nav-notifications = Beskeder
nav-unseen = { $count ->
    [10] 10 eller flere nye
   *[other] { $count } nye
}
notifications-title = Beskeder
notifications-none = Der er ingen beskeder. Her får du besked, når en tjeneste spørger dig om noget, når data bruges for første gang, før et samtykke slutter, og hver gang nogen logger ind.
notifications-see = Jeg har set dem
notifications-new = Ny
notifications-settings = Hvordan vil du have besked?
notifications-address = Breve sendes til
notifications-no-address = Du har ikke bekræftet en e-mailadresse, så intet kan sendes til dig. Alt står her.
notifications-always = Altid her og på e-mail: så opdager du, hvis en anden er på din konto. Det kan ikke slås fra.
notifications-on-page = Her i Mit Hjem
notifications-by-letter = På e-mail
notifications-save = Gem
notifications-saved = Gemt.
notification-request = En tjeneste beder om mit samtykke
notification-first-access = Mine data bruges for første gang på et samtykke
notification-expiry-soon = Et samtykke slutter om 14 dage
notification-conditions-changed = En tjeneste har ændret sine vilkår
notification-overdue = En tjeneste bekræftede ikke i tide, at noget er slut
notification-signed-in = Nogen logger ind på min konto
notification-keys-changed = Min kontos nøgler ændres
notification-delegate-acted = En, jeg har lukket ind, gør noget
notification-request-words = { $name } beder om dit samtykke
notification-first-access-words = Data blev for første gang brugt på dit samtykke til { $name }
notification-expiry-soon-words = Dit samtykke til { $name } slutter om 14 dage
notification-conditions-changed-words = { $name } har ændret sine vilkår. Dit samtykke bliver, som du gav det
notification-overdue-words = Afslutningen af dit samtykke til { $name } blev ikke bekræftet i tide
notification-signed-in-words = Nogen loggede ind på din konto. Var det ikke dig, så log ud overalt
notification-keys-changed-words = Din kontos nøgler er ændret
notification-delegate-acted-words = En, du har lukket ind, har gjort noget
unsubscribe-title = Ikke flere af disse breve?
unsubscribe-lead = Du får breve om dette:
unsubscribe-now = Send mig ikke flere af dem
unsubscribe-done = Du får ikke flere af disse breve. I Mit Hjem ser du det stadig.
unsubscribe-settings = Alle indstillinger for beskeder (log ind)
