# What may be used now, in numbers.
numbers-title = Mine data i tal
numbers-lead = Hvad andre må bruge nu, talt op. Kun aktive samtykker er med.
numbers-of = { $count ->
    [one] Ét aktivt samtykke er talt med.
   *[other] { $count } aktive samtykker er talt med.
}
numbers-paused = { $count ->
    [one] Ét er på pause og ikke talt med.
   *[other] { $count } er på pause og ikke talt med.
}
numbers-none = Der er intet at tælle: ingen kan bruge dine data nu. Når du giver et samtykke, ser du her, til hvad, på hvilket grundlag, hvad der gøres med dem, og hvor de opbevares.
numbers-count = Samtykker
numbers-purposes = Hvad dine data bruges til
numbers-bases = På hvilket retsgrundlag
numbers-processing = Hvad der gøres med hvilke data
numbers-storage = Hvilke data der opbevares hvor
numbers-how = Et tal siger, hvor mange samtykker der tillader det. Et samtykke, der tillader flere ting, tælles med ved hver af dem.
