# What letters say: a subject, and paragraphs between empty lines. A paragraph that is { $code } or { $link } alone is shown large.

letter-contact-code-subject = Confirm your e-mail address
letter-contact-code-text =
    Somebody, most likely you, wants to be found by this e-mail address at { $link }.

    Your code is

    { $code }

    Enter it where you were asked for it, within { $minutes } minutes. It works once.

    If it was not you, do nothing: without the code nothing changes. Never give the code to anybody who asks you for it.

letter-contact-confirmed-subject = Your e-mail address is confirmed
letter-contact-confirmed-text =
    You can now be found by this e-mail address at { $link }.

    If it was not you who confirmed it, somebody else can read your mail: change the password of your mailbox, and confirm the address again yourself.

letter-contact-removed-subject = Your e-mail address was removed
letter-contact-removed-text =
    At { $link }, this e-mail address no longer leads to the account that it led to. Another address was confirmed for that account, or this address was confirmed for another account.

    If it was not you, confirm the address again yourself.

letter-sign-in-subject = Your link to sign in
letter-sign-in-text =
    Follow this link to sign in:

    { $link }

    It works once, within { $minutes } minutes.

    If you did not ask for it, do nothing: nobody is signed in without it. Never pass it on.

letter-sign-up-code-subject = Your code to begin an account
letter-sign-up-code-text =
    Somebody, most likely you, wants to begin an account at { $link } with this e-mail address.

    Your code is

    { $code }

    Enter it where you were asked for it, within { $minutes } minutes. It works once.

    If it was not you, do nothing: without the code there is no account. Never give the code to anybody who asks you for it.

letter-sign-up-known-subject = You have an account already
letter-sign-up-known-text =
    Somebody, most likely you, wanted to begin an account with this e-mail address. It has one already, and nothing was changed.

    Follow this link to sign in to it:

    { $link }

    It works once, within { $minutes } minutes. If it was not you, do nothing. Never pass the link on.

letter-lost-key-code-subject = Stop your consents without your key
letter-lost-key-code-text =
    Somebody, most likely you, told { $link } that the key to your account is lost, and wants to pause or withdraw consents.

    Your code is

    { $code }

    Enter it where you were asked for it, within { $minutes } minutes. It works once. With it consents can only be stopped, never given or resumed.

    If it was not you, do nothing: without the code nothing changes. Never give the code to anybody who asks you for it.

letter-pass-code-subject = Your code to bring your keys to a wallet
letter-pass-code-text =
    Somebody, most likely you, wants to bring the keys of your account at { $link } to a wallet on another device.

    Your code is

    { $code }

    Enter it in the wallet that asks for it, within { $minutes } minutes. It works once. It does not give your keys away: a device that has them, or your recovery kit, must do that.

    If it was not you, do nothing. Never give the code to anybody who asks you for it.

letter-consents-stopped-subject = Your consents were stopped
letter-consents-stopped-text =
    With the code that we sent you, consents of your account at { $link } were paused or withdrawn.

    If it was not you, somebody else can read your mail: change the password of your mailbox. What was paused you can resume with your key; what was withdrawn you can give again.

letter-consent-given-subject = Your receipt for a consent
letter-consent-given-text =
    You gave a consent. This letter is your receipt; keep it.

    Number of the consent: { $consent }

    SHA-256 of the notice that you were shown: { $notice }

    With these two nobody can show you another text later. What you agreed to, in full, to read, print or save, is here, after you have signed in:

    { $link }

    You can pause or withdraw the consent there at any time, as easily as you gave it.

    If it was not you, sign in, withdraw the consent, and look at which devices can sign for you.

letter-acknowledgement-overdue-subject = An acknowledgement is overdue
letter-acknowledgement-overdue-text =
    A consent that a service of yours had has ended. Your acknowledgement of the end is overdue, and the log says so. What is owed is here, after you have signed in:

    { $link }

    Stop what you do with the data, then sign the acknowledgement: assent acknowledge. A late one is recorded as well.

letter-endpoint-failing-subject = A webhook endpoint of yours fails
letter-endpoint-failing-text =
    For a day nothing could be delivered to a webhook endpoint of yours. If that goes on, it is switched off in { $days } days. What was sent, and what your server answered, is here, after you have signed in:

    { $link }

    Once your server answers again, the messages that failed can be sent again from there.

letter-endpoint-off-subject = A webhook endpoint of yours is switched off
letter-endpoint-off-text =
    A webhook endpoint of yours is switched off: it answered that it is gone for good, or nothing could be delivered to it for days. It gets no messages until you switch it on again, here, after you have signed in:

    { $link }

    The messages that failed can then be sent again.

letter-invitation-subject = You are invited to look after a home
letter-invitation-text =
    Somebody who knows this address invites you to see, at { $link }, who uses their data and what for. Who it is you see there, after you have signed in with this e-mail address.

    The invitation is good for 7 days, once, and for this address alone. Nothing happens if you do not accept it. If you do not know anybody who might invite you, do nothing.

letter-notice-request-subject = A service waits for your answer
letter-notice-request-text =
    A service has asked to use your data, and waits for your answer. Read what it wants and what for, and answer as you like:

    { $link }

    Nothing is used before you say yes. You need not answer.

letter-notice-first-access-subject = Your data was used for the first time
letter-notice-first-access-text =
    Data was used on one of your consents for the first time. Which data, by whom and what for is here:

    { $link }

    You can pause or withdraw the consent there at any time. Later uses are in My Home and come without a letter.

letter-notice-expiry-soon-subject = One of your consents ends in two weeks
letter-notice-expiry-soon-text =
    One of your consents ends soon, as you agreed. Which one is here:

    { $link }

    You need do nothing: it ends by itself. If you want it to go on, the service has to ask you anew.

letter-notice-conditions-changed-subject = A service has changed its conditions
letter-notice-conditions-changed-text =
    A service that may use your data has changed the conditions that it asks people to agree to. Your consent stays as you gave it, under the conditions of then. If the service wants the new ones to hold for you, it has to ask you, and you are shown what changed.

    { $link }

letter-notice-overdue-subject = A service did not confirm the end in time
letter-notice-overdue-text =
    You ended a consent, and a service should have confirmed with its signature that it has seen the end. It did not do so in time, and this is written into the log. Nobody gets data on that consent all the same.

    Whom you can write to is here:

    { $link }

letter-notice-signed-in-subject = Somebody signed in to your account
letter-notice-signed-in-text =
    Somebody, most likely you, has signed in to your account. More is here:

    { $link }

    If it was not you, sign in, press "Sign out everywhere" on that page, and change your keys.

letter-notice-keys-changed-subject = The keys of your account have changed
letter-notice-keys-changed-text =
    The keys of your account were replaced, or a new one was installed with your recovery key. More is here:

    { $link }

    If it was not you, somebody else has your keys or your recovery key. Sign in at once, and withdraw what you no longer want.

letter-notice-delegate-acted-subject = Somebody you let in has done something
letter-notice-delegate-acted-text =
    Somebody whom you let look after your home has accepted your invitation or paused a consent. What was done is here:

    { $link }

    You can take it back there, or no longer let that person in.

letter-open = Open in Assent
letter-foot = This letter comes from Assent at { $node }. It asks for no password, and loads nothing when it is opened.
letter-foot-optional = You can turn letters of this kind off: { $off }

letter-device-added-subject = A device can sign for you now
letter-device-added-text =
    A device more has your keys and can sign for you. All your devices are here:

    { $link }

    If it was not you, remove the device there at once, and look at what was agreed to since.

letter-recovery-kit-made-subject = A recovery kit was made
letter-recovery-kit-made-text =
    A recovery kit was made: whoever has its code and can sign in as you gets your keys. All that opens your keys is here:

    { $link }

    If it was not you, remove the kit there at once.

letter-key-passkey-added-subject = A passkey opens your keys now
letter-key-passkey-added-text =
    A passkey more opens your keys. All that opens them is here:

    { $link }

    If it was not you, remove it there at once, and remove the passkey from your account.

letter-device-removed-subject = A device was removed
letter-device-removed-text =
    Something that opened your keys, a device or a kit, does so no more. What still opens them is here:

    { $link }

    If it was not you, somebody else can act with your keys: look at your devices there, and at what was agreed to lately.

letter-passkey-added-subject = A passkey was added to your account
letter-passkey-added-text =
    A passkey was added to your account at { $link }. Whoever has it can sign in there.

    If it was not you, sign in by a link, remove the passkey under Account, and sign out everywhere. Nobody can sign in with it after that.

letter-passkey-stopped-subject = A passkey of your account was stopped
letter-passkey-stopped-text =
    One of your passkeys at { $link } was used in a way that shows that there may be a copy of it. It was stopped: nobody signs in with it any more, and nobody was let in.

    Sign in by a link or another passkey, remove the stopped one under Account, and make a new one.
