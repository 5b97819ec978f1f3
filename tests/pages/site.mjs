// The wallet as another site serves it: built, and served as the folder that it is.

import { execFileSync } from "node:child_process";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { join } from "node:path";

const WEB = new URL("../../web/", import.meta.url).pathname;
const DIST = join(WEB, "standalone/dist");
const TYPES = { html: "text/html", js: "text/javascript", css: "text/css", svg: "image/svg+xml", json: "application/json" };

export class Site {
  static async serve() {
    execFileSync(process.execPath, [join(WEB, "standalone.mjs")], { cwd: WEB });
    const site = new Site();
    site.server = createServer(async (request, response) => {
      const name = request.url === "/" ? "index.html" : request.url.slice(1);
      const body = await readFile(join(DIST, name)).catch(() => undefined);
      response.writeHead(body ? 200 : 404, { "content-type": TYPES[name.split(".").at(-1)] ?? "text/plain" });
      response.end(body);
    });
    await new Promise((resolve) => site.server.listen(0, "127.0.0.1", resolve));
    site.url = `http://127.0.0.1:${site.server.address().port}`;
    return site;
  }

  stop() {
    this.server.close();
  }
}
