nav-services = Services
nav-account = Account
services-title = Services
services-lead = The services that know you here, each under a name of its own that no other service knows.
services-none = You are linked with no service yet. A service sends you here when you link it on its own site.
services-linked = Linked
services-removed = Removed
services-remove = Remove the link
services-restore = Restore the link
services-own-key = Your keys are your own. Change the link where they are:
unlink-title = Remove the link?
unlink-means = The service can ask you for nothing any more. What you allowed over this link is paused at once.
unlink-pauses = { $count ->
    [0] No active consent hangs on it.
    [one] One active consent is paused with it.
   *[other] { $count } active consents are paused with it.
}
unlink-now = Remove the link
unlink-back = Leave it as it is
account-title = Account
account-email = E-mail
account-no-email = None is confirmed
account-id = Number of your account
account-keys = Who keeps your keys
account-keys-hosted = The operator keeps them, sealed, and signs what you answer here.
account-keys-page = This browser keeps them. The operator cannot sign for you.
account-keys-independent = You keep them in a wallet of your own. The operator cannot sign for you.
account-export = Take everything with you
account-export-what = One file with all that is known here about you: consents, requests, forms, uses, and what happened.
account-export-now = Download
account-sessions = Signed in elsewhere?
account-sessions-what = Signs this account out at every browser, and voids links that wait in your mailbox.
account-sessions-end = Sign out everywhere
account-erase-what = Erases what is known here about you. There is no way back.
account-erase = Erase my account
erase-title = Erase my account
erase-lead = There is no way back. Take your data with you first.
erase-goes = Erased: your e-mail address, your answers to forms, which names at services are yours, and keys that are kept here.
erase-stays = What stays: the signed log. It has numbers and signatures in it, and nothing that names you.
erase-first = All your consents must have ended first. Withdraw those that are still active or paused.
erase-type = To confirm, type the number of your account:
erase-mistyped = That is not the number of your account. Nothing was erased.
erase-now = Erase for good
erase-back = Keep my account
erased-title = Your account is erased
erased = Nothing that names you is kept here any more. You are signed out.
consent-receipt = Receipt
