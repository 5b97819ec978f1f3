# Linking with a service.
link-title = { $name } wants to link with you
link-address = Address
link-meaning = What a link means
link-no-data = No data is given. The service can ask you for consent, and you answer each time.
link-pseudonym = The service knows you here by a number that no other service has.
link-removal = You can remove the link in My Home at any time; that pauses every consent that hangs on it.
link-custody-independent = Your keys are with you alone. Open this page in your own wallet to link.
link-give = Link
link-refuse = Do not link
link-done-title = Almost done
link-done = You have signed the link with { $name }. Go back there to finish; it counts once { $name } has signed it too.
link-refused-title = Not linked
link-refused = { $name } does not get a link.
link-own-key-title = Your own key must sign
link-own-key = A button alone cannot link you with { $name }: your key is with you. Go back, and link with JavaScript switched on or with your own wallet.
link-question = Question for your wallet
link-record = Answer of your wallet
