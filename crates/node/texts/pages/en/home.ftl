welcome-title = Your data, with your word
welcome-lead = Here you see who may use your data and what for, you say yes or no, and you take it back whenever you like.
welcome-see = See who can use which data, for what, and when it was last used.
welcome-decide = Give, pause, narrow and withdraw: it counts at once.
welcome-prove = Every decision is signed and written into a log that nobody can change unnoticed.
home-title = My Home
home-active = { $count ->
    [one] One active consent
   *[other] { $count } active consents
}
home-paused = { $count ->
    [one] One paused consent
   *[other] { $count } paused consents
}
