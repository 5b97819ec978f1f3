/**
 * The person's yes: one record, or a pair of them when data moves between services. Everything that is signed is
 * made here from the descriptions and from the request as it was signed; a form of the node that says anything else
 * is refused.
 */

import { type Bytes, encode, utf8 } from "./bytes.js";
import * as canonical from "./canonical.js";
import { choiceFault, ordered } from "./choice.js";
import type { DescriptionRef, Offer, ProcessingBasis, ResourceSet, ServiceDescription } from "./description.js";
import { offer, reference } from "./description.js";
import { type Digest, commitment, digestOfJson } from "./digest.js";
import * as domains from "./domains.js";
import { type ConsentId, type PairId, type RequestId, type SurrogateId, randomId } from "./ids.js";
import type { PairAlias, Pseudonym, WalletLink } from "./keys.js";
import { type Notice, notice } from "./notice.js";
import type { ConsentRequest } from "./request.js";
import { seal } from "./sealing.js";
import type { VerifyingKey } from "./signature.js";
import type { Signer, Verified } from "./statement.js";

export type Custody = "hosted" | "page" | "independent";

export interface UsageRules {
  readonly purpose_id: string;
  readonly legal_basis: string;
  readonly conditions: Digest;
}

/** What a node offers to be answered (`GET /v1/consent-requests/{request}/form`). Nothing of it is believed. */
export interface FormView {
  readonly request_id: RequestId;
  readonly notice_digest: Digest;
  readonly notice: Notice;
  readonly usage_rules: UsageRules;
  readonly service: DescriptionRef;
  readonly source?: DescriptionRef;
  readonly pop_key: string;
}

export interface Superseded {
  readonly cr_id: ConsentId;
  readonly prev: Digest;
}

/** What a source's record needs beyond what the sink's has. */
export interface Sharing {
  readonly source: ServiceDescription;
  readonly link: WalletLink;
  /** The sealing key of the source's provider. */
  readonly sealingKey: Bytes;
  /** Thumbprint of the requester's signing key, as the wallet knows it. */
  readonly holder: string;
  readonly tokenKey: VerifyingKey;
  /** The pair's alias: a new one, or that of the pair which is replaced, for it goes on. */
  readonly alias: Pseudonym;
  readonly supersedes?: Superseded;
}

export interface Answer {
  /** The request. That it is signed with a key of the requester is for the caller to have checked. */
  readonly request: Verified<ConsentRequest>;
  /** The language that the person reads. */
  readonly language: string;
  readonly form: FormView;
  readonly service: ServiceDescription;
  readonly link: WalletLink;
  readonly resourceSet: ResourceSet;
  readonly validFrom: number;
  readonly validUntil?: number;
  /** Whether the person has confirmed the statement about age that the notice has. */
  readonly ageConfirmed?: boolean;
  readonly custody: Custody;
  readonly supersedes?: Superseded;
  readonly sharing?: Sharing;
}

/** For `POST /v1/consents`. */
export interface GiveConsent {
  readonly record: string;
  readonly source_record?: string | undefined;
  readonly form: unknown;
  readonly form_salt: string;
  readonly sealed_alias?: string | undefined;
}

export interface Given {
  readonly request: GiveConsent;
  readonly record: Verified<ConsentRecord>;
  readonly sourceRecord?: Verified<ConsentRecord> | undefined;
  /** To be kept before the request is sent: without its key the pair cannot be changed. */
  readonly alias?: PairAlias | undefined;
}

export interface ConsentRecord {
  readonly common_part: {
    readonly cr_id: ConsentId;
    readonly surrogate_id: SurrogateId;
    readonly resource_set: ResourceSet;
    readonly [member: string]: unknown;
  };
  readonly role_specific_part: { readonly role: "within" | "sink" | "source"; readonly [member: string]: unknown };
  readonly status_record: { readonly record_id: string; readonly consent_status: string };
}

/** Why a form is not answered with yes, in checking order. */
export type GiveFault =
  | "other-request"
  | "other-service"
  | "other-source"
  | "purpose-impossible"
  | "other-purpose"
  | "usage-rules-mismatch"
  | "language-mismatch"
  | "latest-end-mismatch"
  | "notice-mismatch"
  | "holder-mismatch"
  | "not-offered"
  | "required-missing"
  | "validity-invalid"
  | "age-unconfirmed"
  | "supersedes-mismatch";

export class GiveError extends Error {
  constructor(readonly code: GiveFault) {
    super(code);
  }
}

/** Answers a form with yes. @throws {GiveError} the first thing in form or answer that the person should not sign. */
export async function give(signer: Signer, answer: Answer): Promise<Given> {
  const made = await checked(answer);
  const { random } = signer;
  const resourceSet = ordered(answer.resourceSet);
  const form = {
    request_id: answer.form.request_id,
    notice: made.notice,
    resource_set: resourceSet,
    valid_until: answer.validUntil,
    ...(made.notice.minimum_age === undefined ? {} : { age_confirmed: true }),
  };
  const formSalt = random(32, "form_salt");
  const draft: Draft = {
    answer,
    resourceSet,
    ...made,
    form: await commitment(domains.COMMITMENT_FORM, formSalt, canonical.encode(form)),
    pair: answer.sharing && randomId("cpr", random, "cr_pair_id"),
  };
  const crId = randomId("cns", random, "cr_id");
  const half = answer.sharing && (await sourceHalf(signer, draft, answer.sharing, crId));
  const record = await primaryRecord(signer, draft, crId, half);
  return {
    request: {
      record: record.compact,
      source_record: half?.record.compact,
      form,
      form_salt: encode(formSalt),
      sealed_alias: half?.sealedAlias,
    },
    record,
    sourceRecord: half?.record,
    alias: half?.alias,
  };
}

interface Checked {
  readonly notice: Notice;
  readonly noticeDigest: Digest;
  readonly usageRules: UsageRules;
}

interface Draft extends Checked {
  readonly answer: Answer;
  readonly resourceSet: ResourceSet;
  readonly form: Digest;
  readonly pair: PairId | undefined;
}

interface SourceHalf {
  readonly record: Verified<ConsentRecord>;
  readonly sealedAlias: string;
  readonly alias: PairAlias;
}

async function primaryRecord(
  signer: Signer,
  draft: Draft,
  crId: ConsentId,
  half: SourceHalf | undefined,
): Promise<Verified<ConsentRecord>> {
  const { link, form, supersedes } = draft.answer;
  const slr_id = link.slrId;
  const role = half
    ? {
        role: "sink" as const,
        slr_id,
        source: form.source,
        source_cr_id: half.record.content.common_part.cr_id,
        source_surrogate_id: half.alias.alias.surrogateId,
      }
    : { role: "within" as const, slr_id };
  return signRecord(signer, draft, crId, link.pseudonym, form.service, supersedes, role);
}

async function sourceHalf(signer: Signer, draft: Draft, sharing: Sharing, sinkCrId: ConsentId): Promise<SourceHalf> {
  const { alias } = sharing;
  const crId = randomId("cns", signer.random, "cr_id");
  const { disclosure, committed } = await certify(signer, alias, sharing.link);
  const sealed = await seal(sharing.sealingKey, domains.SEAL_ALIAS, crId, canonical.encode(disclosure));
  const role = {
    role: "source" as const,
    alias: committed,
    sink: draft.answer.form.service,
    sink_cr_id: sinkCrId,
    pop_key: sharing.holder,
    token_issuer_key: sharing.tokenKey.kid,
  };
  const source = await reference(sharing.source);
  const record = await signRecord(signer, draft, crId, alias, source, sharing.supersedes, role);
  const pair = draft.pair as PairId;
  return { record, sealedAlias: encode(sealed), alias: { pair, sourceLink: sharing.link.slrId, alias } };
}

/** The certificate that an alias is the pseudonym of a link, and the commitment to it. */
async function certify(signer: Signer, alias: Pseudonym, link: WalletLink) {
  const certificate = await signer.sign("assent-alias+jwt", link.pseudonym.key, {
    slr_id: link.slrId,
    surrogate_id: link.pseudonym.surrogateId,
    alias: alias.surrogateId,
    alias_key: alias.key.verifying.jwk,
  });
  const salt = signer.random(32, "alias_salt");
  const committed = await commitment(domains.COMMITMENT_ALIAS, salt, utf8(certificate.compact));
  return { disclosure: { certificate: certificate.compact, salt: encode(salt) }, committed };
}

async function signRecord(
  signer: Signer,
  draft: Draft,
  crId: ConsentId,
  by: Pseudonym,
  service: DescriptionRef,
  supersedes: Superseded | undefined,
  role: ConsentRecord["role_specific_part"],
): Promise<Verified<ConsentRecord>> {
  const { answer, notice } = draft;
  const record: ConsentRecord = {
    common_part: {
      cr_id: crId,
      cr_pair_id: draft.pair,
      request_id: answer.form.request_id,
      surrogate_id: by.surrogateId,
      service,
      resource_set: draft.resourceSet,
      usage_rules: draft.usageRules,
      notice: { language: notice.language, version: notice.version, digest: draft.noticeDigest },
      form: draft.form,
      valid_from: answer.validFrom,
      valid_until: answer.validUntil,
      custody: answer.custody,
      supersedes,
    },
    role_specific_part: role,
    status_record: { record_id: randomId("csr", signer.random, "record_id"), consent_status: "active" },
  };
  return signer.sign("assent-cr+jwt", by.key, record);
}

/** Checks everything that the person would sign, and makes the notice as it should be. */
async function checked(answer: Answer): Promise<Checked> {
  const { form, service, sharing } = answer;
  const asked = answer.request.content;
  checkRequest(answer);
  const isService = canonical.same(await reference(service), form.service) && canonical.same(form.service, asked.service);
  if (!isService || answer.link.serviceId !== form.service.service_id) throw new GiveError("other-service");
  await checkSource(answer);
  const found = purposeAndOffer(answer);
  if (found.purpose.purpose_id !== asked.purpose_id) throw new GiveError("other-purpose");
  const usageRules: UsageRules = {
    purpose_id: found.purpose.purpose_id,
    legal_basis: found.purpose.legal_basis,
    conditions: await digestOfJson(found.purpose),
  };
  if (!canonical.same(usageRules, form.usage_rules)) throw new GiveError("usage-rules-mismatch");
  if (form.notice.language !== answer.language) throw new GiveError("language-mismatch");
  if (form.notice.valid_until_max !== asked.valid_until_max) throw new GiveError("latest-end-mismatch");
  const made = await notice({
    service,
    purpose: found.purpose,
    source: sharing?.source,
    offer: found.offer,
    validUntilMax: asked.valid_until_max,
    language: answer.language,
  });
  const noticeDigest = await digestOfJson(made);
  if (!canonical.same(made, form.notice) || noticeDigest !== form.notice_digest) throw new GiveError("notice-mismatch");
  if (sharing && form.pop_key !== sharing.holder) throw new GiveError("holder-mismatch");
  const fault = choiceFault(answer.resourceSet, found.offer);
  if (fault) throw new GiveError(fault);
  checkValidity(answer, made.valid_until_max);
  if (made.minimum_age !== undefined && answer.ageConfirmed !== true) throw new GiveError("age-unconfirmed");
  if (sharing && (sharing.supersedes === undefined) !== (answer.supersedes === undefined)) {
    throw new GiveError("supersedes-mismatch");
  }
  return { notice: made, noticeDigest, usageRules };
}

function checkRequest({ form, request, service, link }: Answer): void {
  const asked = request.content;
  const matches =
    asked.request_id === form.request_id &&
    asked.provider === service.provider.party_id &&
    asked.slr_id === link.slrId &&
    asked.surrogate_id === link.pseudonym.surrogateId;
  if (!matches) throw new GiveError("other-request");
}

async function checkSource({ form, request, sharing }: Answer): Promise<void> {
  const asked = request.content.source;
  const matches =
    form.source && sharing && asked
      ? canonical.same(await reference(sharing.source), form.source) &&
        canonical.same(form.source, asked) &&
        sharing.link.serviceId === form.source.service_id
      : !form.source && !sharing && !asked;
  if (!matches) throw new GiveError("other-source");
}

function purposeAndOffer({ form, service, sharing }: Answer): { purpose: ProcessingBasis; offer: Offer } {
  const purpose = service.purposes.find((one) => one.purpose_id === form.usage_rules.purpose_id);
  const offered = purpose && offer(purpose, sharing?.source ?? service);
  if (!purpose || !offered) throw new GiveError("purpose-impossible");
  return { purpose, offer: offered };
}

function checkValidity({ validFrom, validUntil }: Answer, max: number | undefined): void {
  const isEmpty = validUntil !== undefined && validUntil <= validFrom;
  const isOffered = max === undefined || (validUntil !== undefined && validUntil <= max);
  if (isEmpty || !isOffered) throw new GiveError("validity-invalid");
}
