import type { ErrorAnswer, ReceiptAnswer } from '@millrace/contracts/answer'
import type { WriteKey } from '@millrace/contracts/write-key'
import type { Judged } from './judge-batch.ts'
import type { Refusal } from './refusal.ts'

export interface Answer {
  readonly status: number
  readonly body: ReceiptAnswer
  /** Whose request it was, where that is known. */
  readonly key?: WriteKey | undefined
  readonly retryAfterSeconds?: number
  readonly closeConnection?: true
}

/** 202, or 400 when not a single event was good: a person at a terminal shall see that. */
export function answerJudged(requestId: string, key: WriteKey, judged: Judged): Answer {
  const accepted = judged.accepted.length
  const suppressed = Object.values(judged.suppressed).reduce((sum, count) => sum + count, 0)
  const rejected = [...judged.rejected]
  const allInvalid = rejected.length > 0 && accepted + suppressed === 0
  return { status: allInvalid ? 400 : 202, body: { requestId, accepted, suppressed, rejected }, key }
}

export function answerRefused(requestId: string, refused: Refusal, key?: WriteKey): Answer {
  const { status, detail, retryAfterSeconds, closeConnection } = refused
  return {
    status,
    body: errorBody(requestId, detail),
    key,
    ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
    ...(closeConnection && { closeConnection }),
  }
}

/** The body of an answer to a request that was not taken at all. */
export function errorBody(requestId: string, detail: string): ErrorAnswer {
  return { requestId, accepted: 0, suppressed: 0, rejected: [], detail }
}
