// The editor of descriptions: says while somebody types what is wrong, and leads to the line.
// Without it the same page works by its buttons.
const form = document.getElementById("editor");
const text = document.getElementById("text");
const findings = document.getElementById("findings");
let waiting;
let asked = 0;

async function check() {
  const turn = ++asked;
  const answer = await fetch(form.dataset.check, {
    method: "POST",
    body: new URLSearchParams({ text: text.value }),
  });
  if (answer.ok && turn === asked) {
    findings.innerHTML = await answer.text();
    text.setAttribute("aria-invalid", String(findings.querySelector("[role=alert]") !== null));
  }
}

text.addEventListener("input", () => {
  clearTimeout(waiting);
  waiting = setTimeout(() => check().catch(() => {}), 600);
});

findings.addEventListener("click", (event) => {
  const line = Number(event.target.dataset.line);
  if (!line) return;
  event.preventDefault();
  const lines = text.value.split("\n");
  const begin = lines.slice(0, line - 1).join("\n").length + (line > 1 ? 1 : 0);
  text.focus();
  text.setSelectionRange(begin, begin + (lines[line - 1] ?? "").length);
});

document.getElementById("error-summary")?.focus();
