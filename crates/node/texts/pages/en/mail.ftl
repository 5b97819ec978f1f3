mail-title = Letters
mail-here = This node has no mail server: what it would have sent can be read here.
mail-lead = This node has no mail server and writes its letters to files. They are shown to this machine only, newest first; with a mail server this page is gone.
mail-none = No letters yet.
mail-to = To { $name }
mail-open = Open the link
mail-html = As HTML
