# What the wallet in a page says.
wallet-not-built = This node was built without the wallet, so no key in this browser can sign here.
wallet-making = Your keys are being made in this browser…
wallet-confirming = Your address is being confirmed…
wallet-signing = Your wallet checks what was signed, and then signs…
wallet-checking = Signatures, chain and log are being checked in this browser…
wallet-no-keys = The keys of this account are not in this browser. Use the device where you began, or the one that you added.
wallet-unreachable = The node does not answer. Check your connection and try again.
wallet-code-wrong = This is not the code. Check it letter by letter; it has eight characters.
wallet-declined = The node did not accept it ({ $code }). Nothing was changed.
wallet-refused = Your wallet did not sign: what the node shows is not what was signed ({ $code }). Nothing was sent. Tell the operator.
wallet-failed = This browser could not do it ({ $code }). A current version of Chrome, Edge, Firefox or Safari can.
wallet-intact-what = Your browser can check by itself that nobody has changed or removed a part of this record.
wallet-intact-check = Check that the record is intact
wallet-intact = The record is intact. Signed records that were checked: { $records }. Each continues the one before, and all are in the log as it was on { $time }.
wallet-broken = The record is not intact ({ $code }). Keep the evidence and tell the supervisory authority or the operator.
wallet-sign-in-what = This browser has the keys of an account.
wallet-sign-in = Sign in with the key in this browser
