# What may be used now, in numbers.
numbers-title = Mijn gegevens in cijfers
numbers-lead = Wat anderen nu mogen gebruiken, geteld. Alleen actieve toestemmingen tellen mee.
numbers-of = { $count ->
    [one] Eén actieve toestemming is geteld.
   *[other] { $count } actieve toestemmingen zijn geteld.
}
numbers-paused = { $count ->
    [one] Eén is gepauzeerd en telt niet mee.
   *[other] { $count } zijn gepauzeerd en tellen niet mee.
}
numbers-none = Er valt niets te tellen: niemand kan nu uw gegevens gebruiken. Geeft u een toestemming, dan ziet u hier waarvoor, op welke grondslag, wat ermee wordt gedaan en waar het wordt bewaard.
numbers-count = Toestemmingen
numbers-purposes = Waarvoor uw gegevens worden gebruikt
numbers-bases = Op welke grondslag
numbers-processing = Wat er met welke gegevens wordt gedaan
numbers-storage = Welke gegevens waar worden bewaard
numbers-how = Een getal zegt hoeveel toestemmingen het toestaan. Een toestemming die meer dan één ding toestaat, telt bij elk mee.
