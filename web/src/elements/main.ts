/** The wallet as a page loads it: names its elements. */

import { AddDevice } from "./add_device.js";
import { ConsentForm } from "./consent_form.js";
import { Devices } from "./devices.js";
import { Intact } from "./intact.js";
import { Join, UseKit } from "./join.js";
import { Kit } from "./kit.js";
import { LinkForm } from "./link_form.js";
import { Meter } from "./meter.js";
import { PairMeter } from "./pair_meter.js";
import { SignIn } from "./sign_in.js";
import { SignUp } from "./sign_up.js";
import { Status } from "./status.js";

customElements.define("assent-add-device", AddDevice);
customElements.define("assent-consent-form", ConsentForm);
customElements.define("assent-devices", Devices);
customElements.define("assent-intact", Intact);
customElements.define("assent-join", Join);
customElements.define("assent-kit", Kit);
customElements.define("assent-link", LinkForm);
customElements.define("assent-meter", Meter);
customElements.define("assent-pair-meter", PairMeter);
customElements.define("assent-sign-in", SignIn);
customElements.define("assent-sign-up", SignUp);
customElements.define("assent-status", Status);
customElements.define("assent-use-kit", UseKit);
