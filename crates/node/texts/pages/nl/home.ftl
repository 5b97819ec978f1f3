welcome-title = Uw gegevens, op uw woord
welcome-lead = Hier ziet u wie uw gegevens mag gebruiken en waarvoor, zegt u ja of nee, en trekt u het in wanneer u wilt.
welcome-see = Zie wie welke gegevens kan gebruiken, waarvoor, en wanneer dat het laatst gebeurde.
welcome-decide = Geven, pauzeren, beperken en intrekken: het geldt meteen.
welcome-prove = Elke beslissing is ondertekend en staat in een logboek dat niemand ongemerkt kan wijzigen.
home-title = Mijn Huis
home-active = { $count ->
    [one] Eén actieve toestemming
   *[other] { $count } actieve toestemmingen
}
home-paused = { $count ->
    [one] Eén gepauzeerde toestemming
   *[other] { $count } gepauzeerde toestemmingen
}
