# Linking with a service.
link-title = { $name } vil knyttes til dig
link-address = Adresse
link-meaning = Hvad en tilknytning betyder
link-no-data = Der gives ingen data. Tjenesten kan bede om dit samtykke, og du svarer hver gang.
link-pseudonym = Tjenesten kender dig her under et nummer, som ingen anden tjeneste har.
link-removal = Du kan til enhver tid fjerne tilknytningen i Mit Hjem; det sætter hvert samtykke, der hænger på den, på pause.
link-custody-independent = Dine nøgler er kun hos dig. Åbn denne side i din egen tegnebog for at tilknytte.
link-give = Tilknyt
link-refuse = Tilknyt ikke
link-done-title = Næsten færdig
link-done = Du har underskrevet tilknytningen til { $name }. Gå tilbage dertil for at afslutte; den gælder, når { $name } også har underskrevet.
link-refused-title = Ikke tilknyttet
link-refused = { $name } får ingen tilknytning.
link-own-key-title = Din egen nøgle skal underskrive
link-own-key = En knap alene kan ikke knytte dig til { $name }: din nøgle er hos dig. Gå tilbage, og tilknyt med JavaScript slået til eller med din egen tegnebog.
link-question = Spørgsmål til din tegnebog
link-record = Svar fra din tegnebog
