/** What one check found. A warning asks for a look, a failure for an act. */
export interface Finding {
  readonly check: string
  readonly status: 'ok' | 'warning' | 'failed'
  /** What is so, and for what is not good what to do. */
  readonly detail: string
}

export function ok(check: string, detail: string): Finding {
  return { check, status: 'ok', detail }
}

export function warning(check: string, detail: string): Finding {
  return { check, status: 'warning', detail }
}

export function failed(check: string, detail: string): Finding {
  return { check, status: 'failed', detail }
}
