# Meters: devices at home that publish what they measure, and who may read it.
nav-meters = Meters
meters-title = Meters
meters-lead = A meter that is paired with you publishes what it measures, encrypted. Only services that you gave a consent can read it, and only as long as the consent stands.
meters-done-paired = The meter is paired with you.
meters-done-unpaired = The meter is unpaired. It publishes nothing for you any more.
meters-own-title = Pair with your own keys
meters-own = Your keys are with you alone, in a wallet that no page of this node reaches. Pair the meter with the command line, where your wallet is. There you also say which consents may read it, and unpair it:
meters-none = No meter is paired yet
meters-none-what = A smart meter with a P1 port knows what your home uses and returns. Paired, it tells the services that you choose, and nobody else.
meters-none-reader = Plug the reader into the meter and start it. It shows a code of eight letters.
meters-none-code = Add the meter here with that code. Nobody who listens learns anything from it.
meters-none-consent = Give a service a consent for the data. Withdraw it, and the service is shut out within a second.
meters-open = Paired
meters-closed = Unpaired
meters-records = { $count ->
    [0] Nothing of it has come yet.
    [one] One record of it has come.
   *[other] { $count } records of it have come.
}
meters-readers = What reads it
meters-readers-none = Nothing yet. A service asks you for a consent; what you give it says which data of the meter it reads.
meters-grant = Let it read
meters-grant-named = Let { $name } read
meters-done-granted = The meter was told: the service may read it as long as the consent stands.
meters-history = Let { $name } read earlier measurements too
meters-history-means = What the meter published before, from this day on (UTC), as far as this node still has it. Nothing of it can be taken back once it was read. Days on which nobody read the meter are there only if it archives them.
meters-history-from = First day:
meters-history-give = Give these as well
meters-history-since = It may also read what was measured before, from { $day } on.
meters-history-wrong = Choose a day that has begun. Nothing was changed.
meters-unpair = Unpair
meters-unpair-named = Unpair { $name }
meters-add = Add a meter
meters-add-title = Add a meter
meters-add-lead = The reader at your meter shows a code. It is good for ten minutes and for you alone: tell it to nobody.
meters-code = Code that the reader shows:
meters-code-form = Eight letters, such as BCDF-GHJK. Capital and small letters are the same.
meters-look = Look for it
meters-back = Meters
meters-found = Is this the meter that you stand before?
meters-confirm-means = If you pair it, you alone decide who reads what it measures. The log says that somebody holds it, and not who.
meters-confirm-waits = The reader has to be on. This takes some seconds.
meters-confirm = Pair it with me
meters-confirm-not = Do not
meters-unsigned = Your key is in this browser and did not sign, so nothing was paired. Switch JavaScript on and enter the code again.
meters-code-mistyped = This is no code. A code has eight letters and no vowels. Check it letter by letter.
meters-code-unknown = No reader shows this code. Check it letter by letter; after ten minutes the reader shows another.
meters-code-wrong = The reader shows another code, or somebody is in between. Nothing was paired. Check the code letter by letter; after three attempts the reader shows another.
meters-spent = This code is good for nothing any more. Enter the new one that the reader shows.
meters-busy = Somebody is entering this code at the moment. Make sure that you alone stand before the reader, and try again in a minute.
meters-silent = The reader did not answer. Check that it is on and connected, and enter the code that it shows now.
meters-unanswered = The reader went silent at the last moment. Look at your meters in a minute: it may be paired yet.
meters-not-recorded = The log did not take the pairing. Let the reader show another code.
unpair-title = Unpair this meter?
unpair-means = It stops publishing for you at once, and every service that reads it is shut out. What they have read stays with them, as their conditions say. Your consents stay.
unpair-final = There is no way back: if you pair the meter again, it begins anew, and services read it only after you let them.
unpair-now = Unpair it now
