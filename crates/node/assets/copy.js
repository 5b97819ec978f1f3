// A button that copies the text of an element. Without it the text is there to be selected.
customElements.define("assent-copy", class extends HTMLElement {
  connectedCallback() {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "quiet";
    button.textContent = this.getAttribute("words");
    const said = document.createElement("span");
    said.setAttribute("role", "status");
    said.className = "fine";
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(document.getElementById(this.getAttribute("from")).textContent.trim());
      said.textContent = this.getAttribute("done");
    });
    // Where the page is not served safely there is no clipboard.
    if (navigator.clipboard) this.replaceChildren(button, said);
  }
});
