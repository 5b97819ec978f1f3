// Passkeys: signing in with one, and making one. Where the browser has none, nothing of this is
// shown, and the mailed link remains.
const form = document.getElementById("passkey");
const said = form.querySelector("[role=status]");
const button = form.querySelector("button");
const name = form.querySelector("[name=name]");
const isNew = name !== null;

const has = (method) => typeof window.PublicKeyCredential?.[method] === "function";
if (has("parseCreationOptionsFromJSON") && has("parseRequestOptionsFromJSON")) {
  form.hidden = false;
  document.getElementById("no-passkeys")?.remove();
}

/** Posts JSON; the answer, or an error that is called by the code of the problem. */
async function post(path, body) {
  const headers = { "content-type": "application/json" };
  const answer = await fetch(path, { method: "POST", headers, body: JSON.stringify(body) });
  if (answer.ok && !answer.redirected) return answer.status === 204 ? {} : answer.json();
  // Signed out, or signed in too long ago: the page itself leads to the way in.
  const { code } = await answer.json().catch(() => ({}));
  if (answer.redirected || ["unauthenticated", "sign-in-again"].includes(code)) location.reload();
  throw Object.assign(new Error(code), { name: code ?? "failed" });
}

/** Has the authenticator answer, which asks the person. */
async function credential({ publicKey }) {
  const { credentials } = navigator;
  const made = isNew
    ? await credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(publicKey) })
    : await credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(publicKey) });
  return made.toJSON();
}

/** Words for what went wrong: the form has them by the name of the error. */
function words(error) {
  const key = error.name.replace(/^passkey-/, "").replace(/Error$/, "").toLowerCase();
  return form.dataset[key] ?? form.dataset.failed;
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  button.disabled = true;
  said.textContent = form.dataset.wait;
  try {
    const answer = { credential: await credential(await post(form.dataset.begin, {})) };
    const more = isNew ? { name: name.value } : { here: form.dataset.here };
    const { here } = await post(form.dataset.end, { ...answer, ...more });
    location.assign(here ?? form.dataset.here);
  } catch (error) {
    said.textContent = words(error);
    button.disabled = false;
  }
});
