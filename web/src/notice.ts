/** The notice, made again from the descriptions: the twin of `assent_api::v1::consents::notice`. A wallet signs what it made here and never what a node sent. */

import { type Offer, type ProcessingBasis, type Resolution, type ServiceDescription, pick, reference } from "./description.js";
import type { DescriptionRef } from "./description.js";

/** Version 1 of the wording. */
const VERSION = 1;
/** What every notice says about the rights of the person, by language; English for all others. */
const RIGHTS_BY_LANGUAGE: Readonly<Record<string, readonly string[]>> = {
  nl: [
    "U kunt deze toestemming altijd intrekken, even makkelijk als u haar geeft. Wat daarvoor rechtmatig was, blijft dat.",
    "U kunt de aanbieder vragen om inzage in uw gegevens, en om ze te verbeteren, te wissen, de verwerking te beperken of ze over te dragen.",
    "U kunt bezwaar maken tegen de verwerking en een klacht indienen bij de toezichthouder.",
  ],
  da: [
    "Du kan til enhver tid trække dette samtykke tilbage, lige så let som du giver det. Det, der var lovligt før, berøres ikke.",
    "Du kan bede udbyderen om indsigt i dine data og om at få dem rettet, slettet, begrænset eller udleveret.",
    "Du kan gøre indsigelse mod behandlingen og klage til tilsynsmyndigheden.",
  ],
};

const RIGHTS = [
  "You can withdraw this consent at any time, as easily as you give it. Withdrawal does not affect what was lawful before.",
  "You can ask the provider for access to your data, and to correct, erase, restrict or hand over your data.",
  "You can object to the processing, and complain to the supervisory authority.",
] as const;

/** How often a stream has a value, by language; English for all others. */
const HOW_OFTEN: Readonly<Record<Resolution, string>> = {
  second: "every second",
  "quarter-hour": "every quarter of an hour",
  day: "once a day",
};

const HOW_OFTEN_BY_LANGUAGE: Readonly<Record<string, Readonly<Record<Resolution, string>>>> = {
  nl: { second: "elke seconde", "quarter-hour": "elk kwartier", day: "één keer per dag" },
  da: { second: "hvert sekund", "quarter-hour": "hvert kvarter", day: "én gang om dagen" },
};

/** The rule of age and what the person confirms, by language; English for all others. */
type AgeWords = (years: number) => { readonly rule: string; readonly statement: string };

const AGE: AgeWords = (years) => ({
  rule: `From the age of ${years} you decide about this consent yourself. For anybody younger, a parent or guardian decides.`,
  statement: `I am ${years} years old or older.`,
});

const AGE_BY_LANGUAGE: Readonly<Record<string, AgeWords>> = {
  nl: (years) => ({
    rule: `Vanaf ${years} jaar beslist u zelf over deze toestemming. Voor wie jonger is, beslist een ouder of voogd.`,
    statement: `Ik ben ${years} jaar of ouder.`,
  }),
  da: (years) => ({
    rule: `Fra ${years} år bestemmer du selv over dette samtykke. For den, der er yngre, bestemmer en forælder eller værge.`,
    statement: `Jeg er ${years} år eller ældre.`,
  }),
};

/** The rule of age in words. */
export interface NoticeAge {
  readonly years: number;
  readonly rule: string;
  /** What the person confirms by saying yes. */
  readonly statement: string;
}

export interface NoticeDataset {
  readonly dataset_id: string;
  readonly title: string;
  readonly how_often?: string | undefined;
  readonly required: Readonly<Record<string, string>>;
  readonly optional: Readonly<Record<string, string>>;
}

export interface Notice {
  readonly version: number;
  readonly language: string;
  readonly service_name: string;
  readonly service: DescriptionRef;
  readonly provider: unknown;
  readonly purpose: ProcessingBasis;
  readonly source?: { readonly service: DescriptionRef; readonly name: string; readonly provider: unknown } | undefined;
  readonly minimum_age?: NoticeAge | undefined;
  readonly datasets: readonly NoticeDataset[];
  readonly valid_until_max?: number | undefined;
  readonly rights: readonly string[];
}

/** What a notice is made from. */
export interface NoticeParts {
  readonly service: ServiceDescription;
  readonly purpose: ProcessingBasis;
  readonly source?: ServiceDescription | undefined;
  readonly offer: Offer;
  readonly validUntilMax?: number | undefined;
  readonly language: string;
}

export async function notice(parts: NoticeParts): Promise<Notice> {
  const { service, source, language } = parts;
  const holder = source ?? service;
  const ids = Object.keys(parts.offer).sort();
  return {
    version: VERSION,
    language,
    service_name: service.name,
    service: await reference(service),
    provider: service.provider,
    purpose: parts.purpose,
    source: source && { service: await reference(source), name: source.name, provider: source.provider },
    minimum_age: service.minimum_age === undefined ? undefined : noticeAge(service.minimum_age, language),
    datasets: ids.map((id) => noticeDataset(holder, id, parts.offer, language)),
    valid_until_max: parts.validUntilMax,
    rights: RIGHTS_BY_LANGUAGE[language.split("-")[0] ?? ""] ?? RIGHTS,
  };
}

function noticeAge(years: number, language: string): NoticeAge {
  return { years, ...(AGE_BY_LANGUAGE[language.split("-")[0] ?? ""] ?? AGE)(years) };
}

function noticeDataset(holder: ServiceDescription, id: string, offer: Offer, language: string): NoticeDataset {
  const dataset = holder.datasets.find((one) => one.dataset_id === id);
  const named = (concepts: readonly string[]): Record<string, string> =>
    Object.fromEntries(
      concepts.map((concept) => {
        const field = dataset?.data_mappings.find((one) => one.concept_id === concept);
        return [concept, field ? pick(field.name, language) : concept];
      }),
    );
  return {
    dataset_id: id,
    title: dataset ? pick(dataset.title, language) : id,
    how_often: dataset?.resolution && (HOW_OFTEN_BY_LANGUAGE[language.split("-")[0] ?? ""] ?? HOW_OFTEN)[dataset.resolution],
    required: named(offer[id]?.required ?? []),
    optional: named(offer[id]?.optional ?? []),
  };
}
