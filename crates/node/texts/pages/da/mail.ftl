mail-title = Breve
mail-here = Denne node har ingen mailserver: det, den ville have sendt, kan læses her.
mail-lead = Denne node har ingen mailserver og skriver sine breve til filer. De vises kun på denne maskine, de nyeste først; med en mailserver er siden væk.
mail-none = Ingen breve endnu.
mail-to = Til { $name }
mail-open = Åbn linket
mail-html = Som HTML
