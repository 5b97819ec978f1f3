/** A requester's question, as it was signed. */

import type { DescriptionRef } from "./description.js";
import type { LinkId, PartyId, RequestId, SurrogateId } from "./ids.js";

export interface ConsentRequest {
  readonly request_id: RequestId;
  readonly provider: PartyId;
  readonly service: DescriptionRef;
  readonly slr_id: LinkId;
  readonly surrogate_id: SurrogateId;
  readonly purpose_id: string;
  readonly source?: DescriptionRef;
  readonly answer_by: number;
  readonly valid_until_max?: number;
}

export const CONSENT_REQUEST = "assent-consent-request+jwt";
