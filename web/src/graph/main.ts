/** Graphs of power in pages of services: one for each element of class `graph`, with what it says it follows. */

import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";

type Power = [at: number, used: number | null, fedIn: number | null];

interface Columns {
  at: number[];
  used: (number | null)[];
  fed_in: (number | null)[];
}

interface News {
  readonly power?: Power;
  readonly quarters: number;
}

/** Seconds that are shown of what comes. */
const WINDOW = 3600;
/** Seconds without a reading that are a gap: no line is drawn over it. */
const SILENCE = 60;
const HEIGHT = 240;

class Graph {
  readonly #place: HTMLElement;
  readonly #plot: uPlot;
  #columns: Columns = { at: [], used: [], fed_in: [] };
  #quarters = -1;

  constructor(place: HTMLElement) {
    this.#place = place;
    this.#plot = new uPlot(this.#options(), this.#data(), place);
    new ResizeObserver(() => this.#plot.setSize({ width: place.clientWidth, height: HEIGHT })).observe(place);
    void this.#load();
  }

  /** Takes in what is new, if it is of what this graph follows. */
  take(news: News): void {
    if (this.#place.dataset["follows"] === "power" && news.power) this.#add(news.power);
    if (this.#place.dataset["follows"] === "quarters") {
      if (this.#quarters >= 0 && news.quarters !== this.#quarters) void this.#load();
      this.#quarters = news.quarters;
    }
  }

  async #load(): Promise<void> {
    const answer = await fetch(this.#place.dataset["source"] ?? "");
    if (!answer.ok) return;
    this.#columns = (await answer.json()) as Columns;
    this.#plot.setData(this.#data());
  }

  #add([at, used, fedIn]: Power): void {
    const { at: times, used: all, fed_in: back } = this.#columns;
    const last = times.at(-1);
    if (last === undefined || at <= last) return;
    if (at - last > SILENCE) {
      times.push(last + 1);
      all.push(null);
      back.push(null);
    }
    times.push(at);
    all.push(used);
    back.push(fedIn);
    const old = times.findIndex((time) => time > at - WINDOW);
    for (const column of [times, all, back]) column.splice(0, old);
    this.#plot.setData(this.#data());
  }

  /** In kilowatts. */
  #data(): uPlot.AlignedData {
    const kilo = (watts: number | null): number | null => (watts === null ? null : watts / 1000);
    const { at, used, fed_in } = this.#columns;
    return [at, used.map(kilo), fed_in.map(kilo)];
  }

  /** Times as the language of the page writes them, with the day below where another begins. */
  #times(zone: string | undefined): (plot: uPlot, ticks: number[]) => string[] {
    const said = document.documentElement.lang;
    // English without a country is that of this side of the ocean: its days come before its months.
    const language = said === "en" ? "en-GB" : said;
    const clock = (seconds: boolean): Intl.DateTimeFormat =>
      new Intl.DateTimeFormat(language, {
        timeZone: zone ?? "UTC",
        hourCycle: "h23",
        hour: "2-digit",
        minute: "2-digit",
        ...(seconds ? { second: "2-digit" } : {}),
      });
    const [minutes, seconds] = [clock(false), clock(true)];
    const days = new Intl.DateTimeFormat(language, { timeZone: zone ?? "UTC", day: "numeric", month: "short" });
    return (_, ticks) => {
      const isClose = ticks.length > 1 && (ticks[1] ?? 0) - (ticks[0] ?? 0) < 60;
      let before = "";
      return ticks.map((tick) => {
        const [at, time] = [new Date(tick * 1000), isClose ? seconds : minutes];
        const day = days.format(at);
        const isNew = day !== before;
        before = day;
        return isNew ? `${time.format(at)}\n${day}` : time.format(at);
      });
    };
  }

  #options(): uPlot.Options {
    const colour = (name: string): string => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
    const axis = { stroke: () => colour("--soft"), grid: { stroke: () => colour("--line"), width: 1 } };
    const steps = this.#place.dataset["follows"] === "quarters";
    const paths = steps ? uPlot.paths.stepped?.({ align: 1 }) : undefined;
    const series = (label: string | undefined, name: string): uPlot.Series => ({
      label: label ?? "",
      stroke: () => colour(name),
      width: 2,
      // A moment between two gaps is a point.
      points: { show: false },
      spanGaps: false,
      ...(paths ? { paths } : {}),
    });
    const { used, fedIn, zone } = this.#place.dataset;
    return {
      // As the clocks stand at the meter, wherever one looks.
      tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), zone ?? "UTC"),
      width: this.#place.clientWidth,
      height: HEIGHT,
      cursor: { drag: { x: false, y: false } },
      legend: { show: false },
      series: [{}, series(used, "--used"), series(fedIn, "--fed-in")],
      axes: [{ ...axis, values: this.#times(zone) }, { ...axis, values: (_: uPlot, ticks: number[]) => ticks.map((tick) => `${tick} kW`), size: 70 }],
    };
  }
}

const graphs = [...document.querySelectorAll<HTMLElement>(".graph")].map((place) => new Graph(place));
document.addEventListener("insights-news", (event) => {
  for (const graph of graphs) graph.take((event as CustomEvent<News>).detail);
});
// The colours are another's after the scheme has changed.
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => location.reload());
