/** The words of the wallet in the reader's language. The bundler takes them from the Fluent catalogues. */

declare const WORDS: Readonly<Record<string, Readonly<Record<string, string>>>>;

const LANGUAGES = ["en", "nl", "da"] as const;

/** The first language that the browser asks for and that there are words in. */
export function language(wanted: readonly string[] = navigator.languages): string {
  const primary = wanted.map((tag) => tag.split("-")[0] ?? "");
  return primary.find((tag) => LANGUAGES.some((known) => known === tag)) ?? "en";
}

/** A message as it is in the catalogue. */
export function message(key: string): string | undefined {
  return WORDS[language()]?.[key];
}
