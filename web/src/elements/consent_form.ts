/** `<assent-consent-form>`: answers a request with the person's own keys, if the page shows what was signed. */

import { type Asked, answerNo, answerYes, asked, replacedBy } from "../agent/answering.js";
import type { ResourceSet } from "../description.js";
import { changesBetween, factsOf } from "../facts.js";
import type { RequestId } from "../ids.js";
import { parse } from "../ids.js";
import { language, word } from "./page.js";
import { ShownError, compare, endOf, sayingsIn, sayingsOf, sayingsOfChanges, sayingsOfFacts } from "./shown.js";
import { WalletElement, person } from "./wallet_element.js";

export class ConsentForm extends WalletElement {
  protected ready(): void {
    if (this.dataset["custody"] !== "page") return;
    this.onSubmit((form, button) => {
      const isAnswer = button?.name === "answer" && (button.value === "give" || button.value === "refuse");
      if (isAnswer) void this.#answer(form, button.value === "give");
      return isAnswer;
    });
  }

  async #answer(form: HTMLFormElement, yes: boolean): Promise<void> {
    const done = await this.act("wallet-signing", () => (yes ? this.#give(form) : this.#refuse()));
    if (done) leave(form, "signed");
  }

  async #give(form: HTMLFormElement): Promise<void> {
    const who = await person();
    const request = await asked(who, this.#request(), language());
    const before = await replacedBy(who, request);
    if (before?.record.chain.crId !== this.dataset["replaces"]) throw new ShownError("replaces");
    const changes = before === undefined ? [] : changesBetween(before.notice, request.notice, word);
    const should = {
      ...sayingsOf(request.notice),
      ...sayingsOfFacts(factsOf(request.notice, word)),
      ...sayingsOfChanges(changes),
    };
    compare(should, sayingsIn(document));
    if (request.noticeDigest !== this.dataset["notice"]) throw new ShownError("notice");
    await answerYes(who, request, {
      resourceSet: chosen(form, request),
      validUntil: endOf(field(form, "until"), request.notice.valid_until_max),
      ageConfirmed: field(form, "age") === "confirmed",
      replaces: before,
    });
  }

  async #refuse(): Promise<void> {
    await answerNo(await person(), this.#request());
  }

  #request(): RequestId {
    return parse("crq", this.dataset["request"]);
  }
}

/** Everything that is required, and the optional data that is switched on. */
function chosen(form: HTMLFormElement, { notice }: Asked): ResourceSet {
  const on = new Set(new FormData(form).getAll("optional"));
  const sets = notice.datasets.map(({ dataset_id, required, optional }) => {
    const added = Object.keys(optional).filter((concept) => on.has(`${dataset_id}~${concept}`));
    return [dataset_id, [...Object.keys(required), ...added]] as const;
  });
  return Object.fromEntries(sets.filter(([, concepts]) => concepts.length > 0));
}

function field(form: HTMLFormElement, name: string): string {
  const value = new FormData(form).get(name);
  return typeof value === "string" ? value.trim() : "";
}

/** Sends the form as it is: the node looks what the wallet has answered. */
export function leave(form: HTMLFormElement, answer: string): void {
  const said = document.createElement("input");
  said.type = "hidden";
  said.name = "answer";
  said.value = answer;
  form.append(said);
  HTMLFormElement.prototype.submit.call(form);
}
