# What letters say: a subject, and paragraphs between empty lines. A paragraph that is { $code } or { $link } alone is shown large.

letter-contact-code-subject = Bevestig uw e-mailadres
letter-contact-code-text =
    Iemand, waarschijnlijk uzelf, wil via dit e-mailadres te vinden zijn bij { $link }.

    Uw code is

    { $code }

    Vul de code binnen { $minutes } minuten in waar erom is gevraagd. De code werkt één keer.

    Was u het niet? Dan hoeft u niets te doen: zonder de code verandert er niets. Geef de code nooit aan iemand die erom vraagt.

letter-contact-confirmed-subject = Uw e-mailadres is bevestigd
letter-contact-confirmed-text =
    U bent nu via dit e-mailadres te vinden bij { $link }.

    Hebt u het niet zelf bevestigd? Dan kan iemand anders uw e-mail lezen: wijzig het wachtwoord van uw mailbox en bevestig het adres daarna zelf opnieuw.

letter-contact-removed-subject = Uw e-mailadres is losgekoppeld
letter-contact-removed-text =
    Bij { $link } leidt dit e-mailadres niet meer naar het account waar het naartoe leidde. Voor dat account is een ander adres bevestigd, of dit adres is voor een ander account bevestigd.

    Was u het niet? Bevestig het adres dan zelf opnieuw.

letter-sign-in-subject = Uw link om in te loggen
letter-sign-in-text =
    Volg deze link om in te loggen:

    { $link }

    De link werkt één keer, binnen { $minutes } minuten.

    Hebt u er niet om gevraagd, doe dan niets: zonder de link wordt er niemand ingelogd. Geef hem nooit door.

letter-sign-up-code-subject = Uw code om een account te beginnen
letter-sign-up-code-text =
    Iemand, waarschijnlijk uzelf, wil met dit e-mailadres een account beginnen bij { $link }.

    Uw code is

    { $code }

    Vul de code binnen { $minutes } minuten in waar erom is gevraagd. De code werkt één keer.

    Was u het niet? Dan hoeft u niets te doen: zonder de code komt er geen account. Geef de code nooit aan iemand die erom vraagt.

letter-sign-up-known-subject = U hebt al een account
letter-sign-up-known-text =
    Iemand, waarschijnlijk uzelf, wilde met dit e-mailadres een account beginnen. Er is er al een, en er is niets veranderd.

    Volg deze link om daar in te loggen:

    { $link }

    De link werkt één keer, binnen { $minutes } minuten. Was u het niet? Dan hoeft u niets te doen. Geef de link nooit door.

letter-lost-key-code-subject = Stop uw toestemmingen zonder uw sleutel
letter-lost-key-code-text =
    Iemand, waarschijnlijk uzelf, heeft bij { $link } gemeld dat de sleutel van uw account kwijt is, en wil toestemmingen pauzeren of intrekken.

    Uw code is

    { $code }

    Vul de code binnen { $minutes } minuten in waar erom is gevraagd. De code werkt één keer. Toestemmingen kunnen er alleen mee worden gestopt, nooit gegeven of hervat.

    Was u het niet? Dan hoeft u niets te doen: zonder de code verandert er niets. Geef de code nooit aan iemand die erom vraagt.

letter-pass-code-subject = Uw code om uw sleutels naar een wallet te halen
letter-pass-code-text =
    Iemand, waarschijnlijk uzelf, wil de sleutels van uw account bij { $link } naar een wallet op een ander apparaat halen.

    Uw code is

    { $code }

    Vul de code binnen { $minutes } minuten in de wallet in die erom vraagt. De code werkt één keer. Uw sleutels geeft u er niet mee weg: dat doet een apparaat dat ze heeft, of uw herstelkit.

    Was u het niet? Dan hoeft u niets te doen. Geef de code nooit aan iemand die erom vraagt.

letter-consents-stopped-subject = Uw toestemmingen zijn gestopt
letter-consents-stopped-text =
    Met de code die wij u hebben gestuurd, zijn toestemmingen van uw account bij { $link } gepauzeerd of ingetrokken.

    Was u het niet? Dan kan iemand anders uw e-mail lezen: wijzig het wachtwoord van uw mailbox. Wat is gepauzeerd, kunt u met uw sleutel hervatten; wat is ingetrokken, kunt u opnieuw geven.

letter-consent-given-subject = Uw bewijs van een toestemming
letter-consent-given-text =
    U hebt toestemming gegeven. Deze brief is uw bewijs; bewaar hem.

    Nummer van de toestemming: { $consent }

    SHA-256 van de verklaring die u is getoond: { $notice }

    Met deze twee kan niemand u later een andere tekst voorhouden. Waarmee u instemde, volledig om te lezen, af te drukken of te bewaren, staat hier nadat u hebt ingelogd:

    { $link }

    U kunt de toestemming daar altijd pauzeren of intrekken, even makkelijk als u haar gaf.

    Was u het niet, log dan in, trek de toestemming in en kijk welke apparaten voor u kunnen tekenen.

letter-acknowledgement-overdue-subject = Een ontvangstbevestiging is te laat
letter-acknowledgement-overdue-text =
    Een toestemming die een dienst van u had, is beëindigd. Uw bevestiging van het einde is te laat, en dat staat in het logboek. Wat u nog moet bevestigen, staat hier nadat u hebt ingelogd:

    { $link }

    Stop met wat u met de gegevens doet en onderteken dan de bevestiging: assent acknowledge. Ook een late bevestiging wordt vastgelegd.

letter-endpoint-failing-subject = Een webhook-adres van u werkt niet
letter-endpoint-failing-text =
    Al een dag lang kon er niets worden bezorgd bij een webhook-adres van u. Blijft dat zo, dan wordt het over { $days } dagen uitgeschakeld. Wat er is verstuurd en wat uw server antwoordde, staat hier nadat u hebt ingelogd:

    { $link }

    Zodra uw server weer antwoordt, kunnen de mislukte berichten daar opnieuw worden verstuurd.

letter-endpoint-off-subject = Een webhook-adres van u is uitgeschakeld
letter-endpoint-off-text =
    Een webhook-adres van u is uitgeschakeld: het antwoordde dat het voorgoed weg is, of er kon dagenlang niets worden bezorgd. Het krijgt geen berichten totdat u het weer inschakelt, hier, nadat u hebt ingelogd:

    { $link }

    De mislukte berichten kunnen daarna opnieuw worden verstuurd.

letter-invitation-subject = U bent uitgenodigd om op een huis te letten
letter-invitation-text =
    Iemand die dit adres kent, nodigt u uit om op { $link } te zien wie zijn of haar gegevens gebruikt en waarvoor. Wie het is, ziet u daar, nadat u met dit e-mailadres bent ingelogd.

    De uitnodiging geldt 7 dagen, één keer en alleen voor dit adres. Er gebeurt niets als u haar niet aanneemt. Kent u niemand die u zou uitnodigen, doe dan niets.

letter-notice-request-subject = Een dienst wacht op uw antwoord
letter-notice-request-text =
    Een dienst heeft gevraagd of hij uw gegevens mag gebruiken en wacht op uw antwoord. Lees wat hij wil en waarvoor, en antwoord zoals u wilt:

    { $link }

    Er wordt niets gebruikt voordat u ja zegt. U hoeft niet te antwoorden.

letter-notice-first-access-subject = Uw gegevens zijn voor het eerst gebruikt
letter-notice-first-access-text =
    Op een van uw toestemmingen zijn voor het eerst gegevens gebruikt. Welke gegevens, door wie en waarvoor staat hier:

    { $link }

    Daar kunt u de toestemming op elk moment pauzeren of intrekken. Later gebruik staat in Mijn Huis en komt zonder brief.

letter-notice-expiry-soon-subject = Een van uw toestemmingen eindigt over twee weken
letter-notice-expiry-soon-text =
    Een van uw toestemmingen eindigt binnenkort, zoals u had afgesproken. Welke het is, staat hier:

    { $link }

    U hoeft niets te doen: ze eindigt vanzelf. Wilt u dat ze doorgaat, dan moet de dienst het u opnieuw vragen.

letter-notice-conditions-changed-subject = Een dienst heeft zijn voorwaarden gewijzigd
letter-notice-conditions-changed-text =
    Een dienst die uw gegevens mag gebruiken, heeft de voorwaarden gewijzigd die hij mensen voorlegt. Uw toestemming blijft zoals u haar gaf, onder de voorwaarden van toen. Wil de dienst dat de nieuwe ook voor u gelden, dan moet hij het u vragen en ziet u wat er is veranderd.

    { $link }

letter-notice-overdue-subject = Een dienst heeft het einde niet op tijd bevestigd
letter-notice-overdue-text =
    U beëindigde een toestemming en een dienst had met zijn handtekening moeten bevestigen dat hij het einde heeft gezien. Dat deed hij niet op tijd, en dat staat nu in het logboek. Op die toestemming krijgt toch niemand meer gegevens.

    Aan wie u kunt schrijven, staat hier:

    { $link }

letter-notice-signed-in-subject = Er is op uw account ingelogd
letter-notice-signed-in-text =
    Iemand, waarschijnlijk uzelf, is op uw account ingelogd. Meer staat hier:

    { $link }

    Was u het niet, log dan in, druk op die pagina op "Overal uitloggen" en vervang uw sleutels.

letter-notice-keys-changed-subject = De sleutels van uw account zijn gewijzigd
letter-notice-keys-changed-text =
    De sleutels van uw account zijn vervangen, of er is met uw herstelsleutel een nieuwe ingesteld. Meer staat hier:

    { $link }

    Was u het niet, dan heeft iemand anders uw sleutels of uw herstelsleutel. Log meteen in en trek in wat u niet meer wilt.

letter-notice-delegate-acted-subject = Iemand die u binnenliet heeft iets gedaan
letter-notice-delegate-acted-text =
    Iemand die u op uw huis laat letten, heeft uw uitnodiging aangenomen of een toestemming gepauzeerd. Wat er is gedaan, staat hier:

    { $link }

    U kunt het daar terugdraaien, of die persoon niet langer binnenlaten.

letter-open = Openen in Assent
letter-foot = Deze brief komt van Assent op { $node }. Er wordt niet om een wachtwoord gevraagd, en bij het openen wordt niets geladen.
letter-foot-optional = U kunt dit soort brieven uitzetten: { $off }

letter-device-added-subject = Een apparaat kan nu voor u tekenen
letter-device-added-text =
    Een apparaat meer heeft uw sleutels en kan voor u tekenen. Al uw apparaten staan hier:

    { $link }

    Was u het niet? Verwijder het apparaat daar dan meteen en kijk waarmee sindsdien is ingestemd.

letter-recovery-kit-made-subject = Er is een herstelkit gemaakt
letter-recovery-kit-made-text =
    Er is een herstelkit gemaakt: wie de code ervan heeft en als u kan inloggen, krijgt uw sleutels. Alles wat uw sleutels opent, staat hier:

    { $link }

    Was u het niet? Verwijder de kit daar dan meteen.

letter-key-passkey-added-subject = Een passkey opent nu uw sleutels
letter-key-passkey-added-text =
    Een passkey meer opent uw sleutels. Alles wat ze opent, staat hier:

    { $link }

    Was u het niet? Verwijder haar daar dan meteen, en verwijder de passkey uit uw account.

letter-device-removed-subject = Een apparaat is verwijderd
letter-device-removed-text =
    Iets wat uw sleutels opende, een apparaat of een kit, doet dat niet meer. Wat ze nog opent, staat hier:

    { $link }

    Was u het niet? Dan kan iemand anders met uw sleutels handelen: kijk daar naar uw apparaten en naar waarmee de laatste tijd is ingestemd.

letter-passkey-added-subject = Er is een passkey aan uw account toegevoegd
letter-passkey-added-text =
    Er is een passkey toegevoegd aan uw account bij { $link }. Wie hem heeft, kan daar inloggen.

    Was u dat niet zelf? Log dan in met een link, verwijder de passkey onder Account en log overal uit. Daarna kan er niemand meer mee inloggen.

letter-passkey-stopped-subject = Een passkey van uw account is stopgezet
letter-passkey-stopped-text =
    Een van uw passkeys bij { $link } is zo gebruikt dat er misschien een kopie van bestaat. Hij is stopgezet: er kan niemand meer mee inloggen, en er is niemand binnengelaten.

    Log in met een link of een andere passkey, verwijder de stopgezette onder Account en maak een nieuwe.
