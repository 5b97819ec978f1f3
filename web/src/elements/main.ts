/** The wallet as a page loads it: names its elements. */

import { ConsentForm } from "./consent_form.js";
import { Intact } from "./intact.js";
import { LinkForm } from "./link_form.js";
import { SignIn } from "./sign_in.js";
import { SignUp } from "./sign_up.js";
import { Status } from "./status.js";

customElements.define("assent-consent-form", ConsentForm);
customElements.define("assent-intact", Intact);
customElements.define("assent-link", LinkForm);
customElements.define("assent-sign-in", SignIn);
customElements.define("assent-sign-up", SignUp);
customElements.define("assent-status", Status);
