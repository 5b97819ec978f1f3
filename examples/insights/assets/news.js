// Says what is new without loading the page again; when the consent stands elsewhere, the page is another.

const { phase } = document.body.dataset;
const news = new EventSource("/events");

news.addEventListener("news", ({ data }) => {
  const said = JSON.parse(data);
  if (said.phase !== phase) {
    news.close();
    location.assign("/");
    return;
  }
  for (const place of document.querySelectorAll("[data-figure]")) {
    const figure = said.figures[place.dataset.figure];
    if (figure !== undefined && figure !== place.textContent) place.textContent = figure;
  }
  document.dispatchEvent(new CustomEvent("insights-news", { detail: said }));
});
