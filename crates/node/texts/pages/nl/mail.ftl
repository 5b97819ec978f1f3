mail-title = Brieven
mail-here = Deze node heeft geen mailserver: wat er verstuurd zou zijn, is hier te lezen.
mail-lead = Deze node heeft geen mailserver en schrijft zijn brieven naar bestanden. Ze worden alleen op deze machine getoond, de nieuwste eerst; met een mailserver is deze pagina er niet meer.
mail-none = Nog geen brieven.
mail-to = Aan { $name }
mail-open = Link openen
mail-html = Als HTML
