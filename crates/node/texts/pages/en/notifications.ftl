# What people are told without asking. What is told stands behind notification-, with -words where it names a service.
nav-notifications = Messages
nav-unseen = { $count ->
    [10] 10 or more new
   *[other] { $count } new
}
notifications-title = Messages
notifications-none = There are no messages. You are told here when a service asks you something, when data is used for the first time, before a consent ends, and whenever somebody signs in.
notifications-see = I have seen these
notifications-new = New
notifications-settings = How do you want to be told?
notifications-address = Letters go to
notifications-no-address = You have confirmed no e-mail address, so nothing can be sent to you. Everything appears here.
notifications-always = Always here and by e-mail: it tells you when somebody else may be at work in your account. It cannot be turned off.
notifications-on-page = Here in My Home
notifications-by-letter = By e-mail
notifications-save = Save
notifications-saved = Saved.
notification-request = A service asks for my consent
notification-first-access = My data is used for the first time on a consent
notification-expiry-soon = A consent ends in 14 days
notification-conditions-changed = A service has changed its conditions
notification-overdue = A service did not confirm in time that it has seen an end
notification-signed-in = Somebody signs in to my account
notification-keys-changed = The keys of my account change
notification-delegate-acted = Somebody I let in does something
notification-request-words = { $name } asks for your consent
notification-first-access-words = Data was used for the first time on your consent for { $name }
notification-expiry-soon-words = Your consent for { $name } ends in 14 days
notification-conditions-changed-words = { $name } has changed its conditions. Your consent stays as you gave it
notification-overdue-words = The end of your consent for { $name } was not confirmed in time
notification-signed-in-words = Somebody signed in to your account. If it was not you, sign out everywhere
notification-keys-changed-words = The keys of your account were changed
notification-delegate-acted-words = Somebody you let in has done something
unsubscribe-title = No more of these letters?
unsubscribe-lead = You get letters about this:
unsubscribe-now = Send me none of these any more
unsubscribe-done = You get no more of these letters. In My Home you see it all the same.
unsubscribe-settings = All settings of messages (sign in)
