welcome-title = Dine data, på dit ord
welcome-lead = Her ser du, hvem der må bruge dine data og til hvad, du siger ja eller nej, og du trækker det tilbage, når du vil.
welcome-see = Se hvem der kan bruge hvilke data, til hvad, og hvornår det sidst skete.
welcome-decide = Giv, sæt på pause, begræns og træk tilbage: det gælder med det samme.
welcome-prove = Hver beslutning er underskrevet og står i en log, som ingen kan ændre ubemærket.
home-title = Mit Hjem
home-active = { $count ->
    [one] Et aktivt samtykke
   *[other] { $count } aktive samtykker
}
home-paused = { $count ->
    [one] Et samtykke på pause
   *[other] { $count } samtykker på pause
}
